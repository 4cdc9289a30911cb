namespace NeuroChain.Gallery;

/// <summary>The attacks by name.</summary>
internal static class AllAttacks
{
    /// <summary>Sizes of the networks.</summary>
    public static IReadOnlyList<int> Networks => [4, 7];

    public static IReadOnlyList<IAttack> Of() =>
    [
        new Thief(),
        new PermutingThief(),
        new FineTuningThief(),
        new Saboteur(),
        new Dripper(),
        new Withholder(),
        new PublicMemoriser(),
        new SealedMemoriser(),
        new KeyWithholder(),
        new BeaconGrinder(),
        new LazyValidator(),
        new CoachedValidator(),
        new CopyingValidator(),
        new LyingMinority(),
        new SeedWithholder(),
        new PartialServer(),
        new Crasher(),
        new TermCensor(),
    ];

    public static IAttack? Find(string name) => Of().FirstOrDefault(attack => attack.Name == name);
}
