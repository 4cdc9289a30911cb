using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Fills one block from candidates that may be many more than fit. Nothing is executed that has no room; what stands behind a transaction
/// that was left out, in its sender's order, is passed over unseen; and the end of a full block is found after a bounded number of tries.
/// </summary>
internal sealed class BlockFilling(BlockExecution execution, BlockRoom room)
{
    /// <summary>Candidates of a lane that did not fit after which no smaller one is looked for.</summary>
    private const int MisfitsMax = 64;

    /// <summary>
    /// Messages of one validator that could not be executed after which its others are left for the next block: by sender, so that nobody's
    /// useless messages end the search before another's are reached.
    /// </summary>
    private const int RefusalsPerSenderMax = 16;

    private readonly ImmutableArray<Transaction>.Builder _chosen = ImmutableArray.CreateBuilder<Transaction>();
    private readonly HashSet<TransactionHash> _chosenHashes = [];
    private readonly HashSet<Address> _passedOver = [];
    private readonly Dictionary<Address, int> _refusals = [];
    private readonly int[] _misfits = new int[Lanes.Count];

    public ImmutableArray<Transaction> Fill(IEnumerable<Transaction> candidates)
    {
        foreach (var candidate in candidates)
        {
            Offer(candidate, Lanes.Of(candidate));
            if (_misfits[(int)Lane.Normal] >= MisfitsMax) break; // the last lane is full
        }

        return _chosen.ToImmutable();
    }

    private void Offer(Transaction candidate, Lane lane)
    {
        if (_misfits[(int)lane] >= MisfitsMax || IsPassedOver(candidate)) return;
        var space = BlockSpace.Of(candidate);
        if (!room.Has(lane, space))
        {
            _misfits[(int)lane]++;
            if (!candidate.IsProtocolMessage) _passedOver.Add(candidate.Sender);
            return;
        }

        if (_chosenHashes.Contains(candidate.Hash)) return;
        if (execution.Add(candidate) != TransactionRejection.None)
        {
            if (candidate.IsProtocolMessage) _refusals[candidate.Sender] = _refusals.GetValueOrDefault(candidate.Sender) + 1;
            return;
        }

        room.Take(lane, space);
        _chosen.Add(candidate);
        _chosenHashes.Add(candidate.Hash);
    }

    private bool IsPassedOver(Transaction candidate) => candidate.IsProtocolMessage
        ? _refusals.GetValueOrDefault(candidate.Sender) >= RefusalsPerSenderMax
        : _passedOver.Contains(candidate.Sender);
}
