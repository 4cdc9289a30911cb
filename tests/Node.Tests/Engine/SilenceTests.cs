using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node.Tests;

/// <summary>A validator that does not know how far the others are, or is behind them, says nothing, and misses nothing by it.</summary>
public sealed class SilenceTests : IDisposable
{
    private static readonly EngineTimer Begin = new EngineTimer.StartHeight(Height.First);

    private readonly OneOfFour _node = new(leads: false);

    public void Dispose() => _node.Dispose();

    [Fact]
    public void WhoStartsSaysNothingBeforeItHasHeardFromMoreThanTwoThirds()
    {
        StartAlone();
        Assert.Equal([new EngineOutput.SilenceChanged(Height.First, SignRefusal.Syncing)], Silences());
        Assert.Equal(SignRefusal.Syncing, _node.Engine.Silence);
        Status(0, 0);
        Assert.Empty(Votes());
        Status(1, 0);
        Assert.Equal([new Prevote(Height.First, Round.Zero, null, null)], Votes()); // the height goes on, and so it is of use still
        Assert.Equal([new EngineOutput.SilenceChanged(Height.First, SignRefusal.None)], Silences());
        Assert.Equal(SignRefusal.None, _node.Engine.Silence);
    }

    [Fact]
    public void WhatHadToWaitIsNotSaidWhereItsRoundIsOver()
    {
        StartAlone();
        foreach (var other in new[] { 0, 1 }) _node.Tell(new PeerMessage.VoteMessage(_node.Sign(new Precommit(Height.First, new Round(2), null), other)), 4_000);
        Assert.Equal(new Round(2), _node.Engine.Round);
        TimeOut(TimeoutKind.Propose, 2);
        Assert.Empty(Votes());
        Status(0, 0);
        Status(1, 0);
        Assert.Equal([new Prevote(Height.First, new Round(2), null, null)], Votes());
    }

    /// <summary>The others decide without it, and it with them: it only does not vote.</summary>
    [Fact]
    public void WhoIsSilentDecidesWithTheOthers()
    {
        StartAlone();
        var first = OneOfFour.BlockOf(_node.Engine.State, 900, null).Block;
        _node.Tell(_node.ProposalOf(first), 1_010);
        foreach (var vote in _node.PrecommitsOf(first)) _node.Tell(new PeerMessage.VoteMessage(vote), 1_020);
        Assert.Equal(Height.First, _node.Engine.State.Height);
        Status(0, 1);
        Status(1, 1);
        Assert.Empty(Votes()); // of a height that is decided
    }

    [Fact]
    public void WhoIsBehindSaysNothing()
    {
        _node.Start(0);
        Status(0, 2);
        Status(1, 2);
        _node.Elapse(Begin, 1_000);
        TimeOut(TimeoutKind.Propose, 0);
        Assert.Empty(Votes());
        foreach (var other in new[] { 0, 1 }) _node.Tell(new EngineInput.PeerDisconnected(_node.Others[other].Address), 4_000);
        Assert.False(_node.Engine.IsCatchingUp);
        TimeOut(TimeoutKind.Prevote, 0);
        Assert.Empty(Votes()); // they are gone, and it is behind all the same
    }

    /// <summary>A single one that claims too much cannot silence anybody.</summary>
    [Fact]
    public void ALiarIsNotBelieved()
    {
        _node.Start(0);
        Status(2, 1UL << 60);
        _node.Elapse(Begin, 1_000);
        TimeOut(TimeoutKind.Propose, 0);
        Assert.Single(Votes());
        Assert.Empty(Silences());
    }

    [Fact]
    public void WhoHasOnePeerOnlySpeaksAfterAWhile()
    {
        StartAlone();
        Status(0, 0);
        for (var i = 0; i < SigningGate.Patience; i++)
        {
            Assert.Empty(Votes());
            _node.Elapse(new EngineTimer.Rebroadcast(), 5_000 + (1_000 * i));
        }

        Assert.Single(Votes());
    }

    [Fact]
    public void HowFarItIsIsSaidToWhoeverConnectsAndAgainAndAgain()
    {
        _node.Start(0, isOriented: false);
        _node.TakeOutputs();
        _node.Tell(new EngineInput.PeerConnected(_node.Others[0].Address), 10);
        Assert.Contains(new EngineOutput.Send(_node.Others[0].Address, new PeerMessage.StatusMessage(Height.Genesis)), _node.TakeOutputs());
        _node.Elapse(new EngineTimer.Rebroadcast(), 20); // no height is begun yet
        Assert.Contains(new EngineOutput.Send(null, new PeerMessage.StatusMessage(Height.Genesis)), _node.TakeOutputs());
    }

    /// <summary>After a crash in silence it asks again whether it may, and the log is as good as any other.</summary>
    [Fact]
    public void ALogWithSilenceInItIsTakenUpAndReplayed()
    {
        StartAlone();
        _node.Restart(5_000, isOriented: false);
        Assert.Empty(Votes());
        Assert.DoesNotContain(_node.TakeOutputs(), output => output is EngineOutput.ReplayDiffers or EngineOutput.SignerRefused);
        Status(0, 0);
        Status(1, 0);
        Assert.Single(Votes());

        var log = Wal.Read(_node.Log.Copy(), Height.First);
        Assert.Contains(log.Records, record => record is WalRecord.SilenceRecord);
        Assert.Null(new WalReplay(_node.Chain, _node.Engine.State, _ => log).Run(Height.First).Difference);
        var loud = log with { Records = [.. log.Records.Where(record => record is not WalRecord.SilenceRecord)] };
        Assert.Contains("was to be said", new WalReplay(_node.Chain, _node.Engine.State, _ => loud).Run(Height.First).Difference, StringComparison.Ordinal);
    }

    /// <summary>For two heights a node votes under the key that was replaced, and its word counts for that one after a restart too.</summary>
    [Fact]
    public void ANodeSpeaksForTheKeyThatWasReplacedAsLongAsThatOneVotes()
    {
        _node.Start(0);
        var first = OneOfFour.BlockOf(_node.Engine.State, 900, null, [_node.Rotation(0, TrainedChain.Key(3_200))]).Block;
        Assert.Single(first.Transactions);
        _node.CatchUp(first);
        Assert.Equal(Height.First, _node.Engine.State.Height);

        _node.Restart(3_000, isOriented: false);
        var second = Height.First.Next();
        _node.Elapse(new EngineTimer.StartHeight(second), 4_000);
        _node.Elapse(new EngineTimer.Consensus(new NeuroChain.Consensus.Timeout(TimeoutKind.Propose, second, Round.Zero)), 4_100);
        Assert.Empty(Votes());
        Status(0, 1); // whose set of height 2 is still that of the old key
        Status(1, 1);
        Assert.Equal([new Prevote(second, Round.Zero, null, null)], Votes());
    }

    /// <summary>A signer in another process may be away: what it would have signed waits, and is said when it is back.</summary>
    [Theory]
    [InlineData(SignRefusal.Unavailable)]
    [InlineData(SignRefusal.NoLease)]
    public void WhatTheSignerIsNotThereForWaits(SignRefusal why)
    {
        AwaySigner? signer = null;
        _node.Signer = real => signer = new AwaySigner(real) { Why = why };
        _node.Start(0);
        _node.Elapse(Begin, 1_000);
        TimeOut(TimeoutKind.Propose, 0);
        _node.Elapse(new EngineTimer.Rebroadcast(), 4_000);
        Assert.Empty(Votes());
        Assert.Equal([new EngineOutput.SilenceChanged(Height.First, why)], Silences());
        Assert.Empty(_node.TakeOutputs(output => output is EngineOutput.SignerRefused));
        signer!.Why = SignRefusal.None;
        _node.Elapse(new EngineTimer.Rebroadcast(), 5_000);
        Assert.Equal([new Prevote(Height.First, Round.Zero, null, null)], Votes());
        Assert.Equal([new EngineOutput.SilenceChanged(Height.First, SignRefusal.None)], Silences());
        Assert.Null(new WalReplay(_node.Chain, _node.Engine.State, height => Wal.Read(_node.Log.Copy(), height)).Run(Height.First).Difference);
    }

    /// <summary>What waited was dropped, as its round is over: that is no sign of the signer's.</summary>
    [Fact]
    public void ASignerIsBackWhenItSigns()
    {
        AwaySigner? signer = null;
        _node.Signer = real => signer = new AwaySigner(real) { Why = SignRefusal.Unavailable };
        _node.Start(0);
        _node.Elapse(Begin, 1_000);
        TimeOut(TimeoutKind.Propose, 0);
        Assert.Single(Silences());
        foreach (var other in new[] { 0, 1 }) _node.Tell(new PeerMessage.VoteMessage(_node.Sign(new Precommit(Height.First, new Round(2), null), other)), 4_000);
        Assert.Empty(Silences());
        TimeOut(TimeoutKind.Propose, 2);
        Assert.Empty(Silences());
        signer!.Why = SignRefusal.None;
        _node.Elapse(new EngineTimer.Rebroadcast(), 5_000);
        Assert.Equal([new EngineOutput.SilenceChanged(Height.First, SignRefusal.None)], Silences());
        Assert.Equal([new Prevote(Height.First, new Round(2), null, null)], Votes());
    }

    // Height 1 begins, nobody proposes, and consensus asks for a prevote.
    private void StartAlone()
    {
        _node.Start(0, isOriented: false);
        _node.Elapse(Begin, 1_000);
        TimeOut(TimeoutKind.Propose, 0);
    }

    private void TimeOut(TimeoutKind kind, uint round) =>
        _node.Elapse(new EngineTimer.Consensus(new NeuroChain.Consensus.Timeout(kind, Height.First, new Round(round))), 3_000);

    private void Status(int other, ulong height) =>
        _node.Tell(new EngineInput.MessageArrived(_node.Others[other].Address, new PeerMessage.StatusMessage(new Height(height))), 4_500);

    private IReadOnlyList<Vote> Votes() => [.. _node.TakeOutputs(output => output is EngineOutput.Send { Message: PeerMessage.VoteMessage }).Select(output => ((PeerMessage.VoteMessage)((EngineOutput.Send)output).Message).Vote.Vote)];

    private IReadOnlyList<EngineOutput> Silences() => _node.TakeOutputs(output => output is EngineOutput.SilenceChanged);

    private sealed class AwaySigner(ISigner signer) : ISigner
    {
        public SignRefusal Why { get; set; }

        public Address Address => signer.Address;

        public SignerState State => signer.State;

        public Signature? TrySign(SignRequest request, out SignRefusal refusal)
        {
            refusal = Why;
            return Why == SignRefusal.None ? signer.TrySign(request, out refusal) : null;
        }

        public Signature SignTagged(TaggedContent content) => signer.SignTagged(content);
    }
}
