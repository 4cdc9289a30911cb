using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// The clock of a training round. It counts blocks and their authors, so that all nodes see a window close at the same block:
/// <code>
/// window         closes, at the end of a block               then
/// Commit         blocks, authors                             Reveal
/// Reveal         blocks, authors                             Availability; void where nothing was revealed
/// Availability   blocks, authors, power (or 20 x blocks)     Seed; void where nothing is held by more than 2/3
/// Seed           blocks, authors, shares                     Release where sealed samples were drawn, else AttestCommit; void without the power,
///                                                            or without a candidate left
/// Release        blocks, authors, keys (or 20 x blocks)      AttestCommit; Seed once more where fewer than 9 of 10 keys were shown
/// AttestCommit   blocks, authors, power (or 20 x blocks)     AttestReveal
/// AttestReveal   blocks, authors, power (or 20 x blocks)     certificate or void
/// </code>
/// </summary>
/// <remarks>
/// blocks: the window's number of blocks has passed. Authors: f+1 distinct validators have authored one of them, so that at least one was honest
/// and nobody's message was kept out by all leaders. Power: validators with more than 2/3 of the total power have sent their message; the bound
/// keeps silent ones from holding the round up for ever. Shares: all that are expected have opened; or the power has, and four blocks more have
/// passed; or 20 x blocks. Silence in Reveal, Seed and Release costs money: there authors count from the second block on, and the seed's window does not close over the
/// heads of validators who are merely slow.
/// </remarks>
internal static class RoundWindows
{
    /// <summary>A window waits for the validators' messages up to this many times its number of blocks.</summary>
    public const ulong PatienceFactor = 20;

    /// <summary>Blocks more that the seed window waits for shares that are not needed, since whoever does not send one pays.</summary>
    public const ulong SeedPatience = 4;

    /// <summary>Counts the block that ends, and closes the window where it is time.</summary>
    public static void EndBlock(BlockContext context, TrainingRoundRecord round)
    {
        if (context.Height == round.WindowOpened) return; // the block in which it opened counts for nothing
        if (CountsAuthor(context, round))
        {
            round = round with { Authors = round.Authors.Add(context.Author) };
            round.Store(context.State);
        }

        var blocks = round.Windows[round.Phase];
        var passed = context.Height.Value - round.WindowOpened.Value;
        if (passed < blocks || round.Authors.Length < context.Validators.HonestCount) return;
        var hasPower = HasPower(context, round);
        var isComplete = round.Phase switch
        {
            TrainingPhase.Seed => HasShares(context, round, hasPower, passed),
            TrainingPhase.Release => SealedRounds.HasAll(context.State, round.Task),
            _ => hasPower,
        };
        if (!isComplete && passed < PatienceFactor * blocks) return;
        Close(context, round, hasPower);
    }

    private static bool HasShares(BlockContext context, TrainingRoundRecord round, bool hasPower, ulong passed) =>
        SeedPenalties.HasAll(context, round) || (hasPower && passed >= round.Windows.Seed + SeedPatience);

    // Whose silence costs something must have had the chance to speak: no message that answers the opening can be in a block that was prepared
    // before it. A validator is one author, by however many keys.
    private static bool CountsAuthor(BlockContext context, TrainingRoundRecord round)
    {
        if (round.Phase is TrainingPhase.Reveal or TrainingPhase.Seed or TrainingPhase.Release && context.Height < round.WindowOpened.Plus(2)) return false;
        var author = KeyRotations.Present(context.State, context.Author);
        return !round.Authors.Any(other => KeyRotations.Present(context.State, other) == author);
    }

    private static void Close(BlockContext context, TrainingRoundRecord round, bool hasPower)
    {
        switch (round.Phase)
        {
            case TrainingPhase.Commit:
                Enter(context, round, TrainingPhase.Reveal);
                break;
            case TrainingPhase.Reveal:
                round = Drop(context, round, CandidateStatus.Committed, CandidateStatus.Unrevealed, _ => true);
                if (round.Candidates.Any(candidate => candidate.Status == CandidateStatus.Revealed)) Enter(context, round, TrainingPhase.Availability);
                else RoundEnd.Void(context, round, RoundOutcome.NothingRevealed);
                break;
            case TrainingPhase.Availability:
                CloseAvailability(context, round);
                break;
            case TrainingPhase.Seed:
                CloseSeed(context, round, hasPower);
                break;
            case TrainingPhase.Release:
                CloseRelease(context, round);
                break;
            case TrainingPhase.AttestCommit:
                Enter(context, round, TrainingPhase.AttestReveal);
                break;
            case TrainingPhase.AttestReveal:
                RoundEnd.Decide(context, round);
                break;
            default:
                Invariant.Fail("a round in progress is in one of six phases");
                break;
        }
    }

    private static bool HasPower(BlockContext context, TrainingRoundRecord round)
    {
        ulong? power = round.Phase switch
        {
            TrainingPhase.Availability => RoundBallots.Availability.Power(context, round.Task),
            TrainingPhase.Seed => RoundBallots.Shares.Power(context, round.Task),
            TrainingPhase.AttestCommit => RoundBallots.AttestationCommits.Power(context, round.Task),
            TrainingPhase.AttestReveal => RoundBallots.AttestationReveals.Power(context, round.Task),
            _ => null, // trainers' windows wait for nobody
        };
        return power is null || context.Validators.IsQuorum(power.Value);
    }

    private static void CloseAvailability(BlockContext context, TrainingRoundRecord round)
    {
        var votes = RoundBallots.Availability.Counted(context, round.Task);
        round = Drop(context, round, CandidateStatus.Revealed, CandidateStatus.Unavailable, index => !context.Validators.IsQuorum(PowerFor(index)));
        for (var i = 0; i < round.Candidates.Length; i++)
            if (round.Candidates[i].Status == CandidateStatus.Revealed)
                round = round.WithCandidate(i, round.Candidates[i] with { Status = CandidateStatus.Available });
        if (round.Judged.Any()) EnterSeed(context, round);
        else RoundEnd.Void(context, round, RoundOutcome.NothingAvailable);

        ulong PowerFor(int index)
        {
            ulong power = 0;
            foreach (var (validator, mask) in votes)
                if ((mask >> index & 1) != 0)
                    power += context.Validators.PowerOf(validator);
            return power;
        }
    }

    private static void EnterSeed(BlockContext context, TrainingRoundRecord round)
    {
        round = round with { SeedIndex = SeedModule.NextIndex(context.State), ZThousandths = TaskPace.ZOf(round) };
        SeedPenalties.Expect(context, round);
        Enter(context, round, TrainingPhase.Seed);
    }

    // Every share on chain goes into the seed, also of whoever was jailed or removed since: else evidence that is held back would choose the seed.
    private static void CloseSeed(BlockContext context, TrainingRoundRecord round, bool hasPower)
    {
        round = SeedPenalties.Apply(context, round);
        if (!hasPower)
        {
            RoundEnd.Void(context, round, RoundOutcome.NoSeed);
            return;
        }

        if (!round.Judged.Any())
        {
            RoundEnd.Void(context, round, RoundOutcome.Unbacked);
            return;
        }

        // By what stays of a validator: whoever takes a new key while the window is open would choose its place else, knowing the other shares.
        var shares = RoundBallots.Shares.Get(context.State, round.Task);
        var counted = shares
            .OrderBy(ballot => KeyRotations.Identity(context.State, ballot.Validator))
            .Select(ballot => ballot.Content);
        var seed = TrainingSeed.Of(context.GenesisHash, round.Task, round.Number, counted);
        var next = SealedRounds.Draw(context, round.Task, round.Number, seed) ? TrainingPhase.Release : TrainingPhase.AttestCommit;
        Enter(context, round with { Seed = seed }, next);
    }

    // Who withheld its keys had seen the seed: that one judges nobody, and z allows for the choice.
    private static void CloseRelease(BlockContext context, TrainingRoundRecord round)
    {
        if (SealedRounds.Close(context, round))
        {
            Enter(context, round, TrainingPhase.AttestCommit);
            return;
        }

        RoundBallots.Shares.Delete(context.State, round.Task);
        EnterSeed(context, round with { Seed = Hash256.Zero, ColluderBits = round.ColluderBits + 1 });
    }

    // Burns the bonds of those candidates that did not come far enough. A repeated checkpoint was set aside at the reveal; its bond goes here too.
    private static TrainingRoundRecord Drop(
        BlockContext context, TrainingRoundRecord round, CandidateStatus from, CandidateStatus to, Func<int, bool> isDropped)
    {
        for (var i = 0; i < round.Candidates.Length; i++)
        {
            if (round.Candidates[i].Status == from && isDropped(i)) round = round.WithCandidate(i, round.Candidates[i] with { Status = to });
            var candidate = round.Candidates[i];
            if (candidate.Status != to || candidate.Bond.IsZero) continue;
            BondSettlement.Burn(context, round, i, to == CandidateStatus.Unrevealed ? "unrevealed" : "unavailable");
            round = round.WithCandidate(i, candidate with { Bond = Amount.Zero });
        }

        return round;
    }

    private static void Enter(BlockContext context, TrainingRoundRecord round, TrainingPhase phase)
    {
        round = round.Enter(phase, context.Height);
        round.Store(context.State);
        context.Emit(
            "training.phase",
            [
                .. RoundEvents.Of(round),
                ("phase", RoundEvents.Name(phase)),
                ("height", context.Height),
                ("candidates", round.Candidates.Count(c => c.Status is CandidateStatus.Revealed or CandidateStatus.Available)),
            ]);
    }
}
