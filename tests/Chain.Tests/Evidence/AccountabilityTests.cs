namespace NeuroChain.Chain.Tests;

/// <summary>
/// The promise of accountability, over random executions: whoever lies and whatever the network does, no honest key is ever named; and where more
/// than a third lies and the chain forks, more than a third is named.
/// </summary>
public sealed class AccountabilityTests(ITestOutputHelper output)
{
    private const int Steps = 160;
    private const int ForksPerRun = 3;

    private static readonly int Runs = Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1" ? 5000 : 150;

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(7, 2)]
    public void UpToAThirdOfLiarsMakesNoForkAndFramesNobody(int validators, int liars)
    {
        var committee = new Committee(validators);
        var decided = 0;
        for (ulong seed = 0; seed < (ulong)Runs; seed++)
        {
            var voting = Vote(committee, liars, seed);
            Assert.True(voting.Commits().Select(commit => commit.Block).Distinct().Count() <= 1, $"seed {seed}: the model itself forks");
            decided += voting.Commits().Count > 0 ? 1 : 0;
            NamesOnlyLiars(committee, liars, voting, seed);
        }

        output.WriteLine($"{decided} of {Runs} decided");
        Assert.True(decided > Runs / 10, "enough is decided, or the run shows nothing");
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(7, 3)]
    [InlineData(7, 4)]
    public void EveryForkNamesMoreThanAThirdAndNobodyHonest(int validators, int liars)
    {
        var committee = new Committee(validators);
        var kinds = new SortedDictionary<FaultKind, int>();
        var (forks, partial) = (0, 0);
        for (ulong seed = 0; seed < (ulong)Runs; seed++)
        {
            var voting = Vote(committee, liars, seed);
            NamesOnlyLiars(committee, liars, voting, seed);
            var (commits, polkas) = (voting.Commits(), voting.Polkas());
            var pairs = commits.SelectMany(_ => commits, (a, b) => (A: a, B: b)).Where(pair => pair.A.Block != pair.B.Block).ToList();
            var stream = new SeededStream(seed);
            for (var i = 0; i < Math.Min(ForksPerRun, pairs.Count); i++)
            {
                var (a, b) = pairs[(int)stream.NextBelow((ulong)pairs.Count)];
                forks++;
                var whole = ForkAnalysis.Analyze(Committee.Genesis, committee.Set, a, b, polkas);
                Assert.True(whole.IsEnough, $"seed {seed}: {whole.GuiltyPower} of {committee.Set.TotalPower}, {whole.Missing}");
                foreach (var proof in whole.Proofs) kinds[proof.Kind] = kinds.GetValueOrDefault(proof.Kind) + 1;
                var some = ForkAnalysis.Analyze(Committee.Genesis, committee.Set, a, b, polkas.Where(_ => stream.NextChance(1, 2)).ToList());
                Assert.True(some.IsEnough || some.Missing is not null, $"seed {seed}");
                partial += some.IsEnough ? 0 : 1;
                foreach (var finding in new[] { whole, some })
                    Assert.All(finding.Proofs, proof => IsALiar(committee, liars, proof, seed));
            }
        }

        output.WriteLine($"{forks} forks, {partial} of them not proven with half of the polkas, {string.Join(", ", kinds.Select(pair => $"{pair.Value} of {pair.Key.Name()}"))}");
        Assert.True(forks > Runs / 4, "enough forks, or the run shows nothing");
        Assert.Equal([FaultKind.DuplicateVote, FaultKind.Amnesia], kinds.Keys);
        Assert.True(partial > 0);
    }

    private static RandomVoting Vote(Committee committee, int liars, ulong seed)
    {
        var voting = new RandomVoting(committee, liars, new SeededStream(seed));
        voting.Run(Steps * committee.Keys.Length / 4);
        return voting;
    }

    // In two orders of arrival, which convict the same.
    private static void NamesOnlyLiars(Committee committee, int liars, RandomVoting voting, ulong seed)
    {
        var votes = voting.Votes.Select(Committee.Verified).ToList();
        var stream = new SeededStream(seed);
        var shuffled = votes.Select(vote => (Vote: vote, Place: stream.NextUInt64())).OrderBy(pair => pair.Place).Select(pair => pair.Vote).ToList();
        Assert.Equal(Guilty(votes), Guilty(shuffled));

        Address[] Guilty(List<VerifiedVote> arrived)
        {
            var finder = new FaultFinder(Committee.Here, committee.Set);
            var proofs = arrived.Select(finder.Add).OfType<FaultProof>().ToList();
            Assert.All(proofs, proof => IsALiar(committee, liars, proof, seed));
            return [.. proofs.Select(proof => proof.Guilty).Order()];
        }
    }

    private static void IsALiar(Committee committee, int liars, FaultProof proof, ulong seed)
    {
        Assert.True(committee.Set.TryIndexOf(proof.Guilty, out var index) && index < liars, $"seed {seed}: {proof.Kind.Name()} of an honest validator");
        Assert.Equal(EvidenceFault.None, proof.Check(Committee.Genesis));
    }
}
