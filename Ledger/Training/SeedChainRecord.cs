using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// A hash chain that a validator committed to. The round with seed index i takes the share of number i - base, so that everybody knows which
/// one, and rounds in which the validator stayed silent only leave a gap. Layout: tip 32 | length 4 | base 8 | registered 8 | opened index 4 |
/// opened share 32.
/// </summary>
/// <param name="Tip">Share 0.</param>
/// <param name="Length">Number of the last share.</param>
/// <param name="Base">The seed counter that its owner signed: what it was at registration, or a little before.</param>
/// <param name="Registered">The block of the registration: the chain counts for rounds that were opened after it.</param>
/// <param name="OpenedIndex">Number of the share that was opened last.</param>
/// <param name="OpenedShare">That share; the tip before any was opened.</param>
public sealed record RegisteredSeedChain(Hash256 Tip, uint Length, ulong Base, Height Registered, uint OpenedIndex, Hash256 OpenedShare)
{
    /// <summary>Shares from the one opened last to the one that is opened, at most: as many hashes a share costs whoever checks it.</summary>
    public const uint GapMax = 64;

    public static RegisteredSeedChain Fresh(Hash256 tip, uint length, ulong counter, Height height) => new(tip, length, counter, height, 0, tip);

    /// <summary>Number of the share for a round; null where the chain has none.</summary>
    public uint? IndexFor(ulong seedIndex) => seedIndex > Base && seedIndex - Base <= Length ? (uint)(seedIndex - Base) : null;

    /// <summary>Whether it has a share for that round that may be opened: who has been silent for too long registers anew.</summary>
    public bool CanOpen(ulong seedIndex) => IndexFor(seedIndex) is { } index && Gap(index) <= GapMax;

    public bool CountsFor(Height roundOpened) => roundOpened > Registered;

    public ulong SharesLeft(ulong counter) => Base + Length > counter ? Base + Length - counter : 0;

    /// <summary>
    /// Whether the share stands at this place of the chain. Rounds of two tasks may have their windows open together, so a share may also come
    /// after its successor; then it must be what the successor hashes to.
    /// </summary>
    public bool TryOpen(uint index, Hash256 share, out RegisteredSeedChain opened)
    {
        opened = this;
        if (index <= OpenedIndex) return SeedChain.Walk(OpenedShare, OpenedIndex - index) == share;
        if (SeedChain.Walk(share, index - OpenedIndex) != OpenedShare) return false;
        opened = this with { OpenedIndex = index, OpenedShare = share };
        return true;
    }

    private uint Gap(uint index) => index > OpenedIndex ? index - OpenedIndex : OpenedIndex - index;

    internal void WriteTo(ByteWriter writer) =>
        writer.Hash(Tip).UInt32(Length).UInt64(Base).Height(Registered).UInt32(OpenedIndex).Hash(OpenedShare);

    internal static RegisteredSeedChain ReadFrom(ref ByteReader reader) =>
        new(reader.Hash(), reader.UInt32(), reader.UInt64(), reader.Height(), reader.UInt32(), reader.Hash());
}

/// <summary>
/// The chains of a validator: the newest, and the one before it for rounds that were opened before the newest was registered. They are the
/// validator's, whatever its key: whoever takes a new one in the middle of a round still has its share. Layout: newest | older or nothing.
/// </summary>
public sealed record SeedChainRecord(RegisteredSeedChain Newest, RegisteredSeedChain? Older)
{
    public static SeedChainRecord? Get(IStateReader state, Address validator)
    {
        if (state.Get(Key(state, validator)) is not { Length: not RetiredSeedChain.Size } bytes) return null;
        var reader = new ByteReader(bytes);
        var newest = RegisteredSeedChain.ReadFrom(ref reader);
        var older = reader.Remaining > 0 ? RegisteredSeedChain.ReadFrom(ref reader) : null;
        Invariant.Check(reader.IsWhole, "a seed chain record is as it was written");
        return new SeedChainRecord(newest, older);
    }

    /// <summary>The newest chain that was registered before the round opened.</summary>
    public RegisteredSeedChain? For(Height roundOpened) =>
        Newest.CountsFor(roundOpened) ? Newest : Older is not null && Older.CountsFor(roundOpened) ? Older : null;

    internal void Store(StateOverlay state, Address validator)
    {
        var writer = new ByteWriter();
        Newest.WriteTo(writer);
        Older?.WriteTo(writer);
        state.Set(Key(state, validator), writer.ToArray());
    }

    /// <summary>The chains are retired: their owner has no share until it registers anew.</summary>
    internal void Retire(StateOverlay state, Address validator) =>
        state.Set(Key(state, validator), new RetiredSeedChain(SeedModule.Counter(state), Newest.Tip).Encode());

    /// <summary>Nothing is left of its chains, nor of those that were retired.</summary>
    internal static void Forget(StateOverlay state, Address validator)
    {
        if (state.Get(Key(state, validator)) is not null) state.Delete(Key(state, validator));
    }

    internal static StateKey Key(IStateReader state, Address validator) => TrainingKeys.SeedChain(KeyRotations.Identity(state, validator));
}
