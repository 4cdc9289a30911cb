using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>Writes at once, or, while the test holds it up, when it is flushed.</summary>
internal sealed class LateCommits(ChainStore store) : IBlockCommits
{
    private readonly Queue<(LedgerState Before, ValidatedBlock Validated, VerifiedCommit Commit)> _waiting = [];

    public bool IsHeldUp { get; set; }

    public bool HasPending => _waiting.Count > 0;

    public void Commit(LedgerState before, ValidatedBlock validated, VerifiedCommit commit)
    {
        _waiting.Enqueue((before, validated, commit));
        if (!IsHeldUp) Flush();
    }

    public void Flush()
    {
        while (_waiting.TryDequeue(out var next)) store.Commit(next.Before, next.Validated, next.Commit);
    }
}
