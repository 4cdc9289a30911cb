using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>
/// Names who made a fork: from two commit certificates of one height and the polkas from the lower of their rounds on, more than a third of
/// the power, each with a proof of its own, and never an honest validator.
/// </summary>
/// <remarks>
/// <para>
/// Let A be decided in round a and B in round b, a not above b. In one round more than a third precommitted both. Else every honest
/// precommit for B answers a polka for B in b, with one validRound v. Where v is none or below a, whoever signed both A's certificate and
/// this polka forgot its lock: more than a third, as any two quorums have in common. Where v is a, there was a polka for B in a, and one for
/// A, since A was precommitted there: more than a third prevoted both. Where v is above a, honest prevoters saw a polka for B in v, and the
/// same is asked of that one. So the walk ends, and if it finds a polka at each step, more than a third is convicted.
/// </para>
/// <para>
/// The walk only tells what is missing. The proofs come from <see cref="FaultFinder"/> over every single vote of all that was given, so that
/// nobody is named for less than two statements of its own. As long as less than two thirds lie, the polkas of the walk were seen by honest
/// nodes and can be had from them, unless so many came after them that these do not keep them any more (ADR 074).
/// </para>
/// </remarks>
public static class ForkAnalysis
{
    /// <param name="genesis">The chain.</param>
    /// <param name="validators">The set of the height: both sides have it, as they share all that is below.</param>
    /// <param name="first">A commit certificate.</param>
    /// <param name="second">One for another block.</param>
    /// <param name="polkas">Those that nodes of both sides kept. What does not hold is left out.</param>
    public static ForkFinding Analyze(
        GenesisHash genesis, ValidatorSet validators, CommitCertificate first, CommitCertificate second, IEnumerable<PolkaCertificate> polkas)
    {
        if (!first.TryVerify(genesis, validators, out var provenFirst, out _)) return NotAFork(ForkFault.FirstCertificate);
        if (!second.TryVerify(genesis, validators, out var provenSecond, out _)) return NotAFork(ForkFault.SecondCertificate);
        if (first.Height != second.Height) return NotAFork(ForkFault.DifferentHeights);
        if (first.Block.Hash == second.Block.Hash) return NotAFork(ForkFault.SameBlock);

        // Nothing is forgotten here: whoever gives the polkas bounds them.
        var finder = new FaultFinder(first.Height, validators, int.MaxValue);
        var proofs = new SortedDictionary<Address, FaultProof>();
        Feed(first.Votes(provenFirst, validators));
        Feed(second.Votes(provenSecond, validators));
        var (held, refused) = (new List<PolkaCertificate>(), 0);
        foreach (var polka in polkas)
        {
            if (polka.Height != first.Height || polka.Verify(genesis, validators) is not { } votes)
            {
                refused++;
                continue;
            }

            Feed(votes);
            held.Add(polka);
        }

        var power = proofs.Keys.Aggregate(0UL, (sum, guilty) => sum + validators.PowerOf(guilty));
        var isEnough = validators.HasHonest(power);
        var missing = first.Round <= second.Round ? FindMissing(first, second, held) : FindMissing(second, first, held);
        Invariant.Check(isEnough || missing is not null, "where every polka of the walk is there, two quorums meet in more than a third");
        return new ForkFinding(ForkFault.None, [.. proofs.Values], power, isEnough, isEnough ? null : missing, refused);

        void Feed(IEnumerable<VerifiedVote> votes)
        {
            foreach (var vote in votes)
                if (finder.Add(vote) is { } proof)
                    proofs.Add(proof.Guilty, proof);
        }
    }

    // The walk of the remarks. Of several polkas for a block in one round any will do: each leads to an end of its own.
    private static MissingPolka? FindMissing(CommitCertificate earlier, CommitCertificate later, List<PolkaCertificate> polkas)
    {
        var lowest = earlier.Round;
        var at = later.Round;
        while (at > lowest)
        {
            if (polkas.Find(polka => polka.Round == at && polka.Block == later.Block.Hash) is not { } polka) return new MissingPolka(at, later.Block.Hash);
            if (polka.ValidRound is not { } answered || answered < lowest) return null;
            at = answered;
        }

        if (later.Round == lowest) return null;
        foreach (var block in new[] { later.Block.Hash, earlier.Block.Hash })
            if (!polkas.Exists(polka => polka.Round == lowest && polka.Block == block))
                return new MissingPolka(lowest, block);
        return null;
    }

    private static ForkFinding NotAFork(ForkFault fault) => new(fault, ImmutableArray<FaultProof>.Empty, 0, false, null, 0);
}
