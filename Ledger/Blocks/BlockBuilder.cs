using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Puts a block together: runs the candidates and keeps those that can stand in it. Every lane has its part of the room, so that whoever
/// pays most, or says most, cannot keep others out of their windows.
/// </summary>
public static class BlockBuilder
{
    private const int LengthBytes = BlockSpace.LengthBytes;

    /// <param name="state">The state after the last block.</param>
    /// <param name="template">Who builds, when, and the votes.</param>
    /// <param name="candidates">
    /// In order of preference, lane by lane; those that cannot be executed are passed over. No more is taken from it than is needed.
    /// </param>
    public static ValidatedBlock Build(LedgerState state, BlockTemplate template, IEnumerable<Transaction> candidates)
    {
        var term = state.Next.Schedule.TermOf(template.BuiltRound);
        var proof = term is null ? null : TrainingModule.ProofOf(state, term.ProofRoot);
        Invariant.Check(term is null || proof is not null, "the proof of a term is in the state as long as the term leads");
        return Build(state, template, proof, candidates);
    }

    internal static ValidatedBlock Build(LedgerState state, BlockTemplate template, TrainingProof? proof, IEnumerable<Transaction> candidates)
    {
        var context = state.Next;
        var leader = context.Schedule.Leader(template.BuiltRound);
        Invariant.Check(leader == template.Author, $"only the leader {leader} builds a block for round {template.BuiltRound}");
        var late = Fitting(state, template.LatePrecommits);
        var room = new BlockRoom(BlockSpace.Whole(state.Parameters) - new BlockSpace(Overhead(template.LastCommit, late, proof), 0, 0));
        var execution = new BlockExecution(state, template.Author);
        var chosen = new BlockFilling(execution, room).Fill(candidates);

        var header = HeaderOf(state, context, template);
        var block = Block.Of(header, template.LastCommit, late, proof, chosen);
        Invariant.Check(block.Bytes.Length <= Limits.BlockBytesMax, "the room was counted right");
        return new ValidatedBlock(block, chosen, execution.Complete(block));
    }

    private static ImmutableArray<LatePrecommit> Fitting(LedgerState state, ImmutableArray<LatePrecommit> late)
    {
        var fitting = late.Where(l => LatePrecommitRules.IsValid(state, l)).DistinctBy(l => (l.Height, l.Index)).ToArray();
        Array.Sort(fitting, LatePrecommitRules.Compare);
        return [.. fitting];
    }

    private static int Overhead(CommitCertificate? lastCommit, ImmutableArray<LatePrecommit> late, TrainingProof? proof) =>
        Header.Size
        + LengthBytes + (lastCommit?.Encode().Length ?? 0)
        + 2 + (late.Length * LatePrecommit.Size)
        + LengthBytes + (proof?.Bytes.Length ?? 0)
        + LengthBytes;

    private static Header HeaderOf(LedgerState state, HeightContext context, BlockTemplate template)
    {
        var next = context.NextValidators;
        Invariant.Check(next is not null, "the state knows the sets of two heights ahead");
        return new Header
        {
            Genesis = state.GenesisHash,
            Height = state.Height.Next(),
            BuiltRound = template.BuiltRound,
            Author = template.Author,
            Time = template.Time > state.Time ? template.Time : state.Time.Plus(1),
            Parent = state.LastBlock.Hash,
            LastCommitRoot = Hash256.Zero,
            TransactionsRoot = Hash256.Zero,
            TrainingProofRoot = Hash256.Zero,
            ValidatorsRoot = context.Validators.Root,
            NextValidatorsRoot = next.Root,
            StateRoot = state.Root,
            ReceiptsRoot = state.ReceiptsRoot,
            EventsRoot = state.EventsRoot,
            BridgeRoot = state.BridgeRoot,
        };
    }
}
