using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>A node without a chain among peers that help, lie, and fall silent.</summary>
public sealed class SnapshotSyncTests : IDisposable
{
    private const ulong Old = 20, New = 30, Head = 35;

    private static readonly TransferChain Chain = Made();

    private readonly SnapshotScene _scene = new(Chain, Old, New);

    /// <summary>The parts of a manifest's mark, each with the word by which a change of it is refused.</summary>
    public static TheoryData<string, string> Fields => new()
    {
        { "height", "height" },
        { "block", "block" },
        { "bridge root of the block", "block" },
        { "next validators of the block", "block" },
        { "time", "time" },
        { "state root", "state root" },
        { "receipts root", "receipts root" },
        { "events root", "events root" },
        { "bridge root", "bridge root" },
    };

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void TheNewestSnapshotIsFetchedFromAllPeersAndItsStateIsTheirs()
    {
        for (var i = 0; i < 5; i++) _scene.Add();
        IsFound(New);
        Assert.Empty(_scene.Bans);
        Assert.True(_scene.Chunks.Count > 8, $"{_scene.Chunks.Count} chunks");
        Assert.Equal(_scene.Chunks.Count, _scene.AskedFor(SnapshotPart.Chunk));
        Assert.Equal(SnapshotSync.ChunksAtOnce, _scene.ChunksAtOnce);
        Assert.True(_scene.Asked.Where(request => request.Part == SnapshotPart.Chunk).Select(request => request.Peer).Distinct().Count() >= 4);
        Assert.Equal(1, _scene.AskedFor(SnapshotPart.Blocks));
    }

    // The validators have not changed: of the heights below nobody is asked anything.
    [Fact]
    public void HeadersBetweenTheTrustedOneAndTheSnapshotAreSkipped()
    {
        _scene.Add();
        IsFound(New);
        Assert.Equal([New + 1, New], _scene.Asked.Where(request => request.Part == SnapshotPart.Header).Select(request => request.Height.Value));
    }

    [Fact]
    public void ATrustedHeaderAboveTheSnapshotLeadsDownToIt()
    {
        _scene.Add();
        Trust(Head);
        IsFound(New);
        Assert.Equal([35, 34, 33, 32, 31, 30], _scene.Asked.Where(request => request.Part == SnapshotPart.Header).Select(request => request.Height.Value));
    }

    [Fact]
    public void ACorruptChunkIsFetchedElsewhereAndItsSenderIsAskedNoMore()
    {
        var liar = _scene.Add(request => Changed(request, SnapshotPart.Chunk));
        for (var i = 0; i < 3; i++) _scene.Add();
        IsFound(New);
        Assert.Equal(liar, Assert.Single(_scene.Bans).Peer);
        Assert.Contains("chunk", _scene.Bans[0].Reason, StringComparison.Ordinal);
        Assert.Equal(1, _scene.Asked.Count(request => request.Peer == liar && request.Part == SnapshotPart.Chunk));
        Assert.Equal(_scene.Chunks.Count + 1, _scene.AskedFor(SnapshotPart.Chunk));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void AManifestThatIsNotWhatTheHeadersSayIsRefusedByItsField(string field, string said)
    {
        var liar = _scene.Add(request => WithMark(request, field));
        for (var i = 0; i < 3; i++) _scene.Add();
        IsFound(New);
        Assert.Equal(liar, Assert.Single(_scene.Bans).Peer);
        Assert.Contains($"another {said} than", _scene.Bans[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void WhereAllManifestsLieNothingIsRestored(string field, string said)
    {
        for (var i = 0; i < 4; i++) _scene.Add(request => WithMark(request, field));
        Assert.Contains($"another {said} than", Assert.IsType<SnapshotOutcome.None>(_scene.Run()).Reason, StringComparison.Ordinal);
        Assert.Equal(4, _scene.Bans.Count);
        Assert.Equal(0, _scene.AskedFor(SnapshotPart.Chunk));
    }

    // The mark is right, so the headers say nothing against it: the chunks do.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AManifestThatCutsTheStateAsItIsNotIsFoundOut(bool isHonestThere)
    {
        for (var i = 0; i < 2; i++) _scene.Add(WithSizes);
        if (isHonestThere) _scene.Add();
        if (isHonestThere) IsFound(New);
        else Assert.IsType<SnapshotOutcome.None>(_scene.Run());
        Assert.Equal(2, _scene.Bans.Count);
    }

    [Fact]
    public void AValidatorSetThatTheSnapshotInventsIsNotBelieved()
    {
        var forged = TransferChain.Forged();
        forged.StepTo(Head);
        var answers = _scene.Answering(forged, Old, New);
        for (var i = 0; i < 4; i++) _scene.Add(answers);
        var none = Assert.IsType<SnapshotOutcome.None>(_scene.Run());
        Assert.Contains("is refused: ", none.Reason, StringComparison.Ordinal);
        Assert.Equal(4, _scene.Bans.Count);
        Assert.Equal(0, _scene.AskedFor(SnapshotPart.Manifest));

        _scene.Add(); // one honest peer is enough
        IsFound(New);
    }

    [Fact]
    public void BlocksThatLeadElsewhereAreFetchedFromAnother()
    {
        for (var i = 0; i < 3; i++) _scene.Add();
        var liar = Lie(0, request => request.Part == SnapshotPart.Blocks ? _scene.Honest(request with { Height = new Height(Old) }) : _scene.Honest(request));
        IsFound(New);
        Assert.Equal(liar, Assert.Single(_scene.Bans).Peer);

        _scene.Peers.Clear();
        for (var i = 0; i < 3; i++) _scene.Add(request => Changed(request, SnapshotPart.Blocks));
        Assert.IsType<SnapshotOutcome.None>(_scene.Run());
    }

    [Fact]
    public void ATrustedHeaderThatIsTooOldIsRefusedByName()
    {
        _scene.Add();
        Trust(3);
        _scene.Now = TimeOf(3).Plus(_scene.Settings.Light.TrustingPeriodMs);
        var refused = Assert.IsType<SnapshotOutcome.Refused>(_scene.Run());
        Assert.Equal("config: trusted: header 3 is older than the trusting period: name a newer one, or none", refused.Reason);
        _scene.Now = TimeOf(3).Plus(_scene.Settings.Light.TrustingPeriodMs - 2_000);
        IsFound(New);
    }

    [Fact]
    public void AGenesisThatIsTooOldLeadsToBlocksAndSaysWhatToDo()
    {
        _scene.Add();
        _scene.Now = TimeOf(1).Plus(_scene.Settings.Light.TrustingPeriodMs);
        var none = Assert.IsType<SnapshotOutcome.None>(_scene.Run());
        Assert.Equal("the genesis is older than the trusting period: name a newer header as trusted in config.json", none.Reason);
    }

    [Fact]
    public void ATrustedHashThatNoPeerShowsIsRefused()
    {
        for (var i = 0; i < 4; i++) _scene.Add();
        _scene.Settings = _scene.Settings with { Trusted = (new Height(10), new BlockHash(Hash256.Sha256([1]))) };
        var refused = Assert.IsType<SnapshotOutcome.Refused>(_scene.Run());
        Assert.Contains($"header 10 is {Chain.Chain.Get(new Height(10))!.Block.Hash} at ", refused.Reason, StringComparison.Ordinal);
        Assert.EndsWith("one of you is on another chain", refused.Reason);
        Assert.Equal(0, _scene.AskedFor(SnapshotPart.Manifest));
    }

    [Fact]
    public void AnotherHeaderInThePlaceOfTheTrustedOneCostsItsSenderOnly()
    {
        for (var i = 0; i < 3; i++) _scene.Add();
        var liar = Lie(0, request => request.Part == SnapshotPart.Header ? Header(9) : _scene.Honest(request));
        var other = Lie(1, request => request.Part == SnapshotPart.Header ? Of(TransferChain.Forged(), 12, request) : _scene.Honest(request));
        Trust(10);
        IsFound(New);
        Assert.Equal([liar, other], _scene.Bans.Select(ban => ban.Peer).Order());
    }

    [Fact]
    public void ATrustedHeaderOfAnotherChainIsTheOperatorsMistake()
    {
        var other = new GenesisHash(Hash256.Sha256([2]));
        var header = Chain.Chain.Get(new Height(10))!.Block.Header with { Genesis = other };
        var keys = Enumerable.Range(0, 4).Select(i => TrainedChain.Key(1_000 + i)).OrderBy(key => key.Address).ToList();
        var precommit = new Precommit(header.Height, Round.Zero, header.Ref);
        var certificate = new CommitCertificate(header.Height, Round.Zero, header.Ref, [.. keys.Select((key, i) => new IndexedSignature((ushort)i, key.Sign(precommit.Digest(other))))]);
        var block = new LightBlock(header, certificate, TransferChain.Genesis.ValidatorSet()).Encode();
        _scene.Add(request => request.Part == SnapshotPart.Header ? block : _scene.Honest(request));
        _scene.Settings = _scene.Settings with { Trusted = (header.Height, header.Hash) };
        Assert.Contains($"is of the chain {other}", Assert.IsType<SnapshotOutcome.Refused>(_scene.Run()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void APeerThatStopsAnsweringHoldsNobodyUp()
    {
        var chunks = 0;
        var silent = _scene.Add(request => request.Part == SnapshotPart.Chunk && ++chunks > 1 ? null : _scene.Honest(request));
        _scene.Add();
        _scene.Add();
        var before = _scene.Now;
        IsFound(New);
        Assert.Empty(_scene.Bans);
        Assert.InRange(_scene.Now.Milliseconds - before.Milliseconds, 0UL, 40_000UL);
        Assert.InRange(_scene.Asked.Count(request => request.Peer == silent && request.Part == SnapshotPart.Chunk), 2, 4);
    }

    [Theory]
    [InlineData(SnapshotPart.Header)]
    [InlineData(SnapshotPart.Manifest)]
    [InlineData(SnapshotPart.Chunk)]
    [InlineData(SnapshotPart.Blocks)]
    public void WhereAllStopAnsweringItEndsInTime(SnapshotPart part)
    {
        for (var i = 0; i < 4; i++) _scene.Add(request => request.Part == part ? null : _scene.Honest(request));
        var before = _scene.Now;
        Assert.IsType<SnapshotOutcome.None>(_scene.Run());
        Assert.InRange(_scene.Now.Milliseconds - before.Milliseconds, 0UL, 6 * _scene.Settings.StallMs);
    }

    [Fact]
    public void NobodyIsWaitedForWhereAllHaveSpokenAndForAMinuteWhereNobodyHas()
    {
        for (var i = 0; i < 4; i++) _scene.Add();
        _scene.Settings = _scene.Settings with { HeightsMin = New + 1 };
        var before = _scene.Now;
        Assert.Equal("no peer has a usable snapshot of height 31 or above", Assert.IsType<SnapshotOutcome.None>(_scene.Run()).Reason);
        Assert.Equal(before, _scene.Now);

        _scene.Peers.Clear();
        _scene.Add(_ => null);
        Assert.IsType<SnapshotOutcome.None>(_scene.Run());
        Assert.InRange(_scene.Now.Milliseconds - before.Milliseconds, 10_000UL, _scene.Settings.StallMs + 1_000);
    }

    [Fact]
    public void AHeightThatOneLiarOffersIsNotChosenBeforeOthers()
    {
        var far = new SnapshotList(new Height(1 << 20), [new Height((1 << 20) - 1)]).Encode();
        _scene.Add(request => request.Part == SnapshotPart.List ? far : _scene.Honest(request));
        _scene.Add();
        _scene.Add();
        IsFound(New);
        Assert.DoesNotContain(_scene.Asked, request => request.Height.Value > Head);

        using var other = new SnapshotScene(Chain, New);
        other.Add(request => request.Part == SnapshotPart.List ? far : other.Honest(request));
        other.Add(); // each alone with its word: the greater height goes first, and leads nowhere
        Assert.Equal(MarkOf(New), Assert.IsType<SnapshotOutcome.Found>(other.Run()).Snapshot.State.Mark);
        Assert.Contains(other.Asked, request => request.Height.Value == 1 << 20);
    }

    /// <summary>It offers what only it can have and says, asked, that it has it not: nobody is to be banned for that, and it costs the others nothing.</summary>
    [Theory]
    [InlineData(SnapshotPart.Manifest)]
    [InlineData(SnapshotPart.Chunk)]
    public void OffersThatComeToNothingUseUpTheirMakersTriesAlone(SnapshotPart lacked)
    {
        using var scene = new SnapshotScene(Chain, New, 31, 32, 33, 34);
        var offered = new SnapshotList(new Height(Head), [.. Enumerable.Range(31, 4).Select(height => new Height((ulong)height))]).Encode();
        var liar = scene.Add(request => request.Part == SnapshotPart.List ? offered : request.Part == lacked ? [] : scene.Honest(request));
        scene.Add(request => request.Part == SnapshotPart.List ? new SnapshotList(new Height(Head), [new Height(New)]).Encode() : scene.Honest(request));
        Assert.Equal(MarkOf(New), Assert.IsType<SnapshotOutcome.Found>(scene.Run()).Snapshot.State.Mark);
        Assert.Empty(scene.Bans);
        Assert.Equal(3, scene.Asked.Where(request => request.Peer == liar && request.Part == SnapshotPart.Manifest && request.Height.Value > New).Select(request => request.Height).Distinct().Count());
    }

    [Fact]
    public void WhereAllOfferWhatTheyHaveNotItEnds()
    {
        for (var i = 0; i < 4; i++) _scene.Add(request => request.Part == SnapshotPart.Manifest ? [] : _scene.Honest(request));
        Assert.IsType<SnapshotOutcome.None>(_scene.Run());
        Assert.Empty(_scene.Bans);
    }

    /// <summary>A machine may be up minutes before its network is, and lose it for minutes.</summary>
    [Fact]
    public void WithoutALinkItWaits()
    {
        for (var i = 0; i < 4; i++) _scene.Add();
        _scene.ConnectAfterTicks = 4 * 300;
        IsFound(New);

        _scene.Manifest = null;
        _scene.Chunks.Clear();
        (_scene.ConnectAfterTicks, _scene.Outage) = (0, (1, 4 * 300));
        foreach (var peer in _scene.Peers.Keys.ToList()) _scene.Peers[peer] = request => request.Part == SnapshotPart.Header && _scene.AskedFor(SnapshotPart.Header) == 1 ? null : _scene.Honest(request);
        _scene.Asked.Clear();
        IsFound(New);
    }

    [Fact]
    public void WithoutALinkItDoesNotWaitForEver()
    {
        _scene.Add();
        _scene.ConnectAfterTicks = int.MaxValue;
        var before = _scene.Now;
        Assert.IsType<SnapshotOutcome.None>(_scene.Run());
        Assert.InRange(_scene.Now.Milliseconds - before.Milliseconds, _scene.Settings.UnlinkedMs, _scene.Settings.UnlinkedMs + _scene.Settings.StallMs + 1_000);
    }

    /// <summary>A machine without a battery begins in the past, until a time server is heard: headers are not believed before, and nothing is late then.</summary>
    [Fact]
    public void WhenTheClockIsSetRightItGoesOnWhereItWas()
    {
        for (var i = 0; i < 4; i++) _scene.Add();
        var right = _scene.Now.Plus(60_000);
        _scene.Now = new Timestamp(right.Milliseconds - 7_200_000);
        var end = new Timestamp(_scene.Now.Milliseconds + 30_000);
        var isSet = false;
        var outcome = _scene.Run(scene =>
        {
            if (!isSet && scene.Now > end) (isSet, scene.Now) = (true, right);
            return false;
        });
        Assert.True(isSet);
        Assert.Equal(MarkOf(New), Assert.IsType<SnapshotOutcome.Found>(outcome).Snapshot.State.Mark);
    }

    [Fact]
    public void ASnapshotTakesThePlaceOfAGenesisWithoutBlocksAndOfNothingElse()
    {
        for (var i = 0; i < 4; i++) _scene.Add();
        var found = Assert.IsType<SnapshotOutcome.Found>(_scene.Run());
        var chain = new ChainStore(new MemoryStore(ChainStore.Columns));
        Assert.True(chain.IsWithoutBlocks);
        chain.Initialize(LedgerState.FromGenesis(TransferChain.Genesis));
        Assert.True(chain.IsWithoutBlocks);
        Assert.True(found.Snapshot.TryRestore(chain, ChainRules.OfThisRelease, out var fault), fault);
        Assert.False(chain.IsWithoutBlocks);
        Assert.Null(chain.MarkOf(Height.Genesis));
        Assert.True(LedgerMark.TryDecode(chain.Mark!, out var mark) && mark.Height.Value == New + 1);
        Assert.True(LedgerState.TryLoad(TransferChain.Genesis, mark, chain.StateRecords, out _), "of the genesis nothing is left");
        Assert.Throws<InvariantException>(() => chain.Initialize(LedgerState.FromGenesis(TransferChain.Genesis)));
    }

    [Fact]
    public void ASnapshotThatIsGoneMeanwhileGivesWayToAnother()
    {
        var chunks = 0;
        byte[]? Losing(SnapshotRequest request) => request.Height.Value == New && request.Part == SnapshotPart.Chunk && ++chunks > 4 ? [] : _scene.Honest(request);
        for (var i = 0; i < 4; i++) _scene.Add(Losing);
        IsFound(Old);
        Assert.Empty(_scene.Bans);
    }

    [Fact]
    public void ARunThatWasStoppedBetweenChunksGoesOnWhereItWas()
    {
        for (var i = 0; i < 4; i++) _scene.Add();
        Assert.Null(_scene.Run(scene => scene.Chunks.Count == 5));
        var kept = _scene.Chunks.Keys.ToList();
        _scene.Asked.Clear();
        IsFound(New);
        var asked = _scene.Asked.Where(request => request.Part == SnapshotPart.Chunk).Select(request => request.Index).ToList();
        Assert.Equal(_scene.Chunks.Count - 5, asked.Count);
        Assert.Empty(asked.Intersect(kept));
    }

    [Fact]
    public void WhatTheDiskHarmedMeanwhileIsFetchedAgain()
    {
        for (var i = 0; i < 4; i++) _scene.Add();
        Assert.Null(_scene.Run(scene => scene.Chunks.Count == 5));
        var harmed = _scene.Chunks.Keys.First();
        _scene.Chunks[harmed][20] ^= 1;
        _scene.Asked.Clear();
        IsFound(New);
        Assert.Empty(_scene.Bans);
        Assert.Equal(1, _scene.Asked.Count(request => request.Part == SnapshotPart.Chunk && request.Index == harmed));
        Assert.Equal(_scene.Chunks.Count - 4, _scene.AskedFor(SnapshotPart.Chunk));
    }

    [Fact]
    public void WhatIsKeptOfASnapshotThatNobodyHasAnyMoreIsForgotten()
    {
        using var before = new SnapshotScene(Chain, 25);
        for (var i = 0; i < 4; i++) before.Add();
        Assert.Null(before.Run(scene => scene.Chunks.Count == 5));
        foreach (var peer in before.Peers.Keys.ToList()) before.Peers[peer] = _scene.Honest;
        Assert.Equal(New, Assert.IsType<SnapshotOutcome.Found>(before.Run()).Snapshot.State.Height.Value);
        Assert.Equal(New, before.Manifest!.Value.Height.Value);
    }

    // Whatever liars do to whatever they answer: a minority costs nothing but their place, and nobody restores what is not so.
    [Fact]
    public void HarmedAnswersNeverLeadToAnotherState()
    {
        var stream = new SeededStream(Hash256.Sha256([5]));
        for (var run = 0; run < 40; run++)
        {
            using var scene = new SnapshotScene(Chain, New);
            var liars = 1 + (run % 4);
            for (var i = 0; i < 4; i++) scene.Add(i < liars ? request => Harm(scene.Honest(request)!) : null);
            var outcome = scene.Run();
            if (outcome is SnapshotOutcome.Found found) Assert.Equal(MarkOf(New), found.Snapshot.State.Mark);
            else Assert.True(liars >= 3, $"{liars} of four spoiled it");
            var guilty = Enumerable.Range(0, liars).Select(SnapshotScene.Peer).ToList();
            Assert.All(scene.Bans, ban => Assert.Contains(ban.Peer, guilty));
        }

        byte[] Harm(byte[] answer)
        {
            if (answer.Length == 0 || stream.NextChance(1, 2)) return answer;
            byte[] harmed = stream.NextChance(1, 4) ? answer[..(int)stream.NextBelow((ulong)answer.Length)] : [.. answer];
            if (harmed.Length > 0) harmed[(int)stream.NextBelow((ulong)harmed.Length)] ^= (byte)(1 << (int)stream.NextBelow(8));
            return harmed;
        }
    }

    private static TransferChain Made()
    {
        var chain = new TransferChain();
        chain.StepTo(Head);
        return chain;
    }

    private static LedgerMark MarkOf(ulong height) => Chain.Chain.MarkOf(new Height(height))!;

    private static Timestamp TimeOf(ulong height) => Chain.Chain.Get(new Height(height))!.Block.Header.Time;

    private static byte[] Header(ulong height) => new LightBlocks(Chain.Chain, () => Chain.State).At(new Height(height))!.Encode();

    private static byte[] Of(TransferChain other, ulong height, SnapshotRequest request)
    {
        other.StepTo(height);
        return new LightBlocks(other.Chain, () => other.State).At(request.Height) is { } block ? block.Encode() : [];
    }

    private void Trust(ulong height) => _scene.Settings = _scene.Settings with { Trusted = (new Height(height), Chain.Chain.Get(new Height(height))!.Block.Hash) };

    private void IsFound(ulong height)
    {
        var outcome = _scene.Run();
        var found = Assert.IsType<SnapshotOutcome.Found>(outcome);
        Assert.Equal(MarkOf(height), found.Snapshot.State.Mark);
        Assert.Equal(height + 1, found.Snapshot.Next.Block.Height.Value);
        var chain = new ChainStore(new MemoryStore(ChainStore.Columns));
        Assert.True(found.Snapshot.TryRestore(chain, ChainRules.OfThisRelease, out var fault), fault);
        Assert.Equal(MarkOf(height + 1), chain.MarkOf(new Height(height + 1)));
    }

    /// <summary>Has one of those who are there lie: the first is asked first where one is asked.</summary>
    private Address Lie(int number, Func<SnapshotRequest, byte[]?> answer)
    {
        var liar = _scene.Peers.Keys.ElementAt(number);
        _scene.Peers[liar] = answer;
        return liar;
    }

    private byte[] Changed(SnapshotRequest request, SnapshotPart part)
    {
        var answer = _scene.Honest(request)!;
        if (request.Part == part) answer[answer.Length / 2] ^= 4;
        return answer;
    }

    private byte[] WithMark(SnapshotRequest request, string field)
    {
        var answer = _scene.Honest(request)!;
        if (request.Part != SnapshotPart.Manifest) return answer;
        Assert.True(SnapshotManifest.TryDecode(answer, out var manifest));
        var (mark, other) = (manifest.Mark, Hash256.Sha256([3]));
        var changed = field switch
        {
            "height" => mark with { Height = mark.Height.Next() },
            "block" => mark with { Block = mark.Block with { Hash = new BlockHash(other) } },
            "bridge root of the block" => mark with { Block = mark.Block with { BridgeRoot = other } },
            "next validators of the block" => mark with { Block = mark.Block with { NextValidatorsRoot = other } },
            "time" => mark with { Time = mark.Time.Plus(1) },
            "state root" => mark with { StateRoot = new StateRoot(other) },
            "receipts root" => mark with { ReceiptsRoot = other },
            "events root" => mark with { EventsRoot = other },
            _ => mark with { BridgeRoot = other },
        };
        Assert.NotEqual(mark, changed);
        return (manifest with { Mark = changed }).Encode();
    }

    // Two chunks change their sizes: the sum, and all that a mark says, stay.
    private byte[] WithSizes(SnapshotRequest request)
    {
        var answer = _scene.Honest(request)!;
        if (request.Part != SnapshotPart.Manifest) return answer;
        Assert.True(SnapshotManifest.TryDecode(answer, out var manifest));
        var sizes = manifest.Sizes.ToArray();
        var filled = Enumerable.Range(0, sizes.Length).Where(index => sizes[index] > 0).Take(2).ToList();
        sizes[filled[0]] += sizes[filled[1]];
        sizes[filled[1]] = 0;
        return (manifest with { Sizes = [.. sizes] }).Encode();
    }
}
