using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// The store as a verification reads it. For a running node a damaged record is a reason to stop; here it is what is looked for, so it
/// becomes a finding.
/// </summary>
internal sealed class StoredChain(ChainStore store)
{
    /// <summary>Null with the finding where there is no whole block with its certificate.</summary>
    public CommittedBlock? Block(Height height, out VerificationFinding? finding)
    {
        finding = null;
        try
        {
            var block = store.Get(height);
            if (block is null) finding = new VerificationFinding(FindingKind.BlockMissing, height, "the store has no block of this height");
            return block;
        }
        catch (InvariantException damaged)
        {
            finding = new VerificationFinding(FindingKind.BlockDamaged, height, damaged.Message);
            return null;
        }
    }

    /// <summary>What differs between the outcome of a block as it was stored and as it was derived again.</summary>
    public VerificationFinding? Compare(Height height, BlockOutcome derived)
    {
        try
        {
            return store.OutcomeOf(height) is { } stored
                ? Compare(height, stored, derived)
                : new VerificationFinding(FindingKind.OutcomeDamaged, height, "its receipts or events are missing");
        }
        catch (Exception damaged) when (damaged is InvariantException or InvalidProtocolBufferException)
        {
            return new VerificationFinding(FindingKind.OutcomeDamaged, height, damaged.Message);
        }
    }

    private static VerificationFinding? Compare(Height height, BlockOutcome stored, BlockOutcome derived)
    {
        if (stored.Receipts.Length != derived.Receipts.Length)
            return new VerificationFinding(FindingKind.ReceiptsDiffer, height, $"{stored.Receipts.Length} are stored, {derived.Receipts.Length} follow");
        for (var i = 0; i < derived.Receipts.Length; i++)
        {
            if (stored.Receipts[i] == derived.Receipts[i]) continue;
            var (was, follows) = (stored.Receipts[i], derived.Receipts[i]);
            var detail = $"transaction {i}: stored is {was.Transaction}, code {was.Code}, fee {was.Fee}; {follows.Transaction}, code {follows.Code}, fee {follows.Fee} follows";
            return new VerificationFinding(FindingKind.ReceiptsDiffer, height, detail);
        }

        if (stored.Events.Count != derived.Events.Count)
            return new VerificationFinding(FindingKind.EventsDiffer, height, $"{stored.Events.Count} are stored, {derived.Events.Count} follow");
        for (var i = 0; i < derived.Events.Count; i++)
            if (!stored.Events.Encoded(i).SequenceEqual(derived.Events.Encoded(i)))
                return new VerificationFinding(FindingKind.EventsDiffer, height, $"event {i}: stored is {stored.Events[i]}, {derived.Events[i]} follows");
        return null;
    }
}
