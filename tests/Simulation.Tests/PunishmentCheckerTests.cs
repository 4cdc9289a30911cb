using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation.Tests;

/// <summary>Whoever is healthy and has evidence is held to bring it on the chain: histories in which it does not, and in which it need not.</summary>
public sealed class PunishmentCheckerTests
{
    private const int Blocks = 10;

    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(0, 4).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i])))];
    private static readonly Address Guilty = Keys[3].Address;
    private static readonly GenesisDocument Genesis = new() { ChainName = "checkers", TimeMs = 1, Validators = [.. Keys.Select(key => new GenesisValidator(key.Address, key.Address, 1))] };
    private static readonly LedgerState State = LedgerState.FromGenesis(Genesis);

    private readonly HashSet<int> _core = [0, 1];
    private readonly SimulatedNode[] _nodes = [.. Enumerable.Range(0, 4).Select(i => new SimulatedNode(i, Genesis, Keys[i], new EngineSettings { Node = Keys[i].Address }, new NodeClock(Cluster.Epoch, 0, 0)))];
    private readonly PunishmentChecker _checker;
    private TransactionRejection _standing = TransactionRejection.None;

    public PunishmentCheckerTests() => _checker = new PunishmentChecker(new HashSet<Address> { Guilty }, node => _core.Contains(node.Index), Blocks);

    /// <summary>Told as a node tells it: the state after its blocks says that the finder may report and that the fault would count.</summary>
    [Fact]
    public void EvidenceThatDoesNotGetOnTheChainIsSeen()
    {
        _checker.Output(_nodes[0], Evidence(3));
        for (var i = 0; i < Blocks; i++) _checker.Output(_nodes[0], Decision());
        Assert.Throws<SimulationFailedException>(() => _checker.Output(_nodes[0], Decision()));
    }

    [Fact]
    public void EvidenceThatCountedIsNoLongerDue()
    {
        Found(_nodes[0]);
        Decide(_nodes[0], Blocks);
        Assert.False(_checker.IsDone);
        _checker.Counted(Guilty.ToString());
        _standing = TransactionRejection.EvidenceCounted;
        Decide(_nodes[0], 1);
        Assert.True(_checker.IsDone);
        _standing = TransactionRejection.None;
        Decide(_nodes[0], 2 * Blocks);
        Assert.Equal(1, _checker.Punished);
    }

    [Fact]
    public void APunishmentOfAnHonestValidatorIsSeen() => Assert.Throws<SimulationFailedException>(() => _checker.Counted(Keys[0].Address.ToString()));

    /// <summary>It is due from the healing on, and not before.</summary>
    [Fact]
    public void WhatWasFoundBeforeTheHealingIsDueFromThenOn()
    {
        _core.Clear();
        Found(_nodes[0]);
        Decide(_nodes[0], 2 * Blocks);
        Assert.True(_checker.IsDone);
        _core.Add(0);
        IsSeenAfter(_nodes[0], Blocks);
    }

    /// <summary>Who found it first may lose the right to report: then the others who found it must.</summary>
    [Fact]
    public void EveryFinderIsHeldToIt()
    {
        Found(_nodes[0]);
        Found(_nodes[1]);
        for (var i = 0; i < Blocks; i++)
        {
            Decide(_nodes[0], 1, mayReport: false);
            Decide(_nodes[1], 1);
        }

        Decide(_nodes[0], Blocks, mayReport: false);
        IsSeenAfter(_nodes[1], 0);
    }

    /// <summary>One block after it was found its record may still be lost with the machine, and not with the process alone; two after, it is durable.</summary>
    [Theory]
    [InlineData(0, false, true)]
    [InlineData(1, true, false)]
    [InlineData(2, true, true)]
    public void WhatTheStoreKeptAcrossARestartIsDue(int decided, bool isMachine, bool isDue)
    {
        Found(_nodes[0]);
        Decide(_nodes[0], decided);
        _checker.Died(_nodes[1], isMachine: true);
        _checker.Died(_nodes[0], isMachine);
        if (isDue) IsSeenAfter(_nodes[0], Blocks - decided);
        else Decide(_nodes[0], 2 * Blocks);
    }

    [Fact]
    public void OnlyWhatComesDueAfterARestartIsTalliedAsSuch()
    {
        _core.Clear();
        Found(_nodes[0]);
        Found(_nodes[1]);
        Decide(_nodes[0], 1);
        _checker.Died(_nodes[0], isMachine: false);
        _core.UnionWith([0, 1]);
        Decide(_nodes[0], 2);
        Decide(_nodes[1], 2);
        Assert.Equal(1, _checker.DueAfterRestart);
    }

    /// <summary>Who is in jail may be set free, and what lies ahead comes near: until then it waits, and then for as long as any other.</summary>
    [Theory]
    [InlineData(TransactionRejection.AlreadyJailed)]
    [InlineData(TransactionRejection.EvidenceInvalid)]
    public void WhatWouldNotCountYetIsNotDueYet(TransactionRejection standing)
    {
        Found(_nodes[0]);
        Decide(_nodes[0], Blocks);
        _standing = standing;
        Decide(_nodes[0], 2 * Blocks);
        Assert.True(_checker.IsDone);
        _standing = TransactionRejection.None;
        IsSeenAfter(_nodes[0], Blocks);
    }

    [Fact]
    public void WhatNeverCountsAnyMoreIsForgotten()
    {
        Found(_nodes[0]);
        Decide(_nodes[0], 1);
        _standing = TransactionRejection.EvidenceExpired;
        Decide(_nodes[0], 1);
        _standing = TransactionRejection.None;
        Decide(_nodes[0], 2 * Blocks);
        Assert.True(_checker.IsDone);
    }

    /// <summary>Who fetches blocks reports nothing; but it is due as soon as it is there.</summary>
    [Fact]
    public void BlocksThatAreCaughtUpWithDoNotCount()
    {
        Found(_nodes[0]);
        Decide(_nodes[0], 2 * Blocks, isCaughtUp: true);
        Assert.False(_checker.IsDone);
        IsSeenAfter(_nodes[0], Blocks);
    }

    [Fact]
    public void WhoIsNotHealthyOrNotSoundIsHeldToNothing()
    {
        _nodes[0].IsHarmed = true;
        _checker.Output(_nodes[0], Evidence(3));
        Found(_nodes[2]);
        Decide(_nodes[0], 2 * Blocks);
        Decide(_nodes[2], 2 * Blocks);
        Assert.True(_checker.IsDone);
    }

    private void Found(SimulatedNode finder) => _checker.Found(finder, Guilty, Height.First);

    private void Decide(SimulatedNode node, int blocks, bool isCaughtUp = false, bool mayReport = true)
    {
        for (var i = 0; i < blocks; i++) _checker.Decided(node, isCaughtUp, mayReport, (_, _) => _standing);
    }

    private void IsSeenAfter(SimulatedNode node, int blocks)
    {
        Decide(node, blocks);
        Assert.Throws<SimulationFailedException>(() => Decide(node, 1));
    }

    private static EngineOutput.FoundEvidence Evidence(int validator)
    {
        return new EngineOutput.FoundEvidence(DuplicateVoteProof.Of(Sign(null), Sign(new BlockHash(Hash256.Sha256([9])))));

        SignedVote Sign(BlockHash? block)
        {
            var vote = new Prevote(Height.First, Round.Zero, block, null);
            return new SignedVote(vote, Keys[validator].Address, Keys[validator].Sign(vote.Digest(Genesis.Hash)));
        }
    }

    private static EngineOutput.Committed Decision() => new(null!, new BlockOutcome([], EventList.FromPacked([])), State, IsCaughtUp: false);
}
