using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

public sealed class AllowedPeersTests
{
    private static readonly PrivateKey New = LedgerFixture.Key(500);
    private static readonly Address NewNode = LedgerFixture.Key(600).Address;
    private static readonly Address Observer = LedgerFixture.Key(601).Address;
    private static readonly Address Stranger = LedgerFixture.Key(602).Address;

    private readonly LedgerFixture _chain = new(LedgerFixture.Fast, validators: 5);
    private readonly Clock _time = new();
    private readonly LogLines _log = new();
    private readonly HashSet<Address> _links = [];

    public AllowedPeersTests() => _links.Add(Nodes[0]);

    private static GovernanceAction Admission => new() { AdmitValidator = new AdmitValidator { Address = LedgerFixture.Bytes(New.Address), Node = LedgerFixture.Bytes(NewNode), Power = 1 } };

    private Address[] Nodes => [.. _chain.Genesis.Validators.Select(validator => validator.Node)];

    private (Address Validator, Address Node) Leaver => (_chain.ValidatorKeys[1].Address, _chain.Genesis.Validators.Single(validator => validator.Address == _chain.ValidatorKeys[1].Address).Node);

    private GovernanceAction Removal => new() { RemoveValidator = new RemoveValidator { Address = LedgerFixture.Bytes(Leaver.Validator) } };

    /// <summary>One is admitted, and another removed in the very next block: the list is made anew while the one who goes still votes at the height after.</summary>
    [Fact]
    public void WhoIsRemovedRightAfterAnAdmissionIsAllowedAsLongAsItVotes()
    {
        _chain.Know(New);
        var allowed = Allowed([]);
        _chain.Accept(Admission);
        _chain.Accept(Removal);
        _chain.Step();
        Commit(allowed);
        Assert.True(_chain.Members.Contains(New.Address) && _chain.Members.Contains(Leaver.Validator), "one came and nobody went yet");
        AssertIs([.. Nodes, NewNode, Observer], allowed.Current);
        _chain.Step();
        Commit(allowed);
        Assert.False(_chain.Members.Contains(Leaver.Validator));
        for (var last = false; !last; Commit(allowed))
        {
            AssertWhoVotesIsAllowed(allowed);
            last = !_chain.State.Next.NextValidators!.Contains(Leaver.Validator);
            Assert.Contains(Leaver.Node, allowed.Current);
            _chain.Step();
        }

        AssertIs([.. Nodes.Except([Leaver.Node]), NewNode, Observer], allowed.Current);
    }

    /// <summary>One is removed, and a node begins before its last vote.</summary>
    [Fact]
    public void WhoIsRemovedIsAllowedByWhoStartsBeforeItsLastVote()
    {
        _chain.Accept(Removal);
        while (_chain.Members.Contains(Leaver.Validator)) _chain.Step();
        Assert.True(_chain.State.Next.Validators.Contains(Leaver.Validator));
        var allowed = Allowed([]);
        AssertIs([.. Nodes, Observer], allowed.Current);
        _chain.Step();
        Assert.True(Commit(allowed));
        AssertIs([.. Nodes.Except([Leaver.Node]), Observer], allowed.Current);
        AssertIs(Nodes.Except([Leaver.Node]), AllowedPeers.NodesOf(_chain.State));
    }

    [Fact]
    public void TheJailedAndWhoChangesItsKeyAreAllowedAsLongAsTheyVote()
    {
        var allowed = Allowed([]);
        _chain.Step(_chain.Report(_chain.ValidatorKeys[0], _chain.DoubleVote(_chain.ValidatorKeys[1], 1)), _chain.Rotate(_chain.ValidatorKeys[2], New));
        Assert.False(_chain.Members.Contains(Leaver.Validator));
        Commit(allowed);
        AssertIs([.. Nodes, Observer], allowed.Current);
        _chain.Step();
        Commit(allowed);
        AssertIs([.. Nodes.Except([Leaver.Node]), Observer], allowed.Current);
    }

    [Fact]
    public void NamedPeersAreAllowedUntilANewBlockWasDecidedHere()
    {
        var allowed = Allowed([Stranger, Observer, Nodes[0]]);
        AssertIs([.. Nodes, Observer, Stranger], allowed.Current);
        Assert.True(_log.Has($"{Stranger} is in peers, and at height 0 neither"));
        _chain.Step();
        _time.Now = At(_chain.State.Time.Plus(3_600_000));
        Assert.False(Commit(allowed)); // of an hour ago
        _time.Now = At(_chain.State.Time) - TimeSpan.FromHours(1);
        Assert.False(Commit(allowed)); // a clock that is as wrong tells nothing
        _time.Now = At(_chain.State.Time.Plus(2_000));
        Assert.False(Commit(allowed, isCatchingUp: true));
        Assert.Contains(Stranger, allowed.Current);
        Assert.False(_log.Has("cut off"));

        Assert.True(Commit(allowed));
        AssertIs([.. Nodes, Observer], allowed.Current);
        Assert.True(_log.Has($"{Stranger} is in peers, but neither a validator's node nor in observers: it is cut off"));
        _time.Now = At(_chain.State.Time.Plus(3_600_000));
        Assert.False(Commit(allowed, isCatchingUp: true)); // for good
    }

    /// <summary>The peers that are named may be all that this node has: who else there is, it can hear of them alone.</summary>
    [Fact]
    public void NamedPeersAreKeptUntilThereIsALinkToOneThatVotes()
    {
        _links.Clear();
        _links.UnionWith([Stranger, Observer]); // whom the operator names either way
        var allowed = Allowed([Stranger, NewNode], own: Nodes[0]);
        _time.Now = At(_chain.State.Time.Plus(2_000));
        _links.Add(Nodes[0]);
        for (var i = 0; i < 3; i++)
        {
            _chain.Step();
            Assert.False(Commit(allowed));
        }

        AssertIs([.. Nodes, Observer, Stranger, NewNode], allowed.Current);
        Assert.False(_log.Has("cut off"));
        _links.Add(Nodes[1]);
        Assert.True(Commit(allowed));
        AssertIs([.. Nodes, Observer], allowed.Current);
        _links.Clear();
        Assert.False(Commit(allowed)); // who is cut off does not come back
    }

    /// <summary>
    /// With a clock that stands where an old state does, the first block of an hour ago is a new one. The peer by which the node follows the chain voted
    /// then, and is voted out further on.
    /// </summary>
    [Fact]
    public void WithAClockAsOldAsTheStateTheLastLinkIsKept()
    {
        _links.Clear();
        _links.Add(Leaver.Node);
        var allowed = Allowed([Leaver.Node, Stranger]);
        _time.Now = At(_chain.State.Time.Plus(2_000));
        _chain.Step();
        Commit(allowed);
        Assert.DoesNotContain(Stranger, allowed.Current);
        _chain.Accept(Removal);
        for (var i = 0; i < 5; i++)
        {
            _chain.Step();
            Commit(allowed);
        }

        Assert.DoesNotContain(Leaver.Node, AllowedPeers.NodesOf(_chain.State));
        Assert.Contains(Leaver.Node, allowed.Current);
        _links.Add(Nodes.First(node => node != Leaver.Node));
        Commit(allowed);
        AssertIs([.. Nodes.Except([Leaver.Node]), Observer], allowed.Current);
    }

    [Fact]
    public void APeerWhoseValidatorIsRemovedIsCutOffAndNamed()
    {
        var allowed = Allowed([Leaver.Node, Nodes.First(node => node != Leaver.Node)]);
        _time.Now = At(_chain.State.Time);
        _chain.Step();
        Commit(allowed);
        _chain.Accept(Removal);
        while (_chain.State.Next.Validators.Contains(Leaver.Validator))
        {
            Assert.False(_log.Has("cut off"));
            Assert.Contains(Leaver.Node, allowed.Current);
            _chain.Step();
            Commit(allowed);
        }

        Assert.DoesNotContain(Leaver.Node, allowed.Current);
        Assert.True(_log.Has($"{Leaver.Node} is in peers, but"));
        Assert.False(_log.Has("and at height"));
    }

    /// <summary>As all may share one list.</summary>
    [Fact]
    public void TheNodeItselfIsNoPeerOfItsOwn()
    {
        var allowed = Allowed([Stranger], own: Stranger);
        Assert.DoesNotContain(Stranger, allowed.Current);
        Assert.False(_log.Has("in peers"));
    }

    private AllowedPeers Allowed(Address[] peers, Address own = default) => new(
        _chain.State, new NodeOptions { Peers = [.. peers.Select(peer => $"{peer}@127.0.0.1:26656")], Observers = [Observer] }, own, _links.Contains, _time, _log);

    private bool Commit(AllowedPeers allowed, bool isCatchingUp = false) => allowed.Committed(_chain.LastBlock.Block.Header, _chain.State, isCatchingUp);

    private void AssertWhoVotesIsAllowed(AllowedPeers allowed) =>
        Assert.All(_chain.State.Next.Validators.Validators, validator => Assert.Contains(ValidatorRecord.Get(_chain.State, validator.Address)!.Node, allowed.Current));

    private static void AssertIs(IEnumerable<Address> expected, IEnumerable<Address> allowed) => Assert.Equal(expected.Order(), allowed.Order());

    private static DateTimeOffset At(Timestamp time) => DateTimeOffset.FromUnixTimeMilliseconds((long)time.Milliseconds);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
