using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// Calls of the vault: a certified leaf, its path, and the certificate of a block whose bridge root has it. Nothing in them is this node's word, so anybody
/// may ask for them and send them.
/// </summary>
/// <param name="blocks">With their certificates.</param>
/// <param name="range">All leaves.</param>
/// <param name="queues">Of a state, for what is not certified yet.</param>
internal sealed class VaultCallDesk(LightBlocks blocks, BridgeRange range, Func<LedgerState, TransferQueues> queues)
{
    /// <exception cref="RpcException">There is no such withdrawal, or it is not certified.</exception>
    public VaultCall Release(LedgerState state, Hash256 burnId)
    {
        var record = WithdrawalRecord.Get(state, burnId) ?? throw RequestChecks.NotFound("no open withdrawal has this burn id");
        if (record.State != WithdrawalState.Certified) throw NotYet(TransferText.Of(state, burnId, record, queues(state)).Reason);
        CheckDeadline(state, record.DeadlineSeconds, "it comes back to its sender as soon as that is shown");
        var withdrawal = new BridgeWithdrawal(burnId, record.To, record.Amount, record.DeadlineSeconds);
        var leaf = BridgeLeaf.Release(Vault(state), withdrawal);
        return Call(state, record.Leaf, leaf, record.DeadlineSeconds, (certificate, proof) => VaultCalls.Release(certificate, withdrawal, proof));
    }

    /// <exception cref="RpcException">There is no such order, or it is not certified.</exception>
    public VaultCall Act(LedgerState state, ulong number)
    {
        var record = OrderRecord.Get(state, number) ?? throw RequestChecks.NotFound("no order has this number");
        if (record.DeadlineSeconds == 0) throw NotYet("the order waits for the vault to follow the elected validator set");
        CheckDeadline(state, record.DeadlineSeconds, "another vote must order it");
        var action = record.ActionOf(number);
        return Call(state, record.Leaf, BridgeLeaf.Action(Vault(state), action), record.DeadlineSeconds, (certificate, proof) => VaultCalls.Act(certificate, action, proof));
    }

    /// <exception cref="RpcException">It is not the next set of the vault, or its leaf is not certified.</exception>
    public VaultCall Follow(LedgerState state, ulong number)
    {
        var sets = VaultSets.FromFollowed(state);
        if (number <= sets[0].Number && BridgeStatus.Get(state).Nonce > 0) throw NotYet($"the vault goes by set {sets[0].Number} already");
        if (sets.Length == 1 || number > sets[^1].Number) throw RequestChecks.NotFound($"the chain has no set {number}: the last one is {sets[^1].Number}");
        var next = sets[1];
        if (number != next.Number) throw NotYet($"the vault follows set {next.Number} first");
        if (state.Height < next.LastHeight) throw NotYet($"block {next.LastHeight} is to be decided first");
        var leaf = BridgeLeaf.SetChange(next.Number, next.LastHeight, next.Root);
        return Call(state, next.LastHeight, IndexOf(state, leaf), leaf, 0, VaultCalls.Follow);
    }

    // The certificate must be of the set that the vault goes by: of now, or of that set's last height.
    private VaultCall Call(LedgerState state, ulong index, Hash256 leaf, ulong deadline, Func<VaultCertificate, MountainProof, byte[]> encode)
    {
        var next = VaultSets.NextToFollow(state);
        return Call(state, next is { } change && change.LastHeight < state.Height ? change.LastHeight : state.Height, index, leaf, deadline, encode);
    }

    private VaultCall Call(LedgerState state, Height height, ulong index, Hash256 leaf, ulong deadline, Func<VaultCertificate, MountainProof, byte[]> encode)
    {
        if (BridgeStatus.Get(state).Nonce == 0) throw NotYet("this chain knows of no vault yet");
        var block = blocks.At(height) ?? throw NotYet($"this node does not keep block {height} with its certificate: ask one that does");
        if (range.Prove(state, block.Header.BridgeRoot, index) is not { } proof)
        {
            throw NotYet(VaultSets.NextToFollow(state) is { } next && next.LastHeight < state.Height
                ? $"the vault must follow validator set {next.Number} first: bring it the call of that set"
                : "the next block certifies it");
        }

        Invariant.Check(proof.Proves(block.Header.BridgeRoot, leaf), "what is appended to the range is what is proven");
        return new VaultCall
        {
            Vault = Vault(state).Address.ToByteString(),
            Calldata = ByteString.CopyFrom(encode(VaultCertificate.Of(block.Certificate, block.Validators), proof)),
            Height = height.Value,
            Deadline = deadline,
            Leaf = leaf.ToByteString(),
            BridgeRoot = block.Header.BridgeRoot.ToByteString(),
        };
    }

    // While a set is not followed nothing but changes of sets is appended, so that its leaf is near the end.
    private static ulong IndexOf(LedgerState state, Hash256 leaf)
    {
        var index = BridgeLeaves.Peaks(state).Count;
        while (index > 0 && BridgeLeaves.Get(state, index - 1) != leaf) index--;
        Invariant.Check(index > 0, "every change of the set has its leaf");
        return index - 1;
    }

    // By the time of blocks, which is near Ethereum's; the vault itself is exact.
    private static void CheckDeadline(LedgerState state, ulong deadline, string then)
    {
        if (state.Time.Milliseconds / 1_000 > deadline) throw NotYet($"its deadline, {TransferText.Clock(deadline)}, is past: {then}");
    }

    private static VaultAddress Vault(LedgerState state) => state.Genesis.Bridge!.VaultAddress;

    private static RpcException NotYet(string reason) => new(StatusCode.FailedPrecondition, reason);
}
