using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Where the records of training stand: one byte per kind. What belongs to a round in progress goes when the round ends.</summary>
internal static class TrainingKeys
{
    // for good
    public static readonly StateKey TaskList = StateKey.Of(StateModule.Training, 0);
    public static readonly StateKey SeedCounter = StateKey.Of(StateModule.Training, 1);
    public static readonly StateKey TermQueue = StateKey.Of(StateModule.Training, 2);
    public static readonly StateKey SpentProofs = StateKey.Of(StateModule.Training, 3);

    // of a round in progress
    public const byte AvailabilityKind = 32;
    public const byte SharesKind = 33;
    public const byte AttestationCommitsKind = 34;
    public const byte AttestationRevealsKind = 35;

    public static StateKey Task(Hash256 task) => StateKey.Of(StateModule.Training, 8, task);

    public static StateKey SeedChain(Address validator) => StateKey.Of(StateModule.Training, 9, validator);

    public static StateKey Model(BlobHash model) => StateKey.Of(StateModule.Training, 10, model.Value);

    public static StateKey Owner(BlobHash model) => StateKey.Of(StateModule.Training, 14, model.Value);

    public static StateKey RecentModels(Hash256 task) => StateKey.Of(StateModule.Training, 19, task);

    public static StateKey Proof(Hash256 root) => StateKey.Of(StateModule.Training, 11, root);

    public static StateKey Certificate(Hash256 task, ulong trainingRound) => OfRound(12, task, trainingRound);

    public static StateKey Outcome(Hash256 task, ulong trainingRound) => OfRound(13, task, trainingRound);

    public static StateKey Round(Hash256 task) => StateKey.Of(StateModule.Training, 30, task);

    public static StateKey Reveal(Hash256 task, int candidate) =>
        StateKey.Of(StateModule.Training, 31, new ByteWriter().Hash(task).Byte((byte)candidate).ToArray());

    public static StateKey Ballots(byte kind, Hash256 task) => StateKey.Of(StateModule.Training, kind, task);

    public static StateKey Statement(Hash256 digest) => StateKey.Of(StateModule.Training, 36, digest);

    private static StateKey OfRound(byte kind, Hash256 task, ulong trainingRound) =>
        StateKey.Of(StateModule.Training, kind, new ByteWriter().Hash(task).UInt64(trainingRound).ToArray());
}
