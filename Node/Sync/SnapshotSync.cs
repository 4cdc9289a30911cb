using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Begins an empty node with a snapshot that its peers have. Pure: it is told what came from whom and what time it is, and says what to ask
/// whom. Whatever it takes is proved from a header that the operator trusts, so that peers can waste its time and no more.
/// </summary>
/// <remarks>
/// | step | what is asked | what is taken |
/// |---|---|---|
/// | settle | everybody: which snapshots | the height that most peers offer, the newest of those |
/// | trust | light blocks, from the trusted header on | as <see cref="LightClient"/> does, up to the height after the snapshot's |
/// | manifest | all who offer the height | a mark that is what the two headers say (<see cref="SnapshotAnchor"/>) |
/// | chunks | up to four peers, one chunk each | what the state root proves; it is kept |
/// | blocks | one of them | blocks that lead to the trusted headers, certified by the state's own sets |
///
/// Who sends what no honest peer sends is asked nothing more. Who does not answer is left alone for a while. Where a height leads nowhere
/// another is tried, and who offered it offers it no more; who did so three times offers nothing any more, so that a liar uses up its own
/// tries and nobody else's. Where nothing of use comes any more, it ends without a snapshot; as long as nobody is connected, it waits.
///
/// The clock is asked for what a header says of time alone. What is waited for is counted in steps, which go on when somebody sets the clock.
/// </remarks>
internal sealed class SnapshotSync
{
    /// <summary>Chunks that are on their way at a time, each from another peer.</summary>
    public const int ChunksAtOnce = 4;

    /// <summary>How far below the trusted header a snapshot may be: each header down there is asked for by itself.</summary>
    private const ulong BackMax = 10_000;

    /// <summary>Steps are a quarter of a second apart. What is more than this between two is a clock that was set, or a machine that slept: nobody's delay.</summary>
    private const ulong StepMsMax = 2_000;

    private readonly GenesisDocument _genesis;
    private readonly SnapshotSyncSettings _settings;
    private readonly (Height Height, ReadOnlyMemory<byte> Manifest)? _kept;
    private readonly Timestamp _begun;
    private readonly SortedDictionary<Address, SnapshotPeer> _peers = [];
    private readonly List<SnapshotEffect> _effects = [];
    private Timestamp _clock; // what time it is, if the machine's clock is right
    private Timestamp _passed; // all others: from the beginning on, however the clock is set
    private Address[] _offeredBy = []; // who offered the height that is tried, when it was chosen
    private Timestamp _linked; // when anybody was connected last
    private LightClient? _headers;
    private Height? _height;
    private SnapshotDownload? _download;
    private SnapshotOutcome? _outcome;
    private Timestamp _progress; // when something of use came last
    private Timestamp _asking; // since when peers are asked what they have
    private ulong _attempts;
    private string _lastFault = "";
    private string? _contradiction;

    /// <param name="genesis">The chain.</param>
    /// <param name="settings">What is wanted.</param>
    /// <param name="kept">The manifest of a snapshot of which an earlier run kept chunks.</param>
    /// <param name="now">The time.</param>
    public SnapshotSync(GenesisDocument genesis, SnapshotSyncSettings settings, (Height Height, ReadOnlyMemory<byte> Manifest)? kept, Timestamp now)
    {
        _genesis = genesis;
        _settings = settings;
        _kept = kept;
        _clock = _passed = _begun = _asking = _progress = _linked = now;
        if (settings.Trusted is null) _headers = LightClient.FromGenesis(genesis, settings.Light);
    }

    /// <param name="input">What happened.</param>
    /// <param name="clock">The time, which may jump.</param>
    public IReadOnlyList<SnapshotEffect> Step(SnapshotInput input, Timestamp clock)
    {
        _effects.Clear();
        _passed = _passed.Plus(Math.Min(Elapsed(_clock, clock), StepMsMax));
        _clock = clock;
        var now = _passed;
        if (_outcome is null) Take(input, now);
        if (_outcome is null) Plan(now);
        return [.. _effects];
    }

    private IEnumerable<SnapshotPeer> There => _peers.Values.Where(peer => peer.IsThere);

    private void Take(SnapshotInput input, Timestamp now)
    {
        switch (input)
        {
            case SnapshotInput.Connected connected:
                if (!_peers.TryGetValue(connected.Peer, out var known)) _peers[connected.Peer] = known = new SnapshotPeer(connected.Peer);
                Release(known);
                known.Connected();
                break;
            case SnapshotInput.Gone gone when _peers.TryGetValue(gone.Peer, out var lost):
                Release(lost);
                lost.Gone();
                break;
            case SnapshotInput.Answered answered when Find(answered.Attempt) is { Asked: { } request } peer:
                peer.Answered();
                Take(peer, request, answered.Answer, now);
                break;
            case SnapshotInput.Failed failed when Find(failed.Attempt) is { } peer:
                Fail(peer, now);
                break;
            case SnapshotInput.Recalled recalled when _download is { IsRecalling: true } download:
                // One that the disk harmed is fetched again.
                if (download.TakeChunk(recalled.Index, recalled.Chunk.Span) == SnapshotFault.None) _progress = now;
                break;
            case SnapshotInput.AllRecalled when _download is { } download:
                download.IsRecalling = false;
                break;
        }
    }

    private void Take(SnapshotPeer peer, SnapshotRequest request, ReadOnlyMemory<byte> answer, Timestamp now)
    {
        if (request.Part == SnapshotPart.List) TakeList(peer, answer.Span);
        else if (request.Part == SnapshotPart.Header) TakeHeader(peer, request.Height, answer.Span, now);
        else if (request.Height != _height || _download is not { } download) return; // of a snapshot that was given up
        else if (answer.IsEmpty) peer.LacksSnapshot(request.Height);
        else if (request.Part == SnapshotPart.Manifest) TakeManifest(peer, answer, download);
        else if (request.Part == SnapshotPart.Chunk && download.IsMember(peer.Address)) TakeChunk(peer, request.Index, answer, download, now);
        else if (request.Part == SnapshotPart.Blocks && download.IsComplete) TakeBlocks(peer, answer.Span, download);
    }

    private void TakeList(SnapshotPeer peer, ReadOnlySpan<byte> answer)
    {
        if (SnapshotList.TryDecode(answer, out var list)) peer.Told(list);
        else Ban(peer, "its list of snapshots is malformed");
    }

    private void TakeHeader(SnapshotPeer peer, Height height, ReadOnlySpan<byte> answer, Timestamp now)
    {
        if (answer.IsEmpty) peer.LacksHeader(height);
        else if (!LightBlock.TryDecode(answer, out var block) || block.Height != height) Ban(peer, $"its light block of height {height} is malformed, or of another height");
        else if (_headers is null) Trust(peer, block, now);
        else TakeHeader(peer, block, _headers, now);
    }

    private void TakeManifest(SnapshotPeer peer, ReadOnlyMemory<byte> answer, SnapshotDownload download)
    {
        if (download.TakeManifest(peer.Address, answer) is { } lie) Ban(peer, lie);
    }

    private void TakeBlocks(SnapshotPeer peer, ReadOnlySpan<byte> answer, SnapshotDownload download)
    {
        if (download.TakeBlocks(answer, out var whole) is { } lie) Ban(peer, lie);
        else End(new SnapshotOutcome.Found(whole!));
    }

    private void TakeHeader(SnapshotPeer peer, LightBlock block, LightClient headers, Timestamp now)
    {
        var isNew = headers.At(block.Height) is null;
        var fault = block.Height < headers.Lowest.Height ? headers.AcceptParent(block.Header) : headers.Accept(block, _clock);
        switch (fault)
        {
            case LightFault.None:
                if (isNew) _progress = now;
                break;
            case LightFault.NotEnoughTrust:
                break; // one halfway is asked for
            case LightFault.TrustExpired:
                Expire();
                break;
            case LightFault.FromTheFuture:
                _lastFault = $"header {block.Height} is ahead of this machine's clock: is that right?";
                Fail(peer, now);
                break;
            case LightFault.Fork:
                End(new SnapshotOutcome.Refused($"the chain forked: two headers of height {block.Height} are certified, {headers.Fork!.Trusted.Header.Hash} and {headers.Fork.Other.Header.Hash}"));
                break;
            default:
                Ban(peer, $"its header of height {block.Height} is refused: {fault}");
                break;
        }
    }

    private void Trust(SnapshotPeer peer, LightBlock block, Timestamp now)
    {
        var (height, hash) = _settings.Trusted!.Value;
        if (!LightClient.TryStart(block, height, hash, _settings.Light, out var headers, out var fault))
        {
            if (fault == LightFault.NotTheTrustedHeader) _contradiction = $"header {height} is {block.Header.Hash} at {peer.Address}, {hash} is trusted";
            Ban(peer, $"its header of height {height} is refused: {fault}");
            return;
        }

        (_headers, _progress) = (headers, now);
        if (headers.Genesis != _genesis.Hash) End(new SnapshotOutcome.Refused($"config: trusted: header {height} ({hash}) is of the chain {headers.Genesis}, genesis.json is {_genesis.Hash}"));
    }

    private void TakeChunk(SnapshotPeer peer, int index, ReadOnlyMemory<byte> chunk, SnapshotDownload download, Timestamp now)
    {
        var fault = download.TakeChunk(index, chunk.Span);
        if (fault == SnapshotFault.None)
        {
            _effects.Add(new SnapshotEffect.KeepChunk(download.Height, index, chunk));
            _progress = now;
        }
        else if (fault == SnapshotFault.ContradictsManifest)
        {
            // The chunk is proved, and with it that all who show this manifest lie.
            foreach (var liar in _peers.Values.Where(other => download.IsMember(other.Address)).ToList()) Ban(liar, $"its manifest of height {download.Height} is not how the state is");
            download.Unfollow();
        }
        else
        {
            Ban(peer, $"its chunk {index} of height {download.Height} is refused: {fault}");
        }
    }

    private void Plan(Timestamp now)
    {
        foreach (var peer in _peers.Values.Where(peer => peer.Asked is { } asked && Elapsed(peer.AskedAt, now) >= asked.PatienceMs).ToList()) Fail(peer, now);
        if (IsReached) _linked = now;
        if (Elapsed(_progress, now) >= _settings.StallMs && !TryAnother(now)) return;
        if (!IsReached) return; // what was chosen is not worse for it
        foreach (var peer in There.Where(peer => peer.Offers is null && peer.IsFree(now)).ToList()) Ask(peer, SnapshotPart.List, Height.Genesis, 0, now);
        if (_headers is null)
        {
            if (!AskHeader(_settings.Trusted!.Value.Height, now)) EndIfNobodyIsLeft("no peer shows the trusted header", now);
            return;
        }

        // What is given up makes room for another try at once.
        while (_outcome is null && (_height ??= Choose(now)) is { } height && !Advance(_headers, height, now)) GiveUp(height, now);
        if (_outcome is null && _height is null) EndIfNobodyIsLeft($"no peer has a usable snapshot of height {_settings.HeightsMin} or above", now);
    }

    // What an earlier run began goes first, then what most have, then what is newest: one who lies about heights is alone with its word.
    private Height? Choose(Timestamp now)
    {
        if (Elapsed(_asking, now) < _settings.SettleMs && !HaveAllSpoken) return null;
        var chosen = There.Where(peer => peer.Offers is not null)
            .SelectMany(peer => peer.Offers!)
            .Where(IsUsable)
            .GroupBy(height => height)
            .OrderByDescending(group => group.Key == _kept?.Height)
            .ThenByDescending(group => group.Count())
            .ThenByDescending(group => group.Key)
            .Select(group => (Height?)group.Key)
            .FirstOrDefault();
        if (chosen is { } height) _offeredBy = [.. There.Where(peer => peer.HasSnapshot(height)).Select(peer => peer.Address)];
        return chosen;
    }

    private bool IsUsable(Height height)
    {
        var lowest = _headers!.Lowest.Height;
        return height.Value >= _settings.HeightsMin && height.Next().Value + BackMax >= lowest.Value;
    }

    // Whether there is a network at all; who lied was reached, and is cut off for it.
    private bool IsReached => _peers.Values.Any(peer => peer.IsConnected || peer.IsBanned);

    private bool HaveAllSpoken => _peers.Values.Count(peer => peer.HasSpoken) >= _settings.Peers && There.All(peer => peer.Offers is not null);

    /// <summary>Asks for whatever comes next of that height; false where it leads nowhere.</summary>
    private bool Advance(LightClient headers, Height height, Timestamp now)
    {
        if ((headers.Next(height.Next()) ?? headers.Next(height)) is { } wanted)
        {
            if (AskHeader(wanted, now)) return true;
            if (_lastFault.Length == 0) _lastFault = $"no peer shows the header of height {wanted}";
            return false;
        }

        if (_download is null)
        {
            if (SnapshotAnchor.Of(headers, height) is not { } anchor) return false;
            _download = new SnapshotDownload(_genesis, anchor);
        }

        return _download.IsComplete ? AskBlocks(_download, now) : AskForState(_download, now);
    }

    private bool AskForState(SnapshotDownload download, Timestamp now)
    {
        AskManifests(download, now);
        if (download.Manifest is not null && !_peers.Values.Any(peer => download.IsMember(peer.Address) && MayGive(peer, download.Height))) download.Unfollow();
        if (download.Manifest is null && !TryFollow(download)) return IsManifestComing(download) || IsListComing;
        if (download.IsRecalling) return true;
        AskChunks(download, now);
        return !download.IsComplete || AskBlocks(download, now); // a state may be empty, or all of it kept
    }

    // Whoever is away may come back, as long as there is time.
    private static bool MayGive(SnapshotPeer peer, Height height) => peer.IsConnected ? peer.IsThere && peer.Offers?.Contains(height) != false : !peer.IsBanned;

    private bool AskBlocks(SnapshotDownload download, Timestamp now)
    {
        if (!download.TryFinish(out var fault))
        {
            _lastFault = $"the snapshot of height {download.Height} cannot be put together: {fault}";
            return false;
        }

        if (IsOnItsWay(SnapshotPart.Blocks)) return true;
        var able = There.Where(peer => peer.HasSnapshot(download.Height)).ToList();
        if (able.Where(peer => peer.IsFree(now)).OrderBy(peer => peer.Failures).FirstOrDefault() is { } free) Ask(free, SnapshotPart.Blocks, download.Height, 0, now);
        return able.Count > 0 || IsListComing;
    }

    // Whoever comes later may show the same manifest, and be one more to ask.
    private void AskManifests(SnapshotDownload download, Timestamp now)
    {
        foreach (var peer in There.Where(peer => peer.HasSnapshot(download.Height) && peer.IsFree(now)).ToList())
            if (download.TryAskManifest(peer.Address))
                Ask(peer, SnapshotPart.Manifest, download.Height, 0, now);
    }

    private bool IsManifestComing(SnapshotDownload download) =>
        IsOnItsWay(SnapshotPart.Manifest) || There.Any(peer => peer.HasSnapshot(download.Height) && !download.WasAsked(peer.Address));

    private bool TryFollow(SnapshotDownload download)
    {
        if (IsManifestComing(download)) return false;
        var kept = _kept is { } begun && begun.Height == download.Height ? begun.Manifest : default;
        if (!download.TryFollow(peer => _peers[peer].IsThere && _peers[peer].HasSnapshot(download.Height), kept.Span)) return false;
        var manifest = download.Manifest!;
        _effects.Add(new SnapshotEffect.Begin(download.Height, manifest.Sizes.Count(size => size > 0), manifest.TotalBytes));
        if (!kept.IsEmpty && download.ManifestBytes.Span.SequenceEqual(kept.Span))
        {
            download.IsRecalling = true;
            _effects.Add(new SnapshotEffect.Recall(download.Height, [.. download.Missing]));
        }
        else
        {
            _effects.Add(new SnapshotEffect.KeepManifest(download.Height, download.ManifestBytes));
        }

        return true;
    }

    private void AskChunks(SnapshotDownload download, Timestamp now)
    {
        var asked = _peers.Values.Where(peer => peer.Asked?.Part == SnapshotPart.Chunk).Select(peer => peer.Asked!.Index).ToHashSet();
        using var missing = download.Missing.Where(index => !asked.Contains(index)).GetEnumerator();
        var able = There.Where(peer => download.IsMember(peer.Address) && peer.HasSnapshot(download.Height) && peer.IsFree(now));
        foreach (var peer in able.OrderBy(peer => peer.Failures).Take(ChunksAtOnce - asked.Count).ToList())
            if (missing.MoveNext())
                Ask(peer, SnapshotPart.Chunk, download.Height, missing.Current, now);
    }

    /// <summary>Asks somebody for a header, one at a time; false where nobody may have it.</summary>
    private bool AskHeader(Height height, Timestamp now)
    {
        if (IsOnItsWay(SnapshotPart.Header)) return true;
        var able = There.Where(peer => peer.HasHeader(height)).ToList();
        if (able.Where(peer => peer.IsFree(now)).OrderBy(peer => peer.Failures).FirstOrDefault() is { } free) Ask(free, SnapshotPart.Header, height, 0, now);
        return able.Count > 0 || IsListComing;
    }

    // Of who connects again nothing is known until it tells: what it had before, it may still have.
    private bool IsListComing => There.Any(peer => peer.Offers is null);

    private bool IsOnItsWay(SnapshotPart part) => _peers.Values.Any(peer => peer.Asked?.Part == part);

    private void Ask(SnapshotPeer peer, SnapshotPart part, Height height, int index, Timestamp now)
    {
        var request = new SnapshotRequest(peer.Address, ++_attempts, part, height, index);
        peer.Ask(request, now);
        _effects.Add(new SnapshotEffect.Ask(request));
    }

    private SnapshotPeer? Find(ulong attempt) => _peers.Values.FirstOrDefault(peer => peer.Asked?.Attempt == attempt);

    private void Fail(SnapshotPeer peer, Timestamp now)
    {
        Release(peer);
        peer.Failed(now);
    }

    private void Release(SnapshotPeer peer)
    {
        if (peer.Asked?.Part == SnapshotPart.Manifest) _download?.ForgetAsked(peer.Address);
    }

    private void Ban(SnapshotPeer peer, string reason)
    {
        _lastFault = $"{peer.Address}: {reason}";
        peer.Ban();
        _effects.Add(new SnapshotEffect.Ban(peer.Address, reason));
    }

    /// <summary>Nothing of use came for long: where a snapshot was begun, another may do better. False where that was all.</summary>
    private bool TryAnother(Timestamp now)
    {
        _progress = now;
        if (!IsReached && Elapsed(_linked, now) < _settings.UnlinkedMs) return true;
        if (_height is { } height) GiveUp(height, now);
        else EndWithout($"nothing of use came for {_settings.StallMs / 1_000} s");
        return _outcome is null;
    }

    private void GiveUp(Height height, Timestamp now)
    {
        foreach (var peer in _offeredBy) _peers[peer].Misled(height);
        (_height, _download, _asking) = (null, null, now);
        foreach (var peer in _peers.Values) peer.Outdate();
    }

    private void Expire()
    {
        if (_settings.Trusted is { } trusted)
            End(new SnapshotOutcome.Refused($"config: trusted: header {trusted.Height} is older than the trusting period: name a newer one, or none"));
        else EndWithout("the genesis is older than the trusting period: name a newer header as trusted in config.json");
    }

    private void EndIfNobodyIsLeft(string reason, Timestamp now)
    {
        if (!_peers.Values.Any(peer => peer.HasSpoken) || _peers.Values.Any(peer => peer.Asked is not null) || There.Any(peer => peer.Offers is null)) return;
        if (HaveAllSpoken || Elapsed(_begun, now) >= _settings.GraceMs) EndWithout(reason);
    }

    private void EndWithout(string reason)
    {
        if (_headers is null && _contradiction is { } contradiction) End(new SnapshotOutcome.Refused($"config: trusted: {contradiction}: one of you is on another chain"));
        else End(new SnapshotOutcome.None(_lastFault.Length > 0 ? $"{reason} (last: {_lastFault})" : reason));
    }

    private void End(SnapshotOutcome outcome)
    {
        _outcome = outcome;
        _effects.Add(new SnapshotEffect.Finish(outcome));
    }

    // A clock that is set back measures nothing; time that passed is never set back.
    private static ulong Elapsed(Timestamp since, Timestamp now) => now > since ? now.Milliseconds - since.Milliseconds : 0;
}
