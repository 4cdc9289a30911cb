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

    // of a re-check in progress, and of the last one
    public const byte RechecksKind = 51;

    public static StateKey Task(Hash256 task) => StateKey.Of(StateModule.Training, 8, task);

    public static StateKey Definition(Hash256 task) => StateKey.Of(StateModule.Training, 16, task);

    public static StateKey SeedChain(Address validator) => StateKey.Of(StateModule.Training, 9, validator);

    public static StateKey Model(BlobHash model) => StateKey.Of(StateModule.Training, 10, model.Value);

    public static StateKey Owner(Hash256 task, BlobHash model) =>
        StateKey.Of(StateModule.Training, 14, new ByteWriter().Hash(task).Hash(model.Value).ToArray());

    public static StateKey FalseAttestation(Address validator) => StateKey.Of(StateModule.Training, 15, validator);

    public static StateKey RecentModels(Hash256 task) => StateKey.Of(StateModule.Training, 19, task);

    public static StateKey Proof(Hash256 root) => StateKey.Of(StateModule.Training, 11, root);

    public static StateKey Certificate(Hash256 task, ulong trainingRound) => OfRound(12, task, trainingRound);

    public static StateKey Outcome(Hash256 task, ulong trainingRound) => OfRound(13, task, trainingRound);

    public static StateKey Round(Hash256 task) => StateKey.Of(StateModule.Training, 30, task);

    public static StateKey Reveal(Hash256 task, int candidate) =>
        StateKey.Of(StateModule.Training, 31, new ByteWriter().Hash(task).Byte((byte)candidate).ToArray());

    public static StateKey Ballots(byte kind, Hash256 task) => StateKey.Of(StateModule.Training, kind, task);

    public static StateKey Statement(Hash256 digest) => StateKey.Of(StateModule.Training, 36, digest);

    public static StateKey ShownLosses(Hash256 task, Address committed) =>
        StateKey.Of(StateModule.Training, 52, new ByteWriter().Hash(task).Address(committed).ToArray());

    public static StateKey Recheck(Hash256 task) => StateKey.Of(StateModule.Training, 50, task);

    public static StateKey RecheckMissed(Hash256 task) => StateKey.Of(StateModule.Training, 53, task);

    public static StateKey SeedDuties(Hash256 task) => StateKey.Of(StateModule.Training, 40, task);

    private static StateKey OfRound(byte kind, Hash256 task, ulong trainingRound) =>
        StateKey.Of(StateModule.Training, kind, new ByteWriter().Hash(task).UInt64(trainingRound).ToArray());
}
