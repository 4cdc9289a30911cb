using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What becomes of the bonds of candidates: back, back less the fee that pays the attesters, or burned.</summary>
internal static class BondSettlement
{
    /// <summary>
    /// A round without a certificate. From the seed on validators have evaluated: the bonds go back less the fee, which pays those who attested, or
    /// the treasury where nobody could, so that a checkpoint which nobody survives is not tried for nothing. Before it they go back whole, but for those that <see cref="Unback"/> has settled. What was burned before stays burned.
    /// </summary>
    public static void Void(BlockContext context, TrainingRoundRecord round, ImmutableArray<Validator> attesters)
    {
        foreach (var candidate in round.Candidates)
        {
            if (round.Seed.IsZero) Release(context, candidate.Trainer, candidate.Bond);
            else ReleaseLessFee(context, round, candidate, attesters);
        }
    }

    /// <summary>
    /// What is broken, stolen or claimed falsely burns, the winner's bond too; else the winner's goes back and an honest loser pays for its
    /// evaluation. Whoever reached both bounds and was merely outrun pays nothing: its work was worth what it said.
    /// </summary>
    public static void Settle(BlockContext context, TrainingRoundRecord round, TrainingStatement statement, ImmutableArray<Validator> attesters, AttesterPay pay)
    {
        var winner = statement.Winner;
        var place = 0;
        foreach (var (index, candidate) in round.Judged)
        {
            var result = statement.Candidates[place];
            var isWinner = place++ == winner;
            if (FaultOf(round, statement, result) is { } fault) Burn(context, round, index, fault);
            else if (isWinner || statement.Reaches(result)) Release(context, candidate.Trainer, candidate.Bond);
            else ReleaseLessFee(context, round, candidate, attesters, pay);
        }
    }

    /// <summary>
    /// A candidate whose producer missed the seed pays as one that falls short: with its own share in hand the producer may have seen on which samples it would
    /// have been judged. To the treasury, since the producer attests too.
    /// </summary>
    public static void Unback(BlockContext context, TrainingRoundRecord round, RoundCandidate candidate) => ReleaseLessFee(context, round, candidate, []);

    public static void Burn(BlockContext context, TrainingRoundRecord round, int index, string reason)
    {
        var candidate = round.Candidates[index];
        SupplyModule.BurnFromEscrow(context.State, candidate.Bond);
        context.Emit(
            "training.bond_burned",
            [
                .. RoundEvents.Of(round),
                ("candidate", index),
                ("trainer", candidate.Trainer),
                ("amount", candidate.Bond),
                ("reason", reason),
            ]);
    }

    // A candidate that regressed on some samples may be honest work: it cannot win, and pays the fee. A claim is held against z for a single look:
    // how many looked before, and how many might collude, makes it no truer.
    private static string? FaultOf(TrainingRoundRecord round, TrainingStatement statement, CandidateResult result) => result.Verdict switch
    {
        CandidateVerdict.Malformed => "malformed",
        CandidateVerdict.NotFinite => "not_finite",
        CandidateVerdict.Unbalanced => "unbalanced",
        CandidateVerdict.Untrainable => "untrainable",
        CandidateVerdict.Copy => "copy",
        CandidateVerdict.UndeclaredParent => "undeclared_parent",
        _ => statement.GainOf(result).IsBelowClaim(result.ClaimedGain, round.ZBaseThousandths) ? "below_claim" : null,
    };

    private static void ReleaseLessFee(BlockContext context, TrainingRoundRecord round, RoundCandidate candidate, ImmutableArray<Validator> attesters, AttesterPay? pay = null)
    {
        var fee = Amount.Min(candidate.Bond, round.Fee);
        Release(context, candidate.Trainer, candidate.Bond - fee);
        if (fee.IsZero) return;
        if (attesters.IsEmpty) SupplyModule.ReleaseToTreasury(context.State, fee);
        else
        {
            foreach (var (to, share) in AttesterShares.Divide(fee, attesters))
            {
                Release(context, to, share);
                pay?.Add(to, share);
            }
        }
    }

    private static void Release(BlockContext context, Address to, Amount amount)
    {
        if (!amount.IsZero) SupplyModule.Release(context.State, to, amount);
    }
}
