using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// How a re-check ends. Its window closes at the end of a block: its number of blocks has passed and f+1 distinct validators have authored one of them, and either
/// all attesters, and validators with more than two thirds of the power, have answered, or 20 x blocks have passed. It closes too when the task's next round is
/// decided, which waits for none of this. What more than two thirds of the total power found alike is so: it convicts whose private losses it names wrong, and
/// whoever found something else. Attesters who did not answer then have no pay of the task's next certificate.
/// </summary>
/// <remarks>
/// Two who compute cannot differ, so a conviction is equality as that by a certificate is, and counts with it: the first time costs the round's pay and a part of
/// the bond, the second one jail. Silence costs something: authors count from the second block on. Record of those who did not answer: validators, count 2.
/// </remarks>
internal static class RecheckEnd
{
    public static void EndBlock(BlockContext context, RecheckRecord recheck)
    {
        if (context.Height < recheck.Opened.Plus(2)) return; // no message that answers can be in a block that was prepared before
        var author = KeyRotations.Present(context.State, context.Author);
        if (!recheck.Authors.Any(other => KeyRotations.Present(context.State, other) == author))
        {
            recheck = recheck with { Authors = recheck.Authors.Add(context.Author) };
            recheck.Store(context.State);
        }

        var passed = context.Height.Value - recheck.Opened.Value;
        if (passed < recheck.Blocks || recheck.Authors.Length < context.Validators.HonestCount) return;
        if (passed < RoundWindows.PatienceFactor * recheck.Blocks && !HasAll(context, recheck)) return;
        Close(context, recheck);
    }

    /// <summary>The task's next round is decided: what has not come yet comes too late.</summary>
    public static void CloseOpen(BlockContext context, Hash256 task)
    {
        if (RecheckRecord.Get(context.State, task) is { } recheck) Close(context, recheck);
    }

    /// <summary>Attesters who left the last re-check unanswered, by present keys; forgotten with the next certificate.</summary>
    public static IReadOnlySet<Address> Missed(IStateReader state, Hash256 task)
    {
        if (state.Get(TrainingKeys.RecheckMissed(task)) is not { } bytes) return new HashSet<Address>();
        var reader = new ByteReader(bytes);
        var validators = new Address[reader.Count16(Limits.ValidatorsMax, Address.Size)];
        for (var i = 0; i < validators.Length; i++) validators[i] = reader.Address();
        Invariant.Check(reader.IsWhole, "a record of missed re-checks is as it was written");
        return validators.Select(validator => KeyRotations.Present(state, validator)).ToHashSet();
    }

    public static void Forget(StateOverlay state, Hash256 task)
    {
        if (state.Get(TrainingKeys.RecheckMissed(task)) is not null) state.Delete(TrainingKeys.RecheckMissed(task));
    }

    private static bool HasAll(BlockContext context, RecheckRecord recheck) =>
        Silent(context, recheck).IsEmpty && context.Validators.IsQuorum(RoundBallots.Rechecks.Power(context, recheck.Task));

    private static void Close(BlockContext context, RecheckRecord recheck)
    {
        var agreed = Agreed(context, recheck.Task);
        var silent = agreed is null ? [] : Silent(context, recheck);
        context.Emit(
            "training.rechecked",
            [
                .. EventOf(recheck),
                ("height", context.Height),
                ("validators", (ulong)RoundBallots.Rechecks.Counted(context, recheck.Task).Length),
                ("agreed", agreed is null ? "no" : "yes"),
                ("silent", (ulong)silent.Length),
            ]);
        if (agreed is { } wrong) Convict(context, recheck, wrong);
        if (!silent.IsEmpty) StoreMissed(context.State, recheck.Task, silent);
        RoundBallots.Rechecks.Delete(context.State, recheck.Task);
        context.State.Delete(TrainingKeys.Recheck(recheck.Task));
    }

    private static uint? Agreed(BlockContext context, Hash256 task)
    {
        var found = RoundBallots.Rechecks.Counted(context, task);
        foreach (var (_, (mask, _)) in found)
        {
            ulong power = 0;
            foreach (var other in found)
                if (other.Content.Mask == mask)
                    power += context.Validators.PowerOf(other.Validator);
            if (context.Validators.IsQuorum(power)) return mask;
        }

        return null;
    }

    // Who lied about its own losses and then found nothing wrong with them has one fault, that of the losses.
    private static void Convict(BlockContext context, RecheckRecord recheck, uint wrong)
    {
        var convicted = new HashSet<Address>();
        for (var i = 0; i < recheck.Targets.Length; i++)
        {
            if ((wrong >> i & 1) == 0) continue;
            var (key, committed, paid) = recheck.AttesterOf(recheck.Targets[i]);
            if (!convicted.Add(KeyRotations.Identity(context.State, key))) continue;
            Convictions.Convict(
                context, key, committed, paid, (validator, again) => context.Emit("training.false_private_losses", [.. EventOf(recheck), ("validator", validator), ("again", again)]));
        }

        foreach (var (key, (mask, height)) in RoundBallots.Rechecks.Get(context.State, recheck.Task))
        {
            if (mask == wrong || !convicted.Add(KeyRotations.Identity(context.State, key))) continue;
            var paid = recheck.Attesters.Where(attester => KeyRotations.IsSame(context.State, attester.Key, key)).Select(attester => attester.Paid).FirstOrDefault();
            Convictions.Convict(
                context, key, height, paid, (validator, again) => context.Emit("training.false_recheck", [.. EventOf(recheck), ("validator", validator), ("again", again)]));
        }
    }

    private static ImmutableArray<Address> Silent(BlockContext context, RecheckRecord recheck)
    {
        var answered = RoundBallots.Rechecks.Get(context.State, recheck.Task).Select(ballot => KeyRotations.Identity(context.State, ballot.Validator)).ToHashSet();
        return
        [
            .. recheck.Attesters
                .Where(attester => !answered.Contains(KeyRotations.Identity(context.State, attester.Key)))
                .Select(attester => KeyRotations.Present(context.State, attester.Key))
                .Where(key => !ValidatorRecord.IsJailedAt(context.State, key) && KeyRotations.MemberOf(context.State, context.Validators, key) is not null),
        ];
    }

    private static (string Key, EventValue Value)[] EventOf(RecheckRecord recheck) => [("task", recheck.Task), ("training_round", recheck.Number)];

    private static void StoreMissed(StateOverlay state, Hash256 task, ImmutableArray<Address> validators)
    {
        var writer = new ByteWriter().UInt16((ushort)validators.Length);
        foreach (var validator in validators) writer.Address(validator);
        state.Set(TrainingKeys.RecheckMissed(task), writer.ToArray());
    }
}
