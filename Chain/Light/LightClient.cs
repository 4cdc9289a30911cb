using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// Follows the chain by headers alone, from one that the operator trusts. Sans-IO: <see cref="Next"/> says which height to fetch, the caller
/// fetches it from anybody and hands it to <see cref="Accept"/> (or, below the first trusted header, to <see cref="AcceptParent"/>).
/// </summary>
/// <remarks>
/// Rules, as in "A Tendermint Light Client" (arXiv 2010.07031) with this chain's roots. Every header: certified by more than two thirds of the
/// set that it names. The one after a trusted header: its parent and its set are those that the trusted header names. A later one: its signers
/// hold more than a third of the trusted set's power, so that at least one honest validator of the trusted set signed it; else a header between
/// the two must come first. The trusted one is not older than the trusting period. Times ascend. Older ones: by the parent's hash.
/// Memory grows with what the caller has it verify. Not thread-safe.
/// </remarks>
public sealed class LightClient
{
    /// <summary>Heights have 64 bits and each miss halves the way.</summary>
    private const int WaitingMax = 64;

    private readonly LightOptions _options;
    private readonly SortedList<ulong, TrustedHeader> _trusted = []; // verified by certificate, ascending
    private readonly Dictionary<ulong, TrustedHeader> _older = []; // by hash, from the lowest of those downwards without a gap
    private readonly SortedList<ulong, LightBlock> _waiting = []; // certified by their own sets, but too far from what is trusted
    private TrustedHeader _lowest;

    private LightClient(GenesisHash genesis, TrustedHeader first, LightOptions options)
    {
        Genesis = genesis;
        _options = options;
        _lowest = first;
        _trusted.Add(first.Height.Value, first);
    }

    public GenesisHash Genesis { get; }

    /// <summary>The highest trusted header.</summary>
    public TrustedHeader Latest => _trusted.GetValueAtIndex(_trusted.Count - 1);

    /// <summary>The lowest trusted header: below it, parents are trusted by their hash.</summary>
    public TrustedHeader Lowest => _lowest;

    /// <summary>Set once two certified headers of one height were shown: from then on nothing is accepted.</summary>
    public LightFork? Fork { get; private set; }

    /// <summary>Trusts a genesis document: it fixes the sets of the first two heights.</summary>
    public static LightClient FromGenesis(GenesisDocument genesis, LightOptions options) => new(genesis.Hash, TrustedHeader.Of(genesis), options);

    /// <summary>Trusts the header with this height and hash, which the operator has from whom he trusts; the light block may come from anybody.</summary>
    public static bool TryStart(
        LightBlock block, Height height, BlockHash hash, LightOptions options, [NotNullWhen(true)] out LightClient? client, out LightFault fault)
    {
        client = null;
        fault = block.Height == height && block.Header.Hash == hash ? block.Check(block.Header.Genesis) : LightFault.NotTheTrustedHeader;
        if (fault == LightFault.None) client = new LightClient(block.Header.Genesis, TrustedHeader.Of(block), options);
        return client is not null;
    }

    /// <summary>Null where it is not trusted (yet).</summary>
    public TrustedHeader? At(Height height) => _trusted.GetValueOrDefault(height.Value) ?? _older.GetValueOrDefault(height.Value);

    /// <summary>
    /// The height to fetch next on the way to the target; null where the target is trusted, or nothing leads there (genesis itself). Below the
    /// lowest trusted header that is its parent, whose header is for <see cref="AcceptParent"/>.
    /// </summary>
    public Height? Next(Height target)
    {
        if (At(target) is not null || target == Height.Genesis) return null;
        if (target < _lowest.Height) return _lowest.Height.MinusOrGenesis(1);
        var below = Below(target);
        foreach (var height in _waiting.Keys)
            if (height > below.Height.Value && height <= target.Value)
                return below.Height.Plus((height - below.Height.Value) / 2);
        return target;
    }

    /// <summary>Verifies a light block above the first trusted header.</summary>
    /// <param name="block">From anybody.</param>
    /// <param name="now">The caller's clock.</param>
    public LightFault Accept(LightBlock block, Timestamp now)
    {
        if (Fork is not null) return LightFault.Fork;
        if (At(block.Height)?.Hash == block.Header.Hash) return LightFault.None;
        var fault = block.Check(Genesis);
        if (fault != LightFault.None) return fault;
        if (At(block.Height) is { } known) return Contradict(known, block, now);
        if (block.Height < _trusted.GetValueAtIndex(0).Height) return LightFault.NotTheParent;
        fault = Link(block, now);
        if (fault == LightFault.NotEnoughTrust) Wait(block);
        if (fault != LightFault.None) return fault;
        Trust(block);
        RetryWaiting(now);
        return LightFault.None;
    }

    /// <summary>Takes the parent of the lowest trusted header by its hash; neither certificate nor clock is needed for it.</summary>
    public LightFault AcceptParent(Header header)
    {
        if (Fork is not null) return LightFault.Fork;
        if (_lowest.Header is not { } child || header.Height.Next() != child.Height) return LightFault.NotTheParent;
        if (header.Hash != child.Parent) return LightFault.WrongParent;
        if (header.Genesis != Genesis) return LightFault.WrongGenesis;
        if (header.Time >= child.Time) return LightFault.TimeNotAscending;
        _lowest = TrustedHeader.Of(header);
        _older.Add(header.Height.Value, _lowest);
        return LightFault.None;
    }

    // Another header of a trusted height. Where it would have been believed had it come first, the chain forked.
    private LightFault Contradict(TrustedHeader known, LightBlock block, Timestamp now)
    {
        if (known.Block is not { } trusted) return LightFault.WrongParent;
        if (trusted.Header.ValidatorsRoot != block.Header.ValidatorsRoot)
        {
            if (known == _trusted.GetValueAtIndex(0)) return LightFault.WrongValidators;
            var fault = LinkBelow(Below(block.Height), block, now);
            if (fault != LightFault.None) return fault;
        }

        Fork = new LightFork(trusted, block);
        return LightFault.Fork;
    }

    private LightFault Link(LightBlock block, Timestamp now)
    {
        var fault = LinkBelow(Below(block.Height), block, now);
        return fault == LightFault.None ? LinkAbove(block) : fault;
    }

    private LightFault LinkBelow(TrustedHeader below, LightBlock block, Timestamp now)
    {
        var header = block.Header;
        if (IsExpired(below, now)) return LightFault.TrustExpired;
        if (header.Time <= below.Time) return LightFault.TimeNotAscending;
        if (header.Time > now && header.Time.Milliseconds - now.Milliseconds > _options.ClockDriftMs) return LightFault.FromTheFuture;
        var isNext = header.Height == below.Height.Next();
        if (isNext && header.Parent != below.Hash) return LightFault.WrongParent;
        if (isNext && below.Height == Height.Genesis && header.NextValidatorsRoot != below.NextValidatorsRoot) return LightFault.WrongNextValidators;
        if (IsSetKnown(below, header.Height)) return header.ValidatorsRoot == below.NextValidatorsRoot ? LightFault.None : LightFault.WrongValidators;
        Invariant.Check(below.Validators is not null, "what was verified by a certificate has its set");
        return below.Validators.HasHonest(block.PowerIn(below.Validators)) ? LightFault.None : LightFault.NotEnoughTrust;
    }

    private LightFault LinkAbove(LightBlock block)
    {
        if (Above(block.Height) is not { } above) return LightFault.None;
        if (block.Header.Time >= above.Time) return LightFault.TimeNotAscending;
        var isChild = above.Height == block.Height.Next();
        return isChild && above.Header!.Parent != block.Header.Hash ? LightFault.WrongParent : LightFault.None;
    }

    // What a certified header names as the next set is as certain as its own; genesis names two.
    private static bool IsSetKnown(TrustedHeader below, Height height) =>
        height == below.Height.Next() || (below.Height == Height.Genesis && height == below.Height.Plus(2));

    private bool IsExpired(TrustedHeader trusted, Timestamp now) =>
        now > trusted.Time && now.Milliseconds - trusted.Time.Milliseconds >= _options.TrustingPeriodMs;

    private void Trust(LightBlock block)
    {
        _trusted.Add(block.Height.Value, TrustedHeader.Of(block));
        _waiting.Remove(block.Height.Value);
    }

    private void Wait(LightBlock block)
    {
        _waiting[block.Height.Value] = block;
        if (_waiting.Count > WaitingMax) _waiting.RemoveAt(_waiting.Count - 1);
    }

    // Lowest first: each that is trusted now may carry the next. One that fails for good is forgotten: the fault shows when it is fetched again.
    private void RetryWaiting(Timestamp now)
    {
        foreach (var block in _waiting.Values.ToList())
        {
            var fault = Link(block, now);
            if (fault == LightFault.NotEnoughTrust) return;
            _waiting.Remove(block.Height.Value);
            if (fault == LightFault.None) Trust(block);
        }
    }

    private TrustedHeader Below(Height height) => _trusted.GetValueAtIndex(CountBelow(height) - 1);

    private TrustedHeader? Above(Height height)
    {
        for (var i = CountBelow(height); i < _trusted.Count; i++)
            if (_trusted.GetKeyAtIndex(i) > height.Value)
                return _trusted.GetValueAtIndex(i);
        return null;
    }

    private int CountBelow(Height height)
    {
        int low = 0, high = _trusted.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_trusted.GetKeyAtIndex(middle) < height.Value) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
