using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>The queries of the command line with their proofs: the answer, and the line that says what it rests on.</summary>
internal sealed class ProvenQueries(ProofSession session, RpcChannel channel)
{
    private static readonly RpcMethod<GetBlockRequest, V1.Block> GetBlock = new(ChainReflection.Descriptor.Services[0], "GetBlock");

    public async Task<(Account Account, Height Height, string Proof)> AccountAsync(Address address, CancellationToken cancellationToken)
    {
        var (account, after) = await session.AskAsync(state => AccountsModule.Get(state, address), cancellationToken).ConfigureAwait(false);
        return (account, after.Height.MinusOrGenesis(1), await session.FinishAsync(after, cancellationToken).ConfigureAwait(false));
    }

    public async Task<(ImmutableArray<ValidatorStatus> Validators, Height Height, string Proof)> ValidatorsAsync(CancellationToken cancellationToken)
    {
        var (validators, after) = await session.AskAsync(ValidatorStatus.ReadAll, cancellationToken).ConfigureAwait(false);
        return (validators, after.Height.MinusOrGenesis(1), await session.FinishAsync(after, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The events are the transaction's own, all of them; null where those of its block are too many for one answer.</summary>
    public async Task<(Receipt Receipt, Height Height, int Index, IReadOnlyList<Event>? Events, string Proof)> TransactionAsync(TransactionHash hash, CancellationToken cancellationToken)
    {
        var response = await session.Node.TransactionAsync(hash, cancellationToken).ConfigureAwait(false);
        if (!TransactionProof.TryDecode(response.Proof.Span, out var proof)) throw new NotProvedException("the transaction proof is malformed");
        if (proof.Header.Height.Value == ulong.MaxValue) throw new NotProvedException("the transaction proof is of a height that has no next");
        var after = (await session.FollowAsync(proof.Header.Height.Next(), cancellationToken).ConfigureAwait(false)).Header!;
        var fault = proof.Check(after, hash, out _, out var receipt);
        if (fault != TransactionProofFault.None) throw new NotProvedException($"the transaction proof is refused: {fault}");
        var events = response.EventsLeftOut ? null : EventsOf(response.Events, after, (uint)proof.Index + 1);
        return (receipt, proof.Header.Height, proof.Index, events, await session.FinishAsync(after, cancellationToken).ConfigureAwait(false));
    }

    // The whole list of the block stands under the root: what says that it is of this transaction is, and nothing of it was left out.
    private static List<Event> EventsOf(IEnumerable<ByteString> shown, Header after, uint transaction)
    {
        try
        {
            var events = shown.Select(Event.Parser.ParseFrom).ToList();
            if (!OutcomeProof.AreEvents(after, events)) throw new NotProvedException($"the events are not those of the events root in header {after.Height}");
            return [.. events.Where(happened => happened.Transaction == transaction)];
        }
        catch (InvalidProtocolBufferException)
        {
            throw new NotProvedException("an event is malformed");
        }
    }

    /// <summary>The latest block that the header after it proves, where the latest is asked for.</summary>
    public async Task<(V1.Block Block, string Proof)> BlockAsync(GetBlockRequest request, CancellationToken cancellationToken)
    {
        var shown = await channel.UnaryAsync(GetBlock, request, null, cancellationToken).ConfigureAwait(false);
        if (request.Latest && shown.Height > 1)
            shown = await channel.UnaryAsync(GetBlock, new GetBlockRequest { Height = shown.Height - 1 }, null, cancellationToken).ConfigureAwait(false);
        if (request.SelectorCase == GetBlockRequest.SelectorOneofCase.Height && shown.Height != request.Height) throw new NotProvedException($"asked for block {request.Height}, the node shows {shown.Height}");
        if (shown.Height is 0 or ulong.MaxValue) throw new NotProvedException("the block is of a height that has none");
        var after = (await session.FollowAsync(new Height(shown.Height).Next(), cancellationToken).ConfigureAwait(false)).Header!;
        var block = ProvenBlock.Check(shown, after);
        if (request.SelectorCase == GetBlockRequest.SelectorOneofCase.Hash && block.Hash != request.Hash) throw new NotProvedException("asked for a block by its hash, the node shows another");
        return (block, await session.FinishAsync(after, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Null where it is proved that the chain has no such model.</summary>
    public async Task<(ProvenModel? Model, Height Height, string Proof)> ModelAsync(BlobHash hash, CancellationToken cancellationToken)
    {
        var (model, after) = await session.AskAsync(state => ProvenModel.Read(state, hash), cancellationToken).ConfigureAwait(false);
        if (model is { Record.IsInitial: false }) await CheckCertificateAsync(model, cancellationToken).ConfigureAwait(false);
        return (model, after.Height.MinusOrGenesis(1), await session.FinishAsync(after, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Null where it is proved that none with this id is open. The leaf of a certified one is proved too; null before.</summary>
    public async Task<(ProvenWithdrawal? Withdrawal, Hash256? Leaf, Height Height, string Proof)> WithdrawalAsync(Hash256 burnId, CancellationToken cancellationToken)
    {
        var (withdrawal, after) = await session.AskAsync(state => ProvenWithdrawal.Read(state, burnId), cancellationToken).ConfigureAwait(false);
        var height = after.Height.MinusOrGenesis(1);
        Hash256? leaf = null;
        if (withdrawal is { IsCertified: true })
        {
            var bridge = (await session.Node.GenesisAsync(session.Genesis, cancellationToken).ConfigureAwait(false)).Bridge;
            if (bridge is null) throw new NotProvedException("the state has a withdrawal of a bridge that the genesis does not name");
            var path = await session.Node.BridgeLeafAsync(withdrawal.Record.Leaf, height, cancellationToken).ConfigureAwait(false);
            if (withdrawal.Check(bridge.VaultAddress, path, after) is { } wrong) throw new NotProvedException(wrong);
            leaf = withdrawal.LeafFor(bridge.VaultAddress);
        }

        return (withdrawal, leaf, height, await session.FinishAsync(after, cancellationToken).ConfigureAwait(false));
    }

    private async Task CheckCertificateAsync(ProvenModel model, CancellationToken cancellationToken)
    {
        if (model.Certificate is not { } certificate) throw new NotProvedException("the state has a model without the certificate that it names");
        var attesters = await session.Node.ValidatorSetAsync(certificate.ValidatorsRoot, cancellationToken).ConfigureAwait(false);
        var proof = await session.Node.TrainingProofAsync(model.Record.Task, model.Record.TrainingRound, cancellationToken).ConfigureAwait(false);
        if (model.Check(session.Genesis, attesters, proof) is { } wrong) throw new NotProvedException(wrong);
    }
}
