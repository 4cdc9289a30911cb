using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What an unopened share costs. Whoever opens last sees what its share would make of the seed and may keep it back: so a validator that was
/// there when the seed window opened and whose share is not on chain when it closes loses a part of its bond and the round's pay, and no
/// candidate that names it as its producer is judged. A new key pays for the one before it. Record, while the round lasts: from the opening of the
/// window those who are expected, from its close on those who missed, by the key that they have then; validators, count 2.
/// </summary>
/// <remarks>
/// Only absence at the opening excuses: who sees the other shares could be absent by its own choice within two blocks. A node that breaks down
/// pays once, for by the next window it is absent. Who has no chain, or no share left in it, chose nothing by that: it could not know the others'.
/// </remarks>
internal static class SeedPenalties
{
    /// <summary>Notes who is there as the window opens.</summary>
    public static void Expect(BlockContext context, TrainingRoundRecord round) => Store(context.State, round.Task,
    [
        .. context.Validators.Validators.Select(validator => validator.Address).Where(address =>
            !ValidatorRecord.IsJailedAt(context.State, address)
            && !AttendanceModule.IsAbsent(context.State, context.Validators, address)
            && SeedChainRecord.Get(context.State, address)?.For(round.Opened)?.CanOpen(round.SeedIndex) == true),
    ]);

    /// <summary>At the close: charges those who missed, and sets their candidates aside.</summary>
    public static TrainingRoundRecord Apply(BlockContext context, TrainingRoundRecord round)
    {
        var missed = Missing(context, round);
        Store(context.State, round.Task, missed);
        foreach (var validator in missed)
        {
            context.Emit("training.share_missed", [.. RoundEvents.Of(round), ("validator", validator)]);
            BondsModule.Slash(context, validator, context.Parameters.Training.UnopenedSharePercent);
        }

        foreach (var (index, candidate) in round.Judged.ToList())
        {
            if (!missed.Contains(KeyRotations.Present(context.State, candidate.Producer))) continue;
            // Its trainer may be honest, and nobody evaluates it: the bond goes back whole.
            if (!candidate.Bond.IsZero) SupplyModule.Release(context.State, candidate.Trainer, candidate.Bond);
            round = round.WithCandidate(index, candidate with { Status = CandidateStatus.Unbacked, Bond = Amount.Zero });
        }

        return round;
    }

    /// <summary>Who missed the round's seed, by present keys; nobody before its window has closed.</summary>
    public static IReadOnlySet<Address> Missed(IStateReader state, Hash256 task) =>
        TrainingRoundRecord.Get(state, task) is { Seed.IsZero: false } ? Get(state, task).Select(key => KeyRotations.Present(state, key)).ToHashSet() : [];

    public static void Delete(StateOverlay state, Hash256 task)
    {
        if (state.Get(TrainingKeys.SeedDuties(task)) is not null) state.Delete(TrainingKeys.SeedDuties(task));
    }

    // Whoever was removed or jailed since answers for that; a key that was changed meanwhile is no way out.
    private static ImmutableArray<Address> Missing(BlockContext context, TrainingRoundRecord round)
    {
        var members = ValidatorsModule.Members(context.State);
        var opened = RoundBallots.Shares.Get(context.State, round.Task).Select(ballot => ballot.Validator).ToHashSet();
        return
        [
            .. Get(context.State, round.Task)
                .Where(key => !opened.Contains(key))
                .Select(key => KeyRotations.Present(context.State, key))
                .Where(key => members.Contains(key) && !ValidatorRecord.IsJailedAt(context.State, key)),
        ];
    }

    private static ImmutableArray<Address> Get(IStateReader state, Hash256 task)
    {
        if (state.Get(TrainingKeys.SeedDuties(task)) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var validators = new Address[reader.Count16(Limits.ValidatorsMax, Address.Size)];
        for (var i = 0; i < validators.Length; i++) validators[i] = reader.Address();
        Invariant.Check(reader.IsWhole, "a record of seed duties is as it was written");
        return [.. validators];
    }

    private static void Store(StateOverlay state, Hash256 task, ImmutableArray<Address> validators)
    {
        var writer = new ByteWriter().UInt16((ushort)validators.Length);
        foreach (var validator in validators) writer.Address(validator);
        state.Set(TrainingKeys.SeedDuties(task), writer.ToArray());
    }
}
