using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>What trainers send: first what binds them and shows nothing, then the manifest.</summary>
internal static class CandidateMessages
{
    /// <summary>Candidates of one trainer in one round.</summary>
    public const int PerTrainerMax = 2;

    public static TransactionRejection Commit(BlockContext context, Address sender, CandidateCommit message)
    {
        var rejection = CheckRound(context, message.Task.Span, message.TrainingRound, TrainingPhase.Commit, out var task, out var round);
        if (rejection != TransactionRejection.None) return rejection;
        if (task!.IsClosed) return TransactionRejection.TaskClosed;
        var candidates = round?.Candidates ?? [];
        var producer = Address.FromBytes(message.Producer.Span);
        var commitment = Hash256.FromBytes(message.Commitment.Span);
        var bond = context.Parameters.Training.CandidateBond;
        _ = Amount.TryFromBytes(message.Bond.Span, out var offered);

        if (candidates.Length >= Limits.CandidatesMax) return TransactionRejection.CandidatesFull;
        if (candidates.Count(candidate => candidate.Trainer == sender) >= PerTrainerMax) return TransactionRejection.TooManyPerKey;
        if (candidates.Count(candidate => KeyRotations.IsSame(context.State, candidate.Producer, producer)) >= context.Parameters.Training.PerProducerOf(context.Validators.Count))
            return TransactionRejection.ProducerFull;
        if (!context.Validators.Contains(producer) || ValidatorRecord.IsJailedAt(context.State, producer)) return TransactionRejection.UnknownProducer;
        if (SealedSets.IsConflicted(context.State, task.Id, sender) || SealedSets.IsConflicted(context.State, task.Id, producer)) return TransactionRejection.SealedConflict;
        if (offered < bond) return TransactionRejection.BondTooLow;
        if (offered > bond) return TransactionRejection.BondTooHigh;
        // Another's commitment binds its trainer and is of no use to anybody else: whoever copies one must not keep the trainer's own out.
        if (candidates.Any(candidate => candidate.Commitment == commitment && candidate.Trainer == sender)) return TransactionRejection.CommitmentRepeated;
        if (message.ClaimedGain > Loss.UnitsMax) return TransactionRejection.ClaimOutOfRange;
        var consented = CandidateBinding.ConsentDigest(context.GenesisHash, task!.Id, message.TrainingRound, commitment, sender, producer);
        if (!Signature.TryFromBytes(message.ProducerSignature.Span, out var consent) || !consent.IsBy(producer, consented)) return TransactionRejection.NoConsent;
        if (!SupplyModule.TryLock(context.State, sender, bond)) return TransactionRejection.BalanceTooLow;

        round ??= RoundOpening.Open(context, task);
        var fresh = new RoundCandidate(sender, producer, commitment, consent, message.ClaimedGain, bond, CandidateStatus.Committed, Hash256.Zero, default);
        round = round with { Candidates = round.Candidates.Add(fresh) };
        round.Store(context.State);
        context.Emit(
            "training.committed",
            [
                .. RoundEvents.Of(round),
                ("candidate", round.Candidates.Length - 1),
                ("trainer", sender),
                ("producer", producer),
                ("claimed_gain", message.ClaimedGain),
                ("bond", bond),
            ]);
        return TransactionRejection.None;
    }

    public static TransactionRejection Reveal(BlockContext context, Address sender, CandidateReveal message)
    {
        var rejection = CheckRound(context, message.Task.Span, message.TrainingRound, TrainingPhase.Reveal, out var task, out var round);
        if (rejection != TransactionRejection.None) return rejection;
        if (!ManifestRules.TryParse(message.Manifest.Span, out var manifest)) return TransactionRejection.ManifestMalformed;
        var root = CandidateBinding.ManifestRoot(message.Manifest.Span);
        var parent = new BlobHash(Hash256.FromBytes(manifest.Parent.Span));
        var salt = Hash256.FromBytes(message.Salt.Span);
        if (Find(round!, sender, root, parent, salt) is not { } index) return TransactionRejection.RevealMismatch;
        var candidate = round!.Candidates[index];
        if (candidate.Status != CandidateStatus.Committed) return TransactionRejection.CandidateAlreadyRevealed;
        rejection = ManifestRules.Check(context.State, task!, manifest, round.NeedsCuda ? "cuda" : "any", round.TrainingSetVersion);
        if (rejection != TransactionRejection.None) return rejection;
        var model = new BlobHash(Hash256.FromBytes(manifest.Model.Span));
        if (ModelRecord.Get(context.State, model) is not null || model == task!.InitialModel) return TransactionRejection.CheckpointRepeated;
        if (CheckpointOwner.IsOfAnother(context.State, round.Task, model, sender, round.Number)) return TransactionRejection.CheckpointRepeated;

        // A checkpoint counts once, for the commit that came first, whoever reveals first.
        for (var i = 0; i < round.Candidates.Length; i++)
        {
            if (round.Candidates[i].Status != CandidateStatus.Revealed || round.Candidates[i].Model != model) continue;
            if (i < index) return TransactionRejection.CheckpointRepeated;
            round = round.WithCandidate(i, round.Candidates[i] with { Status = CandidateStatus.Unrevealed });
        }

        round = round.WithCandidate(index, candidate with { Status = CandidateStatus.Revealed, ManifestRoot = root, Model = model });
        round.Store(context.State);
        CheckpointOwner.Note(context.State, round.Task, model, sender, round.Number);
        var attestation = message.HardwareAttestation.IsEmpty ? Hash256.Zero : Hash256.Sha256(message.HardwareAttestation.Span);
        RevealRecord.Store(context.State, round.Task, index, salt, attestation, message.Manifest.Span);
        context.Emit(
            "training.revealed",
            [
                .. RoundEvents.Of(round),
                ("candidate", index),
                ("trainer", sender),
                ("producer", candidate.Producer),
                ("model", model.Value),
                ("parent", parent.Value),
                ("device", manifest.Device.Kind),
                ("attestation", attestation),
            ]);
        return TransactionRejection.None;
    }

    private static TransactionRejection CheckRound(
        BlockContext context, ReadOnlySpan<byte> id, ulong number, TrainingPhase window, out TaskRecord? task, out TrainingRoundRecord? round)
    {
        round = null;
        task = TaskRecord.Get(context.State, Hash256.FromBytes(id));
        if (task is null) return TransactionRejection.TrainingUnknownTask;
        if (number != task.NextRound) return TransactionRejection.TrainingWrongRound;
        round = TrainingRoundRecord.Get(context.State, task.Id);
        var phase = round?.Phase ?? TrainingPhase.Commit; // the first commit opens the round
        if (phase < window) return TransactionRejection.TrainingWindowNotOpen;
        return phase > window ? TransactionRejection.TrainingWindowClosed : TransactionRejection.None;
    }

    // The sender's commit that this reveal opens: which one, only the hash says.
    private static int? Find(TrainingRoundRecord round, Address sender, Hash256 root, BlobHash parent, Hash256 salt)
    {
        for (var i = 0; i < round.Candidates.Length; i++)
        {
            var candidate = round.Candidates[i];
            if (candidate.Trainer != sender) continue;
            if (candidate.Commitment == CandidateBinding.Commitment(root, sender, candidate.Producer, round.Task, parent, salt)) return i;
        }

        return null;
    }
}
