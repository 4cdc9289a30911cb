using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// The sealed part of a training round: which sets it draws from is written down when it opens, what it draws follows from its seed, and between seed and
/// attestations custodians show the keys.
/// <code>
/// opening              sets that are active, as many samples as the parameters say
/// close of Seed        the draw; Release where something was drawn, else AttestCommit
/// Release              each custodian of a drawn set shows its shares, held against its root on chain
/// close of Release     of each set with shares of k custodians the keys, for good
///   9 of 10 keys there   AttestCommit: what is missing, the generator gives
///   fewer                the sealed part is void: Seed once more, and the generator gives all
/// </code>
/// </summary>
/// <remarks>
/// Whoever shows nothing has seen the seed. So one set that fails ends, and costs those of its custodians their bond who showed nothing, whether the round's
/// sealed part stands or not; and where it falls, the seed that it was seen with judges nobody: a second one does, and z allows for one choice more.
/// </remarks>
internal static class SealedRounds
{
    /// <summary>At the opening of a round.</summary>
    public static void Open(BlockContext context, TaskRecord task, uint samples)
    {
        var parameters = context.Parameters.HoldOuts;
        var wanted = Math.Min(parameters.SealedSamples, samples);
        var parts = SealedSets.Live(context.State, task.Id)
            .Where(set => set.Status == SealedSetStatus.Active)
            .Select(set => new SealedPart(set.Number, [], false))
            .ToImmutableArray();
        if (wanted == 0 || parts.IsEmpty) return;
        new SealedRoundRecord(task.Id, false, wanted, parameters.SupplierMaxOf(samples), parts).Store(context.State);
    }

    /// <summary>At the close of the seed's window: draws, and says whether there are keys to wait for.</summary>
    public static bool Draw(BlockContext context, Hash256 task, ulong trainingRound, Hash256 seed)
    {
        var state = context.State;
        if (SealedRoundRecord.Get(state, task) is not { IsVoided: false } round) return false;
        var sets = round.Parts.Select(part => SealedSetRecord.Get(state, task, part.Set)!).ToList();
        var drawable = sets.Select(set => new DrawableSet(KeyRotations.Identity(state, set.Supplier), set.Terms.Classes, UsedSamples.Get(state, set))).ToList();
        var drawn = SealedDraw.Draw(seed, drawable, (int)round.Wanted, (int)round.SupplierMax);
        var parts = round.Parts.Select((part, i) => part with { Drawn = [.. drawn.Where(one => one.Set == i).Select(one => one.Sample)] }).ToImmutableArray();
        (round with { Parts = parts }).Store(state);
        foreach (var part in parts.Where(part => !part.Drawn.IsEmpty))
            context.Emit("hold_outs.drawn", ("task", task), ("training_round", trainingRound), ("set", part.Set), ("samples", (ulong)part.Drawn.Length));
        return drawn.Length > 0;
    }

    public static TransactionRejection Show(BlockContext context, Address sender, SealedKeyRelease message)
    {
        var (state, id) = (context.State, Hash256.FromBytes(message.Task.Span));
        if (TaskRecord.Get(state, id) is not { } task) return TransactionRejection.HoldOutUnknownTask;
        if (message.TrainingRound != task.NextRound) return TransactionRejection.TrainingWrongRound;
        if (TrainingRoundRecord.Get(state, id) is not { Phase: TrainingPhase.Release }) return TransactionRejection.KeysNotAsked;
        var part = SealedRoundRecord.Get(state, id)!.Parts.FirstOrDefault(part => part.Set == message.Set);
        if (part is null || part.Drawn.IsEmpty) return TransactionRejection.KeysNotAsked;
        var set = SealedSetRecord.Get(state, id, part.Set)!;
        if (set.CustodianOf(state, sender) is not { } number) return TransactionRejection.NotOfThisSet;
        if (ShownShares.Get(state, id, set.Number).Any(shown => shown.Custodian == number)) return TransactionRejection.KeysShownAlready;
        var release = new SealedRelease(HashesOf(message.Shares.Span), HashesOf(message.Beside.Span));
        if (!release.IsOf(set.Terms.Custodians[number - 1].ShareRoot, set.Terms.Samples, part.Drawn)) return TransactionRejection.KeysWrong;
        ShownShares.Add(state, id, set.Number, number, [.. release.Shares]);
        context.Emit("hold_outs.released", [.. HoldOutEvents.Of(set), ("training_round", task.NextRound), ("custodian", sender)]);
        return TransactionRejection.None;
    }

    /// <summary>Whether every drawn set has the shares that it takes.</summary>
    public static bool HasAll(IStateReader state, Hash256 task) => SealedRoundRecord.Get(state, task)!.Parts.All(part =>
        part.Drawn.IsEmpty || ShownShares.Get(state, task, part.Set).Length >= SealedSetRecord.Get(state, task, part.Set)!.Terms.Threshold);

    /// <summary>At the close of the window for keys: opens what can be opened, ends the sets that failed. False where the sealed part is void.</summary>
    public static bool Close(BlockContext context, TrainingRoundRecord training)
    {
        var (state, task) = (context.State, training.Task);
        var round = SealedRoundRecord.Get(state, task)!;
        var parts = round.Parts.Select(part => part.Drawn.IsEmpty ? part : Open(context, training, part)).ToImmutableArray();
        var open = parts.Where(part => part.IsOpen).Sum(part => part.Drawn.Length);
        var stands = 10 * open >= 9 * round.Drawn;
        (round with { Parts = parts, IsVoided = !stands }).Store(state);
        if (!stands)
            context.Emit("hold_outs.voided", [.. RoundEvents.Of(training), ("drawn", (ulong)round.Drawn), ("opened", (ulong)open)]);
        return stands;
    }

    /// <summary>At the end of a round: its records go, and sets of which nothing is left to draw.</summary>
    public static void Delete(BlockContext context, Hash256 task)
    {
        if (SealedRoundRecord.Get(context.State, task) is not { } round) return;
        foreach (var part in round.Parts)
        {
            ShownShares.Delete(context.State, task, part.Set);
            var set = SealedSetRecord.Get(context.State, task, part.Set)!;
            if (set.IsLive && Array.TrueForAll(UsedSamples.Get(context.State, set), used => used)) SealedSetEnding.End(context, set, "exhausted", new HashSet<int>());
        }

        context.State.Delete(HoldOutKeys.Round(task));
    }

    private static SealedPart Open(BlockContext context, TrainingRoundRecord training, SealedPart part)
    {
        var (state, task) = (context.State, training.Task);
        var set = SealedSetRecord.Get(state, task, part.Set)!;
        var shown = ShownShares.Get(state, task, part.Set);
        if (shown.Length < set.Terms.Threshold)
        {
            var silent = Enumerable.Range(1, set.Terms.Custodians.Length).Where(number => shown.All(one => one.Custodian != number)).ToHashSet();
            SealedSetEnding.End(context, set, "keys_withheld", silent);
            return part;
        }

        var counted = shown.Take(set.Terms.Threshold).ToList();
        var weights = SecretSharing.Weights([.. counted.Select(one => one.Custodian)]);
        var keys = part.Drawn.Select((sample, i) => new ReleasedKey(sample, SecretSharing.Combine(weights, [.. counted.Select(one => one.Shares[i])]))).ToList();
        ReleasedKeys.Store(state, set, training.Number, keys);
        UsedSamples.Add(state, set, part.Drawn);
        context.Emit("hold_outs.graduated", [.. HoldOutEvents.Of(set), ("training_round", training.Number), ("samples", (ulong)keys.Count)]);
        return part with { IsOpen = true };
    }

    private static Hash256[] HashesOf(ReadOnlySpan<byte> bytes)
    {
        var hashes = new Hash256[bytes.Length / Hash256.Size];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = Hash256.FromBytes(bytes.Slice(i * Hash256.Size, Hash256.Size));
        return hashes;
    }
}
