using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What a validator should do next, as a pure function of the state after the last block. Asked again, it says the same.</summary>
public static class TrainingDuties
{
    /// <param name="state">After the last block.</param>
    /// <param name="genesis">The chain's document.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="next">The height that is decided next: the first block that could take a message.</param>
    /// <param name="validator">Whose duties.</param>
    /// <param name="validators">The set that votes on the next height; a stranger to it has no duties.</param>
    public static IReadOnlyList<TrainingDuty> Of(
        IStateReader state, GenesisDocument genesis, GenesisHash hash, Height next, Address validator, ValidatorSet validators)
    {
        var duties = new List<TrainingDuty>();
        if (!validators.Contains(validator) || ValidatorRecord.IsJailedAt(state, validator)) return duties;
        if (SeedModule.NeedsChain(state, validator))
        {
            var reason = SeedChainRecord.Get(state, validator) is null ? SeedChainReason.Missing : SeedChainReason.RunningOut;
            duties.Add(new TrainingDuty.RegisterSeedChain(SeedChain.LengthDefault, reason, SeedModule.Beginning(state, validator)));
        }

        foreach (var task in TrainingQueries.Tasks(state))
        {
            if (TrainingRoundRecord.Get(state, task.Id) is { } round) duties.AddRange(OfRound(state, genesis, hash, next, validator, task, round));
            if (RecheckRecord.Get(state, task.Id) is { } recheck && RoundBallots.Rechecks.Of(state, task.Id, validator) is null)
                duties.Add(new TrainingDuty.RecheckPrivateLosses(recheck));
        }

        return duties;
    }

    private static IEnumerable<TrainingDuty> OfRound(
        IStateReader state, GenesisDocument genesis, GenesisHash hash, Height next, Address validator, TaskRecord task, TrainingRoundRecord round)
    {
        switch (round.Phase)
        {
            case TrainingPhase.Reveal when Candidates(state, round, CandidateStatus.Revealed) is { IsEmpty: false } shown:
                yield return new TrainingDuty.FetchCandidates(task.Id, round.Number, shown);
                break;
            case TrainingPhase.Availability when RoundBallots.Availability.Of(state, task.Id, validator) is null:
                var (left, patience) = (BlocksTo(TrainingQueries.WindowEnd(round), next), BlocksTo(TrainingQueries.PatienceEnd(round), next));
                yield return new TrainingDuty.VoteAvailability(task.Id, round.Number, Candidates(state, round, CandidateStatus.Revealed), left, patience);
                break;
            case TrainingPhase.Seed when RoundBallots.Shares.Of(state, task.Id, validator) is null && SeedPenalties.IsExpected(state, task.Id, validator):
                if (SeedChainRecord.Get(state, validator)?.For(round.Opened) is { } chain && chain.CanOpen(round.SeedIndex) && chain.IndexFor(round.SeedIndex) is { } index)
                    yield return new TrainingDuty.OpenSeedShare(task.Id, round.Number, chain.Tip, index);
                break;
            case TrainingPhase.AttestCommit when RoundBallots.AttestationCommits.Of(state, task.Id, validator) is null:
                yield return new TrainingDuty.Evaluate(Job(state, hash, validator, task, round));
                yield return new TrainingDuty.CommitAttestation(task.Id, round.Number);
                break;
            case TrainingPhase.AttestReveal when RoundBallots.AttestationReveals.Of(state, task.Id, validator) is null:
                if (RoundBallots.AttestationCommits.Of(state, task.Id, validator) is { } committed)
                    yield return new TrainingDuty.RevealAttestation(task.Id, round.Number, committed.Content.Commitment);
                break;
        }
    }

    private static ulong BlocksTo(Height end, Height next) => end >= next ? end.Value - next.Value + 1 : 0;

    private static EvaluationJob Job(IStateReader state, GenesisHash hash, Address validator, TaskRecord task, TrainingRoundRecord round)
    {
        var evaluationSet = DatasetsModule.Get(state, task.EvaluationSet);
        Invariant.Check(evaluationSet is not null, "a task's data sets are on chain");
        return new EvaluationJob(
            hash,
            task.Id,
            round.Number,
            round.Seed,
            TrainingSeed.CommonSamples(round.Seed),
            TrainingSeed.PrivateSamples(round.Seed, KeyRotations.Identity(state, validator)),
            round.Samples,
            round.PrivateSamples,
            task.EvaluationSet,
            evaluationSet.Samples,
            round.Incumbent,
            Candidates(state, round, CandidateStatus.Available));
    }

    private static ImmutableArray<RevealedCandidate> Candidates(IStateReader state, TrainingRoundRecord round, CandidateStatus status)
    {
        var candidates = ImmutableArray.CreateBuilder<RevealedCandidate>();
        for (var i = 0; i < round.Candidates.Length; i++)
        {
            var candidate = round.Candidates[i];
            if (candidate.Status != status) continue;
            var reveal = RevealRecord.Get(state, round.Task, i)!;
            candidates.Add(new RevealedCandidate(
                i, candidate.Model, candidate.ManifestRoot, reveal.Manifest, candidate.Trainer, candidate.Producer, candidate.ClaimedGain));
        }

        return candidates.ToImmutable();
    }
}
