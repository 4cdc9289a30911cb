using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What an unopened share costs. Whoever opens last sees what its share would make of the seed and may keep it back: so who is to open is written
/// down when the seed window opens, nobody else may, and whoever of them has no share on chain when it closes loses a part of its bond, its seed chain and
/// the round's pay, and no candidate that names it as its producer is judged: those pay as if they had fallen short. A new key pays for the one before it. Record, while the round
/// lasts: from the opening of the window those who are expected, from its close on those who missed, by the key that they have then;
/// validators, count 2.
/// </summary>
/// <remarks>
/// Who is not expected has nothing to choose: absence before the window excuses, and takes the share out whatever the others show; absence within it
/// excuses nobody. A miss retires the chain: its owner is neither expected nor may open until it has registered another, which counts for rounds
/// that open later. So a node that breaks down, or has lost its secrets, pays once for all rounds until then.
/// </remarks>
internal static class SeedPenalties
{
    /// <summary>
    /// Notes who is to open as the window opens: who has a share, and votes with that key at this height and at the two in which the share can come at the
    /// earliest. A key that is replaced before them could not send it.
    /// </summary>
    public static void Expect(BlockContext context, TrainingRoundRecord round)
    {
        var (next, then) = (ValidatorsModule.SetOf(context.State, context.Height.Next()), ValidatorsModule.Members(context.State));
        Store(context.State, round.Task,
        [
            .. context.Validators.Validators.Select(validator => validator.Address).Where(address =>
                next.Contains(address)
                && then.Contains(address)
                && !ValidatorRecord.IsJailedAt(context.State, address)
                && !AttendanceModule.IsAbsent(context.State, context.Validators, address)
                && SeedChainRecord.Get(context.State, address)?.For(round.Opened)?.CanOpen(round.SeedIndex) == true),
        ]);
    }

    /// <summary>Whether the round waits for the share of this validator, by whichever of its keys.</summary>
    public static bool IsExpected(IStateReader state, Hash256 task, Address validator)
    {
        var expected = Get(state, task);
        if (expected.Contains(validator)) return true;
        return KeyRotations.LastChange(state, validator) is not null && expected.Any(key => KeyRotations.IsSame(state, key, validator));
    }

    /// <summary>Whether nobody is left whose share could still come.</summary>
    public static bool HasAll(BlockContext context, TrainingRoundRecord round) => Missing(context, round).IsEmpty;

    /// <summary>At the close: charges those who missed and retires their chains, and sets their candidates aside.</summary>
    public static TrainingRoundRecord Apply(BlockContext context, TrainingRoundRecord round)
    {
        var missed = Missing(context, round);
        Store(context.State, round.Task, missed);
        foreach (var validator in missed)
        {
            context.Emit("training.share_missed", [.. RoundEvents.Of(round), ("validator", validator)]);
            if (SeedChainRecord.Get(context.State, validator) is not { } chains || chains.For(round.Opened) is null) continue; // a round before this one had its chain and the charge
            chains.Retire(context.State, validator);
            BondsModule.Slash(context, validator, context.Parameters.Training.UnopenedSharePercent);
        }

        foreach (var (index, candidate) in round.Judged.ToList())
        {
            if (!missed.Contains(KeyRotations.Present(context.State, candidate.Producer))) continue;
            BondSettlement.Unback(context, round, candidate);
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
        var opened = RoundBallots.Shares.Get(context.State, round.Task).Select(ballot => KeyRotations.Identity(context.State, ballot.Validator)).ToHashSet();
        return
        [
            .. Get(context.State, round.Task)
                .Where(key => !opened.Contains(KeyRotations.Identity(context.State, key)))
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
