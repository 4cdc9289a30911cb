using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Whether a decoded block may follow a state. What follows from the bytes alone was checked when it was decoded.</summary>
public static class BlockValidator
{
    /// <summary>Checks and executes: what a validator does before it prevotes, and whoever catches up with the chain.</summary>
    public static bool TryValidate(
        LedgerState state, Block block, ITransactionLookup known, [NotNullWhen(true)] out ValidatedBlock? validated, out BlockRefusal refusal) =>
        TryValidate(state, block, known, null, out validated, out refusal);

    /// <param name="state">The state after the block's parent.</param>
    /// <param name="block">The block.</param>
    /// <param name="known">Transactions whose signatures were checked.</param>
    /// <param name="parent">A verified certificate of the parent, whose signatures are not checked again in the block; null where there is none.</param>
    /// <param name="validated">Null where it is refused.</param>
    /// <param name="refusal">Why it is.</param>
    public static bool TryValidate(
        LedgerState state,
        Block block,
        ITransactionLookup known,
        VerifiedCommit? parent,
        [NotNullWhen(true)] out ValidatedBlock? validated,
        out BlockRefusal refusal)
    {
        validated = null;
        refusal = Check(state, block, known, parent, out var transactions);
        if (!refusal.IsNone || !BlockExecutor.TryExecute(state, block, transactions, out var result, out refusal)) return false;
        validated = new ValidatedBlock(block, transactions, result);
        return true;
    }

    /// <summary>The same for a block whose signatures were checked ahead.</summary>
    public static bool TryValidate(LedgerState state, PreparedBlock prepared, [NotNullWhen(true)] out ValidatedBlock? validated, out BlockRefusal refusal) =>
        TryValidate(state, prepared, null, out validated, out refusal);

    /// <param name="state">The state after the block's parent.</param>
    /// <param name="prepared">The block.</param>
    /// <param name="parent">As above.</param>
    /// <param name="validated">Null where it is refused.</param>
    /// <param name="refusal">Why it is.</param>
    public static bool TryValidate(
        LedgerState state, PreparedBlock prepared, VerifiedCommit? parent, [NotNullWhen(true)] out ValidatedBlock? validated, out BlockRefusal refusal)
    {
        validated = null;
        refusal = CheckHeader(state, prepared.Block, parent);
        if (refusal.IsNone) refusal = BlockTransactions.CheckCost(state, prepared.Transactions);
        if (!refusal.IsNone || !BlockExecutor.TryExecute(state, prepared.Block, prepared.Transactions, out var result, out refusal)) return false;
        validated = new ValidatedBlock(prepared.Block, prepared.Transactions, result);
        return true;
    }

    /// <summary>Every rule except that each transaction can be executed; gives the transactions decoded.</summary>
    public static BlockRefusal Check(LedgerState state, Block block, ITransactionLookup known, out ImmutableArray<Transaction> transactions) =>
        Check(state, block, known, null, out transactions);

    private static BlockRefusal Check(
        LedgerState state, Block block, ITransactionLookup known, VerifiedCommit? parent, out ImmutableArray<Transaction> transactions)
    {
        transactions = [];
        var refusal = CheckHeader(state, block, parent);
        if (refusal.IsNone) refusal = BlockTransactions.Decode(block, state.GenesisHash, known, out transactions);
        return refusal.IsNone ? BlockTransactions.CheckCost(state, transactions) : refusal;
    }

    private static BlockRefusal CheckHeader(LedgerState state, Block block, VerifiedCommit? parent)
    {
        var refusal = CheckPlace(state, block.Header);
        if (refusal.IsNone) refusal = CheckLeader(state.Next, block);
        if (refusal.IsNone) refusal = CheckRoots(state, block.Header);
        if (refusal.IsNone) refusal = CheckLastCommit(state, block, parent);
        return refusal.IsNone ? CheckLatePrecommits(state, block) : refusal;
    }

    private static BlockRefusal CheckPlace(LedgerState state, Header header)
    {
        if (header.Version != Header.CurrentVersion) return Refuse(BlockFault.WrongVersion, header.Version, Header.CurrentVersion);
        if (header.Genesis != state.GenesisHash) return Refuse(BlockFault.WrongGenesis, header.Genesis, state.GenesisHash);
        if (header.Height != state.Height.Next()) return Refuse(BlockFault.WrongHeight, header.Height, state.Height.Next());
        if (header.Parent != state.LastBlock.Hash) return Refuse(BlockFault.WrongParent, header.Parent, state.LastBlock.Hash);
        if (header.Time <= state.Time) return new BlockRefusal(BlockFault.TimeNotAfterParent, $"{header.Time}, the parent has {state.Time}");
        return header.Time <= Timestamp.Last
            ? BlockRefusal.None
            : new BlockRefusal(BlockFault.TimeOutOfRange, $"{header.Time}, at most {Timestamp.Last} is wanted");
    }

    private static BlockRefusal CheckLeader(HeightContext context, Block block)
    {
        var round = block.Header.BuiltRound;
        var leader = context.Schedule.Leader(round);
        if (block.Header.Author != leader) return Refuse(BlockFault.WrongLeader, block.Header.Author, leader);
        var (proof, wanted) = (block.TrainingProof?.Root, context.Schedule.TermOf(round)?.ProofRoot);
        return proof == wanted
            ? BlockRefusal.None
            : Refuse(BlockFault.WrongTrainingProof, proof?.ToString() ?? "none", wanted?.ToString() ?? "none");
    }

    private static BlockRefusal CheckRoots(LedgerState state, Header header)
    {
        var context = state.Next;
        var next = context.NextValidators;
        Invariant.Check(next is not null, "the state knows the sets of two heights ahead");
        if (header.ValidatorsRoot != context.Validators.Root) return Refuse(BlockFault.ValidatorsRootMismatch, header.ValidatorsRoot, context.Validators.Root);
        if (header.NextValidatorsRoot != next.Root) return Refuse(BlockFault.NextValidatorsRootMismatch, header.NextValidatorsRoot, next.Root);
        if (header.StateRoot != state.Root) return Refuse(BlockFault.StateRootMismatch, header.StateRoot, state.Root);
        if (header.ReceiptsRoot != state.ReceiptsRoot) return Refuse(BlockFault.ReceiptsRootMismatch, header.ReceiptsRoot, state.ReceiptsRoot);
        if (header.EventsRoot != state.EventsRoot) return Refuse(BlockFault.EventsRootMismatch, header.EventsRoot, state.EventsRoot);
        return header.BridgeRoot == state.BridgeRoot ? BlockRefusal.None : Refuse(BlockFault.BridgeRootMismatch, header.BridgeRoot, state.BridgeRoot);
    }

    private static BlockRefusal CheckLastCommit(LedgerState state, Block block, VerifiedCommit? parent)
    {
        if (block.Height == Height.First)
            return block.LastCommit is null ? BlockRefusal.None : new BlockRefusal(BlockFault.LastCommitInvalid, "genesis has no certificate");
        if (block.LastCommit is not { } commit) return new BlockRefusal(BlockFault.LastCommitMissing, $"of height {state.Height}");
        if (commit.Height != state.Height) return Refuse(BlockFault.LastCommitInvalid, commit.Height, state.Height);
        if (commit.Block != state.LastBlock) return Refuse(BlockFault.LastCommitInvalid, commit.Block.Hash, state.LastBlock.Hash);
        var fault = commit.Check(state.GenesisHash, ValidatorsModule.SetOf(state, commit.Height), parent);
        return fault == CertificateFault.None ? BlockRefusal.None : new BlockRefusal(BlockFault.LastCommitInvalid, fault.ToString());
    }

    private static BlockRefusal CheckLatePrecommits(LedgerState state, Block block)
    {
        for (var i = 0; i < block.LatePrecommits.Length; i++)
        {
            var late = block.LatePrecommits[i];
            var inOrder = i == 0 || LatePrecommitRules.Compare(block.LatePrecommits[i - 1], late) < 0;
            if (!inOrder || !LatePrecommitRules.IsValid(state, late))
                return new BlockRefusal(BlockFault.LatePrecommitInvalid, $"number {i}, of height {late.Height} by validator {late.Index}");
        }

        return BlockRefusal.None;
    }

    private static BlockRefusal Refuse<T>(BlockFault fault, T found, T wanted) => new(fault, $"{found}, {wanted} is wanted");
}
