using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>What a node makes of certificates that its peers send, and to whom it sends how its last height was decided.</summary>
public sealed class CertificateMessageTests : IDisposable
{
    private readonly OneOfFour _node = new(leads: false);
    private readonly LedgerState _genesis;
    private readonly Block _block;

    public CertificateMessageTests()
    {
        _node.Start(0);
        _node.Elapse(new EngineTimer.StartHeight(Height.First), 900);
        _genesis = _node.Engine.State;
        _block = OneOfFour.BlockOf(_genesis, 900, null).Block;
        _node.TakeOutputs();
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void ACommitDecidesAtOnceWhereTheBlockIsKnown()
    {
        _node.Tell(_node.ProposalOf(_block), new PeerMessage.CommitMessage(_node.CertificateOf(_block)));
        Assert.Equal(_block.Hash, Assert.Single(_node.TakeOutputs().OfType<EngineOutput.Committed>()).Block.Block.Hash);
    }

    [Fact]
    public void ACommitOfAnUnknownBlockHasItFetchedAtOnce()
    {
        _node.Tell(new PeerMessage.CommitMessage(_node.CertificateOf(_block)));
        var fetch = Assert.Single(_node.TakeOutputs().OfType<EngineOutput.FetchBlocks>());
        Assert.Equal((_node.Others[0].Address, Height.First), (fetch.Peer, fetch.From));
        _node.CatchUp(_block);
        Assert.Equal(Height.First, _node.Engine.State.Height);
    }

    [Fact]
    public void ACommitDecidesWhenTheProposalComesAfterIt()
    {
        _node.Tell(new PeerMessage.CommitMessage(_node.CertificateOf(_block)), _node.ProposalOf(_block));
        Assert.Single(_node.TakeOutputs().OfType<EngineOutput.Committed>());
    }

    [Fact]
    public void CertificatesThatAreNoneAreRefusedAndNothingOfThemIsTaken()
    {
        var (commit, polka) = (_node.CertificateOf(_block), _node.PolkaOf(_block));
        _node.Tell(
            new PeerMessage.CommitMessage(commit with { Signatures = commit.Signatures[..2] }),
            new PeerMessage.CommitMessage(commit with { Signatures = [.. commit.Signatures.Select(s => s with { Index = (ushort)(s.Index + 4) })] }),
            new PeerMessage.CommitMessage(commit with { Signatures = [commit.Signatures[0], commit.Signatures[1], commit.Signatures[2] with { Signature = polka.Signatures[2].Signature }] }),
            new PeerMessage.PolkaMessage(polka with { Signatures = polka.Signatures[..2] }),
            new PeerMessage.PolkaMessage(polka with { Signatures = [polka.Signatures[0], polka.Signatures[1], polka.Signatures[2] with { Signature = commit.Signatures[2].Signature }] }),
            new PeerMessage.RoundMessage(new RoundCertificate([_node.Sign(new Prevote(Height.First, Round.Zero, null, null), PrivateKey.FromSeed(Hash256.Sha256([1])))])));
        Assert.Equal(6, _node.TakeOutputs().OfType<EngineOutput.Refused>().Count());
        Assert.Equal([], Logged().OfType<WalRecord.CommitRecord>());
        Assert.Equal([], Logged().OfType<WalRecord.PolkaRecord>());
        Assert.Equal([], Logged().OfType<WalRecord.RoundRecord>());
    }

    [Fact]
    public void ACertificateIsLoggedOnceAsOneRecordLessWhatWasKnown()
    {
        var polka = _node.PolkaOf(_block);
        _node.Tell(_node.ProposalOf(_block));
        var known = _node.Others.First();
        _node.Tell(new PeerMessage.VoteMessage(_node.Sign(polka.Prevote, known)), new PeerMessage.PolkaMessage(polka), new PeerMessage.PolkaMessage(polka));
        var record = Assert.Single(Logged().OfType<WalRecord.PolkaRecord>());
        Assert.Equal(2, record.Certificate.Signatures.Length);
        Assert.Equal(_block.Hash, Precommits().Single());
    }

    /// <summary>
    /// There is no end of rounds, and each vote on one ahead takes the place of the one before in memory, but not in the log: room comes back with the
    /// rounds, not with time.
    /// </summary>
    [Fact]
    public void OneLiarFillsNoLogWithRoundsAhead()
    {
        SignedVote Ahead(int other, int round) => _node.Sign(new Prevote(Height.First, new Round((uint)round), null, null), other);
        IEnumerable<WalRecord> Log() => Wal.Read(_node.Log.Copy(), Height.First).Records; // the engine goes on with its own
        int Votes(int other) => Log().OfType<WalRecord.VoteRecord>().Count(record => record.Vote.Validator == _node.Others[other].Address);

        _node.Tell(Enumerable.Range(1, 300).Select(round => new PeerMessage.VoteMessage(Ahead(0, round))));
        Assert.Equal(AheadVotes.EachMax, Votes(0));
        _node.Tell(new PeerMessage.VoteMessage(Ahead(1, 7)));
        Assert.Equal(1, Votes(1)); // the others have room of their own
        _node.Tell(Enumerable.Range(301, 300).Select(round => new PeerMessage.RoundMessage(new RoundCertificate([Ahead(0, round)]))));
        Assert.Empty(Log().OfType<WalRecord.RoundRecord>());
        Assert.Equal(300, _node.TakeOutputs().OfType<EngineOutput.Refused>().Count());

        _node.Elapse(new EngineTimer.Rebroadcast(), 1_900);
        _node.Tell(Enumerable.Range(301, 300).Select(round => new PeerMessage.VoteMessage(Ahead(0, round))));
        Assert.Equal(AheadVotes.EachMax, Votes(0));
        _node.Tell(new PeerMessage.RoundMessage(new RoundCertificate([.. new[] { Ahead(0, 900), Ahead(1, 900) }.OrderBy(vote => vote.Validator)])));
        Assert.Equal(2, Assert.Single(Log().OfType<WalRecord.RoundRecord>()).Certificate.Votes.Length); // one of two is honest
        Assert.Equal(new Round(900), _node.Engine.Round);
        _node.Tell(Enumerable.Range(901, 300).Select(round => new PeerMessage.VoteMessage(Ahead(0, round))));
        Assert.Equal(2 * AheadVotes.EachMax, Votes(0));
    }

    /// <summary>After a crash the log has the certificates, and leads to where they led.</summary>
    [Fact]
    public void ALogOfCertificatesIsReplayed()
    {
        var nil = new Precommit(Height.First, Round.Zero, null);
        _node.Tell(_node.ProposalOf(_block), new PeerMessage.PolkaMessage(_node.PolkaOf(_block)));
        _node.Tell(new PeerMessage.RoundMessage(new RoundCertificate([.. _node.Others.Take(2).OrderBy(key => key.Address).Select(key => _node.Sign(nil with { Round = new Round(2) }, key))])));
        Assert.Equal(new Round(2), _node.Engine.Round);
        _node.TakeOutputs();

        _node.Restart(1_000);
        Assert.Equal(new Round(2), _node.Engine.Round);
        Assert.DoesNotContain(_node.TakeOutputs(), output => output is EngineOutput.SignerRefused);
        _node.Tell(new PeerMessage.CommitMessage(_node.CertificateOf(_block)));
        Assert.Equal(Height.First, _node.Engine.State.Height);
        Assert.Equal(_node.PolkaOf(_block).Block, Assert.Single(_node.Chain.PolkasOf(Height.First)).Block); // seen before the crash
    }

    [Fact]
    public void WhoStillVotesOnTheLastHeightIsToldHowItWasDecidedOnceASecond()
    {
        _node.CatchUp(_block);
        _node.TakeOutputs();
        var late = new PeerMessage.VoteMessage(_node.Sign(new Prevote(Height.First, Round.Zero, _block.Hash, null), _node.Others[0]));
        _node.Tell(late, late, new PeerMessage.PolkaMessage(_node.PolkaOf(_block)), _node.ProposalOf(_block));
        Assert.Equal([_node.CertificateOf(_block)], Commits(_node.TakeOutputs()));
        _node.Elapse(new EngineTimer.Rebroadcast(), 2_000);
        _node.Tell(late);
        Assert.Single(Commits(_node.TakeOutputs()));
    }

    [Fact]
    public void WhoIsFurtherBehindIsToldThatThereIsMore()
    {
        _node.CatchUp(_block);
        _node.CatchUp(OneOfFour.BlockOf(_node.Engine.State, 1_900, _node.CertificateOf(_block)).Block);
        Assert.Equal(new Height(2), _node.Engine.State.Height);
        _node.TakeOutputs();
        _node.Tell(new PeerMessage.VoteMessage(_node.Sign(new Prevote(Height.First, Round.Zero, _block.Hash, null), _node.Others[0])));
        var outputs = _node.TakeOutputs();
        Assert.Empty(Commits(outputs));
        Assert.Contains(outputs, output => output is EngineOutput.Send { Message: PeerMessage.StatusMessage });
    }

    private IEnumerable<BlockHash?> Precommits() => _node.TakeOutputs().OfType<EngineOutput.Send>().Select(send => send.Message).OfType<PeerMessage.VoteMessage>()
        .Where(message => message.Vote.Validator == _node.Self).Select(message => message.Vote.Vote).OfType<Precommit>().Select(precommit => precommit.BlockHash);

    private static IEnumerable<CommitCertificate> Commits(IReadOnlyList<EngineOutput> outputs) =>
        outputs.OfType<EngineOutput.Send>().Select(send => send.Message).OfType<PeerMessage.CommitMessage>().Select(message => message.Certificate);

    private List<WalRecord> Logged()
    {
        _node.Dispose(); // a log is open once
        using var wal = new Wal(_node.Log);
        return [.. wal.Open(Height.First).Records];
    }
}
