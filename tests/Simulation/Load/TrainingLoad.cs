using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Simulation;

/// <summary>Trainers who bring one candidate after the other, each with the consent of some validator that is to lead for it.</summary>
public sealed class TrainingLoad(SeededStream draw, ITraining training) : ILoad
{
    private readonly SimulatedCandidate?[] _candidates = new SimulatedCandidate?[training.Trainers.Count];

    public ulong? Step(Cluster cluster)
    {
        for (var i = 0; i < _candidates.Length; i++) _candidates[i] = GoOn(cluster, training.Trainers[i], _candidates[i]);
        return 20 + cluster.Options.BlockIntervalMs + draw.NextBelow(50);
    }

    // What was begun is said again until it is on the chain, or until its round is over without it.
    private SimulatedCandidate? GoOn(Cluster cluster, PrivateKey trainer, SimulatedCandidate? candidate)
    {
        var state = cluster.Newest;
        var round = TrainingQueries.Round(state, training.Task);
        if (candidate is null) return (round?.Phase ?? TrainingPhase.Commit) == TrainingPhase.Commit && draw.NextChance(1, 3) ? Begin(cluster, state, trainer) : null;
        if (candidate.Round != TrainingQueries.Task(state, training.Task)!.NextRound) return null;
        // Its own: a thief may have sent the same commitment under its name, and who shows its work for that one gives it away.
        var onChain = round?.Candidates.Where(known => known.Trainer == trainer.Address && known.Commitment == candidate.Commitment).Select(known => (RoundCandidate?)known).FirstOrDefault();
        if (onChain is null && AccountsModule.Get(state, trainer.Address).Nonce > candidate.Nonce) return null; // it came, and was not taken
        switch (round?.Phase ?? TrainingPhase.Commit)
        {
            case TrainingPhase.Commit when onChain is null:
                cluster.Submit(draw, candidate.Commit(state, training.Task));
                break;
            case TrainingPhase.Reveal when onChain is { Status: CandidateStatus.Committed } && candidate.IsShown:
                cluster.Submit(draw, candidate.Reveal(state, training.Task));
                break;
        }

        return candidate;
    }

    private SimulatedCandidate? Begin(Cluster cluster, LedgerState state, PrivateKey trainer)
    {
        var producers = state.Next.Validators.Validators.Where(validator => !ValidatorRecord.IsJailedAt(state, validator.Address)).Select(validator => cluster.Ring.Find(validator.Address)).OfType<PrivateKey>().ToList();
        if (producers.Count == 0 || AccountsModule.Get(state, trainer.Address).Balance < Amount.FromNtk(10)) return null;
        return new SimulatedCandidate(state, training, trainer, producers[(int)draw.NextBelow((ulong)producers.Count)], draw);
    }
}
