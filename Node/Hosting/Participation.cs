using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

/// <summary>
/// Whether this node does what it is there for, judged by what is on chain: a process that runs proves nothing, nor do certificates that this
/// node put together, since its own vote is in them whether anybody heard it or not. What others wrote into their blocks is what reached them.
/// Pure: blocks and the time are told. Times count from any fixed moment.
/// </summary>
/// <remarks>
/// | asked | of whom | not of use when |
/// | precommits | a validator that is a member | none of the last <see cref="BlocksJudged"/> blocks by others, each of a height after one at which it was
/// a member, has its precommit: for the parent, or late for one before |
/// | progress | everybody | nothing was decided for the block interval and <see cref="Patience"/> |
/// | place | everybody | it is catching up, or its newest block is older than one may be that was decided when the pause before it began |
///
/// The second half of the last is for who is so far behind that nobody of the validators it knows is still there: what the others claim has no power
/// behind it then, and it catches up without knowing it.
/// </remarks>
/// <param name="validator">Null for an observer.</param>
/// <param name="started">When the node began to wait for its first block.</param>
internal sealed class Participation(Address? validator, TimeSpan started)
{
    /// <summary>One lost vote says nothing: late ones are shown for five blocks, and a few leaders may be slow.</summary>
    public const int BlocksJudged = 8;

    /// <summary>Two capped timeouts: a chain whose links just healed decides within one.</summary>
    public static readonly TimeSpan Patience = 2 * new TimeoutSettings().Cap;

    private readonly Queue<bool> _reached = [];

    // The own index at the heights whose precommits may still come; none where it was no member.
    private readonly SortedDictionary<Height, int> _indices = [];
    private TimeSpan _decided = started;

    /// <summary>A block was decided.</summary>
    /// <param name="block">The block, in the order of heights.</param>
    /// <param name="validators">The set of its own height; null where it was caught up with, and could not be voted on here.</param>
    /// <param name="now">When this node knew it.</param>
    public void Committed(Block block, ValidatorSet? validators, TimeSpan now)
    {
        _decided = now;
        if (validator is not { } own) return;
        if (block.Header.Author != own && block.Height > Height.Genesis.Next() && _indices.ContainsKey(block.Height.MinusOrGenesis(1))) Judge(block);
        if (validators is null) return;
        if (validators.TryIndexOf(own, out var index)) _indices[block.Height] = index;
        else _reached.Clear(); // nobody waits for its votes any more
        while (_indices.Count > 0 && _indices.Keys.First().Plus(Limits.LatePrecommitBlocks) < block.Height) _indices.Remove(_indices.Keys.First());
    }

    /// <param name="now">The present.</param>
    /// <param name="blockInterval">The chain's pause between two blocks.</param>
    /// <param name="isCatchingUp">Whether the node knows of blocks that it does not have.</param>
    /// <param name="newestAge">How far the newest block's time is from this node's clock: negative where it is ahead of it.</param>
    public bool IsServing(TimeSpan now, TimeSpan blockInterval, bool isCatchingUp, TimeSpan newestAge) =>
        !isCatchingUp
        && now - _decided <= blockInterval + Patience
        && newestAge.Duration() <= blockInterval + Patience + AllowedPeers.NewestAgeMax
        && (_reached.Count < BlocksJudged || _reached.Contains(true));

    private void Judge(Block block)
    {
        var parent = block.Height.MinusOrGenesis(1);
        var isIn = block.LastCommit is { } commit && commit.Signatures.Any(signature => signature.Index == _indices[parent]);
        _reached.Enqueue(isIn || block.LatePrecommits.Any(late => _indices.TryGetValue(late.Height, out var index) && index == late.Index));
        if (_reached.Count > BlocksJudged) _reached.Dequeue();
    }
}
