using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// <see cref="BackgroundCommits"/> without a thread: what is committed waits and is written at a later event, which makes a turn; until then a
/// crash loses it.
/// </summary>
/// <param name="store">Where blocks go.</param>
/// <param name="later">Plans the writing of what waits.</param>
public sealed class SimulatedCommits(ChainStore store, Action later) : IBlockCommits
{
    private const int WaitingMax = 8;

    private readonly Queue<(LedgerState Before, ValidatedBlock Validated, VerifiedCommit Commit)> _waiting = [];

    public bool HasPending => _waiting.Count > 0;

    public void Commit(LedgerState before, ValidatedBlock validated, VerifiedCommit commit)
    {
        if (_waiting.Count >= WaitingMax) Flush();
        _waiting.Enqueue((before, validated, commit));
        if (_waiting.Count == 1) later();
    }

    public void Flush()
    {
        while (_waiting.TryDequeue(out var next)) store.Commit(next.Before, next.Validated, next.Commit, durable: _waiting.Count == 0);
    }
}
