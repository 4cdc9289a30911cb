using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>Stores decided blocks in their order: at once, or in the background while the next ones are executed.</summary>
public interface IBlockCommits
{
    /// <summary>Whether something is not durable yet and will be; what failed is told by the next call.</summary>
    bool HasPending { get; }

    /// <summary>
    /// Stores a block with all that follows from it, as <see cref="ChainStore.Commit"/> does; it may return before that is done. A block that is
    /// written may be read before it is durable.
    /// </summary>
    /// <exception cref="StoreFailedException">This one or one before could not be written.</exception>
    void Commit(LedgerState before, ValidatedBlock validated, VerifiedCommit commit);

    /// <summary>Returns when everything is durable.</summary>
    /// <exception cref="StoreFailedException">Something could not be written.</exception>
    void Flush();
}

/// <summary>Each block is durable when the call returns.</summary>
public sealed class DirectCommits(ChainStore store) : IBlockCommits
{
    public bool HasPending => false;

    public void Commit(LedgerState before, ValidatedBlock validated, VerifiedCommit commit) => store.Commit(before, validated, commit);

    public void Flush()
    {
    }
}
