using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class TermTests
{
    private readonly TrainingWorld _world = new(new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 3, TermBlocks = 3 });

    [Fact]
    public void TermsLeadInTheOrderOfCertificationUntilTheirQuotaIsGone()
    {
        Certify(1, producer: 2);
        Certify(2, producer: 0);
        var terms = TrainingQueries.Terms(_world);
        Assert.Equal([1UL, 2UL], terms.Select(t => t.Id));
        var assigned = Enumerable.Range(0, 7).Select(_ => Assign()).ToArray();
        Assert.Equal([1UL, 1UL, 1UL, 2UL, 2UL, 2UL, null], assigned.Select(a => a?.TermId));
        Assert.Equal(_world.Keys[2].Address, assigned[0]!.Holder);
        Assert.Equal(terms[0].ProofRoot, assigned[0]!.ProofRoot);
        Assert.Equal(_world.Keys[0].Address, assigned[3]!.Holder);
        Assert.Empty(TrainingQueries.Terms(_world));
    }

    [Fact]
    public void AnAbsentHoldersTermWaitsUntouched()
    {
        Certify(1, producer: 2);
        Certify(2, producer: 0);
        Assert.Equal(2UL, Assign(_world.Keys[2].Address)!.TermId);
        Assert.Equal([(1UL, 3u), (2UL, 2u)], TrainingQueries.Terms(_world).Select(t => (t.Id, t.Quota)));
        Assert.Null(Assign(_world.Keys[2].Address, _world.Keys[0].Address));
        Assert.Equal([(1UL, 3u), (2UL, 2u)], TrainingQueries.Terms(_world).Select(t => (t.Id, t.Quota)));
        Assert.Equal(1UL, Assign()!.TermId);
    }

    [Fact]
    public void AProducerHasTwoLiveTerms()
    {
        Certify(1, producer: 2);
        Certify(2, producer: 2);
        Certify(3, producer: 2);
        Assert.Equal([1UL, 2UL], TrainingQueries.Terms(_world).Select(t => t.Id));
        Assert.Single(_world.Of("training.term_withheld"));
        // No block will show its proof, so the state keeps it.
        var withheld = TrainingQueries.Outcome(_world, _world.Task, 3)!.ProofRoot;
        for (var i = 0; i < 2 * (int)SpentProofs.KeptBlocks; i++) _world.Block();
        Assert.Equal(TrainingProofFault.None, TrainingModule.ProofOf(_world, withheld)!.Check(_world.Hash, _world.Validators));
        Assert.Equal(3UL, _world.TaskRecord.CertifiedCount); // the improvement counts all the same
        Certify(4, producer: 1);
        Assert.Equal([_world.Keys[2].Address, _world.Keys[2].Address, _world.Keys[1].Address], TrainingQueries.Terms(_world).Select(t => t.Holder));
    }

    [Fact]
    public void ATermsProofOutlivesItsLastBlock()
    {
        Certify(1, producer: 2);
        var root = TrainingQueries.Terms(_world)[0].ProofRoot;
        Assign();
        Assign();
        var last = Assign();
        Assert.Equal(root, last!.ProofRoot);
        var target = _world.Height.Plus(2);
        while (_world.Height < target.Plus(SpentProofs.KeptBlocks))
        {
            Assert.Equal(root, TrainingModule.ProofOf(_world, root)!.Root);
            _world.Block();
        }

        Assert.NotNull(TrainingModule.ProofOf(_world, root));
        _world.Block();
        Assert.Null(TrainingModule.ProofOf(_world, root));
        Assert.Single(_world.Of("training.term_spent"));
    }

    // No block shows it, and with the round everything went that it could be made of again.
    [Fact]
    public void TheProofOfATermThatEndsBeforeItBeganStays()
    {
        Certify(1, producer: 2);
        Certify(2, producer: 2);
        var (begun, untouched) = (TrainingQueries.Terms(_world)[0].ProofRoot, TrainingQueries.Terms(_world)[1].ProofRoot);
        Assign();
        _world.Block([], after: context => TermsModule.End(context, _world.Keys[2].Address));
        Assert.Empty(TrainingQueries.Terms(_world));
        for (var i = 0; i < 2 * (int)SpentProofs.KeptBlocks; i++) _world.Block();
        Assert.Null(TrainingModule.ProofOf(_world, begun));
        Assert.Equal(untouched, TrainingModule.ProofOf(_world, untouched)!.Root);
    }

    [Fact]
    public void ARotationHeightTakesNoTerm()
    {
        Certify(1, producer: 2);
        _world.Block([], after: context => Assert.Throws<InvariantException>(() => TermsModule.Assign(context, new Height(8), [])));
        Assert.Equal(3u, TrainingQueries.Terms(_world)[0].Quota);
    }

    [Fact]
    public void AnUnknownRootHasNoProof() => Assert.Null(TrainingModule.ProofOf(_world, Hash256.Sha256([1])));

    private void Certify(int number, int producer) => _world.RunRound(TestCandidate.Make(_world, number, producer: producer, gain: 10));

    private TermAssignment? Assign(params Address[] absent)
    {
        TermAssignment? assigned = null;
        while (LeaderSchedule.IsRotationHeight(_world.Height.Plus(3))) _world.Block();
        _world.Block([], after: context => assigned = TermsModule.Assign(context, context.Height.Plus(2), absent));
        return assigned;
    }
}
