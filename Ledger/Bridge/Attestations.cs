using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// Validators say which hashes blocks of Ethereum have. More than two thirds of the power with one hash: the block is attested. Every word
/// counts once for a validator, whatever its keys; power is that of the present set, and the words of who is jailed count nothing.
/// </summary>
internal static class Attestations
{
    /// <summary>Of blocks above the highest attested one nothing is said that lies further: about four months.</summary>
    public const ulong WindowAbove = 1_000_000;

    /// <summary>Nor of blocks that lie further below it: two weeks, in which whoever was late may catch up.</summary>
    public const ulong WindowBelow = 100_000;

    public static TransactionRejection Execute(BlockContext context, BridgeAttestation message, Address sender)
    {
        var state = context.State;
        var identity = KeyRotations.Identity(state, sender);
        var words = AttestationWords.Get(state, identity);
        if (message.Sequence <= words.Sequence) return TransactionRejection.WrongSequence;
        var (lowest, highest) = Window(context);
        if (message.Blocks[0].Number < lowest || message.Blocks[^1].Number > highest) return TransactionRejection.AttestationOutOfWindow;

        var said = words with { Sequence = message.Sequence };
        foreach (var block in message.Blocks)
        {
            var hash = Hash256.FromBytes(block.Hash.Span);
            if (AttestedBlocks.HashOf(state, block.Number) != hash) said = said.With(new AttestationWord(block.Number, hash));
        }

        said.Store(state, identity);
        var tally = new AttestationTally(state);
        // Where others came or went since, what was said before may be enough now.
        var isNew = !said.Words.SequenceEqual(words.Words);
        foreach (var block in message.Blocks) isNew |= TryJudge(context, tally, block.Number);
        return isNew ? TransactionRejection.None : TransactionRejection.AlreadySent;
    }

    private static (ulong Lowest, ulong Highest) Window(BlockContext context)
    {
        var first = context.Genesis.Bridge!.FirstBlock;
        var highest = BridgeStatus.Get(context.State).AttestedHighest;
        return (Math.Max(first, highest - Math.Min(highest, WindowBelow)), Math.Max(first, highest) + WindowAbove);
    }

    // Whether anything came of it.
    private static bool TryJudge(BlockContext context, AttestationTally tally, ulong number)
    {
        var attested = AttestedBlocks.HashOf(context.State, number);
        var counts = tally.Of(number);
        if (attested.IsZero)
        {
            if (counts.Quorum is { } hash) Attest(context, tally, number, hash);
            else if (counts.IsDisputed) AttestationDisputes.Open(context, number);
            return counts.Quorum is not null;
        }

        if (counts.Honest is not { } other || other == attested) return false;
        // An honest validator among them saw it otherwise: it was not final, or somebody lied to a quorum.
        AttestedBlocks.Forget(context.State, number);
        context.Emit("bridge.attestation_withdrawn", ("number", number), ("hash", attested), ("other", other));
        BridgeStops.Halt(context, BridgeHalt.Finality);
        return true;
    }

    private static void Attest(BlockContext context, AttestationTally tally, ulong number, Hash256 hash)
    {
        AttestedBlocks.Add(context.State, number, hash);
        tally.Settle(number, hash);
        context.Emit("bridge.attested", ("number", number), ("hash", hash));
    }
}
