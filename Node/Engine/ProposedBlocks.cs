using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>The blocks of the height in progress that the ledger found valid, each executed once.</summary>
internal sealed class ProposedBlocks(ITransactionLookup known)
{
    private readonly SortedDictionary<BlockHash, ValidatedBlock> _blocks = [];

    /// <summary>What decided the last block: its signatures need no second check in the next one. Null where nobody knows any more.</summary>
    public VerifiedCommit? Parent { get; set; }

    public void Add(ValidatedBlock block) => _blocks[block.Block.Hash] = block;

    public void Clear() => _blocks.Clear();

    /// <summary>In the order of their hashes.</summary>
    public IReadOnlyCollection<ValidatedBlock> All => _blocks.Values;

    public bool TryGet(BlockHash hash, [NotNullWhen(true)] out ValidatedBlock? block) => _blocks.TryGetValue(hash, out block);

    /// <summary>The paper's valid(v), and that a fresh block is of this round while a re-proposed one is as old as its polka at least.</summary>
    /// <param name="state">What it is to follow.</param>
    /// <param name="proposal">What says so.</param>
    /// <param name="block">The block that it names.</param>
    /// <param name="assembly">What is known of its transactions; null where the block was found valid before.</param>
    /// <param name="reason">Why it is not valid.</param>
    public bool IsValid(LedgerState state, Proposal proposal, Block block, BlockAssembly? assembly, out string reason)
    {
        if (!FitsRound(proposal, block, out reason)) return false;
        if (_blocks.ContainsKey(block.Hash)) return true;
        Invariant.Check(assembly is not null, "a block that is not known as valid was put together");
        if (!PreparedBlock.TryPrepare(assembly, block, state.GenesisHash, out var prepared, out var refusal)
            || !BlockValidator.TryValidate(state, prepared, Parent, out var validated, out refusal))
        {
            reason = refusal.ToString();
            return false;
        }

        Add(validated);
        return true;
    }

    /// <summary>The same, of a block with all its bytes, as a log has it.</summary>
    public bool IsValid(LedgerState state, Proposal proposal, Block block, out string reason)
    {
        if (!FitsRound(proposal, block, out reason)) return false;
        if (_blocks.ContainsKey(block.Hash)) return true;
        if (BlockValidator.TryValidate(state, block, known, Parent, out var validated, out var refusal)) Add(validated);
        reason = refusal.ToString();
        return validated is not null;
    }

    /// <summary>A block that more than two thirds committed: it is valid, or a rule differs between nodes and this one must stop.</summary>
    public ValidatedBlock Require(LedgerState state, Block block, PreparedBlock? prepared)
    {
        if (TryGet(block.Hash, out var validated)) return validated;
        BlockRefusal refusal;
        var isValid = prepared is null
            ? BlockValidator.TryValidate(state, block, known, Parent, out validated, out refusal)
            : BlockValidator.TryValidate(state, prepared, Parent, out validated, out refusal);
        Invariant.Check(isValid, $"more than two thirds committed block {block.Hash} at {block.Height}, which this node finds invalid: {refusal}");
        return validated!;
    }

    /// <summary>A block from the write-ahead log; one that was valid is executed again.</summary>
    public Block Restore(LedgerState state, ReadOnlyMemory<byte> bytes, bool isValid)
    {
        var decoded = Block.TryDecode(bytes.Span, out var block, out var fault);
        Invariant.Check(decoded, $"a logged block is well-formed, this one is {fault}");
        if (!isValid || _blocks.ContainsKey(block!.Hash)) return block!;
        var stillValid = BlockValidator.TryValidate(state, block, known, Parent, out var validated, out var refusal);
        Invariant.Check(stillValid, $"a block that was valid stays valid, this one is {refusal}");
        Add(validated!);
        return block;
    }

    private static bool FitsRound(Proposal proposal, Block block, out string reason)
    {
        var built = block.Header.BuiltRound;
        var fits = proposal.ValidRound is { } validRound ? built <= validRound : built == proposal.Round;
        reason = fits ? "" : $"built in round {built}, proposed in round {proposal.Round}";
        return fits;
    }
}
