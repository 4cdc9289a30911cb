using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>
/// Evidence on chain: any member shows what a validator signed, and where that proves a fault the validator is jailed at once. A fault counts
/// once for each key and height, and only for a while (<see cref="EvidenceWindow"/>).
/// </summary>
public sealed class EvidenceModule : LedgerModule
{
    private const uint SignaturesMax = 2;

    // A wrong leader's: up to 256 hashes to a state root, two headers and the root of a set of a hundred.
    private const uint WrongLeaderCost = 200;

    public override ImmutableArray<MessageOneofCase> Messages => [MessageOneofCase.FaultEvidence];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events => ["evidence.counted"];

    public override uint CostOf(Transaction transaction) =>
        (SignaturesMax * CostUnits.PerSignature) + 40 + (transaction.Body.FaultEvidence.Evidence[0] == (byte)FaultKind.WrongLeader ? WrongLeaderCost : 0);

    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis) => EvidenceWindow.InitializeGenesis(state, genesis);

    public override TransactionRejection Execute(BlockContext context, Transaction transaction)
    {
        var (state, reporter) = (context.State, transaction.Sender);
        if (!ValidatorsModule.Members(state).Contains(reporter)) return TransactionRejection.NotAValidator;
        if (ValidatorRecord.IsJailedAt(state, reporter)) return TransactionRejection.Jailed;
        if (!FaultProof.TryDecode(transaction.Body.FaultEvidence.Evidence.Span, out var proof, out _)) return TransactionRejection.EvidenceInvalid;
        // Signatures come last: many may report one fault, and all but the first are refused for little.
        var rejection = Standing(context, proof.Guilty, proof.Height);
        if (rejection != TransactionRejection.None) return rejection;
        if (proof.Check(context.GenesisHash) != EvidenceFault.None) return TransactionRejection.EvidenceInvalid;

        CountedFaults.Add(state, new CountedFault(proof.Guilty, proof.Height, context.Height));
        context.Emit("evidence.counted", ("guilty", proof.Guilty), ("kind", proof.Kind.Name()), ("height", proof.Height), ("reporter", reporter));
        Jail.Commit(context, KeyRotations.Present(state, proof.Guilty), proof.Kind.Name());
        return TransactionRejection.None;
    }

    public override void EndBlock(BlockContext context) => EvidenceWindow.EndBlock(context);

    /// <summary>Whether a fault of that key at that height would count in the block after a state, were it proven; none where it would.</summary>
    public static TransactionRejection Standing(LedgerState state, Address guilty, Height height) =>
        Standing(state, state.Parameters.Validators, state.Height.Next(), state.Time, guilty, height);

    /// <summary>What lies below counts no more, whatever the parameters become.</summary>
    public static Height EarliestHeight(IStateReader state) => EvidenceWindow.Floor(state);

    private static TransactionRejection Standing(BlockContext context, Address guilty, Height height) =>
        Standing(context.State, context.Parameters.Validators, context.Height, context.ParentTime, guilty, height);

    private static TransactionRejection Standing(
        IStateReader state, ValidatorParameters limits, Height inBlock, Timestamp parentTime, Address guilty, Height height)
    {
        if (ValidatorRecord.Get(state, guilty) is null) return TransactionRejection.NoSuchValidator;
        if (KeyRotations.IsRetiredAt(state, guilty, height)) return TransactionRejection.KeyRetired;
        if (height > inBlock) return TransactionRejection.EvidenceInvalid;
        if (EvidenceWindow.HasExpired(state, limits, inBlock, parentTime, height)) return TransactionRejection.EvidenceExpired;
        if (CountedFaults.Has(state, guilty, height)) return TransactionRejection.EvidenceCounted;
        return ValidatorRecord.IsJailedAt(state, KeyRotations.Present(state, guilty)) ? TransactionRejection.AlreadyJailed : TransactionRejection.None;
    }
}
