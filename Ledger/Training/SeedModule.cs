using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>Seed chains and the shares that are opened from them.</summary>
/// <remarks>
/// Why nobody can choose a share: a chain counts only for rounds that were opened after its registration, so whoever registers one knows no
/// share of anybody else for those rounds, and the place in the chain follows from the running number of the round.
/// </remarks>
internal static class SeedModule
{
    /// <summary>A new chain is taken when the last one has no more shares left than this.</summary>
    public const ulong SharesLeftMax = 16;

    /// <summary>How many rounds, over all tasks, have opened their seed window.</summary>
    public static ulong Counter(IStateReader state)
    {
        if (state.Get(TrainingKeys.SeedCounter) is not { } bytes) return 0;
        var reader = new ByteReader(bytes);
        var counter = reader.UInt64();
        Invariant.Check(reader.IsWhole, "the seed counter has 8 bytes");
        return counter;
    }

    /// <summary>The number of a round whose seed window opens now.</summary>
    public static ulong NextIndex(StateOverlay state)
    {
        var index = Counter(state) + 1;
        state.Set(TrainingKeys.SeedCounter, new ByteWriter().UInt64(index).ToArray());
        return index;
    }

    /// <summary>
    /// Whether a new chain is taken: there is none, or a miss has retired it, or its shares run out, or are too far from the one opened last, or it was
    /// registered with a key before this one. Not while a round is in progress that takes its share from the older of two: a third chain would push that one
    /// out.
    /// </summary>
    public static bool NeedsChain(IStateReader state, Address validator)
    {
        if (SeedChainRecord.Get(state, validator) is not { } chains) return true;
        var counter = Counter(state);
        if (chains.Newest.SharesLeft(counter) > SharesLeftMax && chains.Newest.CanOpen(counter + 1) && !IsOfAnotherKey(state, validator, chains.Newest)) return false;
        return chains.Older is not { } older || !TrainingQueries.Rounds(state).Any(round => chains.For(round.Opened) == older);
    }

    /// <summary>Where a chain of this validator may begin.</summary>
    public static SeedChainBeginning Beginning(IStateReader state, Address validator)
    {
        var (counter, retired) = (Counter(state), RetiredSeedChain.Get(state, validator));
        var oldest = counter > SeedChainBeginning.AgeMax ? counter - SeedChainBeginning.AgeMax : 0;
        return new SeedChainBeginning(Math.Max(oldest, retired?.Counter ?? 0), counter, retired?.Tip);
    }

    public static TransactionRejection Register(BlockContext context, Address sender, SeedChainRegistration message)
    {
        if (!context.Validators.Contains(sender)) return TransactionRejection.NotAValidator;
        if (ValidatorRecord.IsJailedAt(context.State, sender)) return TransactionRejection.Jailed;
        if (message.Length is < SeedChain.LengthMin or > SeedChain.LengthMax) return TransactionRejection.SeedChainLength;
        if (!NeedsChain(context.State, sender)) return TransactionRejection.SeedChainStillGood;
        var tip = Hash256.FromBytes(message.Tip.Span);
        if (!Beginning(context.State, sender).Allows(message.Base, tip)) return TransactionRejection.SeedChainOutdated;
        var fresh = RegisteredSeedChain.Fresh(tip, message.Length, message.Base, context.Height);
        new SeedChainRecord(fresh, SeedChainRecord.Get(context.State, sender)?.Newest).Store(context.State, sender);
        context.Emit(
            "training.seed_chain_registered",
            ("validator", sender),
            ("tip", tip),
            ("length", message.Length),
            ("base", message.Base));
        return TransactionRejection.None;
    }

    public static TransactionRejection Open(BlockContext context, Address sender, SeedShare message)
    {
        var rejection = ValidatorMessages.Check(context, sender, message.Task, message.TrainingRound, TrainingPhase.Seed, RoundBallots.Shares, out var round);
        if (rejection != TransactionRejection.None) return rejection;
        if (SeedChainRecord.Get(context.State, sender) is not { } chains) return TransactionRejection.NoSeedChain;
        if (chains.For(round!.Opened) is not { } chain) return TransactionRejection.SeedChainTooNew;
        if (chain.IndexFor(round.SeedIndex) is not { } index || !chain.CanOpen(round.SeedIndex)) return TransactionRejection.SeedChainSpent;
        if (!SeedPenalties.IsExpected(context.State, round.Task, sender)) return TransactionRejection.ShareNotExpected;
        var share = Hash256.FromBytes(message.Share.Span);
        if (!chain.TryOpen(index, share, out var opened)) return TransactionRejection.WrongSeedShare;
        (ReferenceEquals(chain, chains.Newest) ? chains with { Newest = opened } : chains with { Older = opened }).Store(context.State, sender);
        RoundBallots.Shares.Add(context.State, round.Task, sender, share);
        return TransactionRejection.None;
    }

    // The machine with the new key may not have the secrets of the old one; the old key registers nothing for it.
    private static bool IsOfAnotherKey(IStateReader state, Address validator, RegisteredSeedChain newest) =>
        KeyRotations.LastChange(state, validator) is { } changed && changed >= newest.Registered && KeyRotations.Present(state, validator) == validator;
}
