using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// What is certified is so: the losses of a certificate are those that the checkpoints have on the samples of its seed, more than two thirds of
/// the power signed it, and whoever wins is better than the best before it and brought what is its own. Nobody is convicted of a false word who may not lie.
/// </summary>
/// <param name="training">Where the truth is known.</param>
/// <param name="sets">Who has how much power at a height.</param>
/// <param name="mayLie">Whether a key is one of a validator that breaks the rules.</param>
public sealed class TrainingChecker(SimulatedTraining training, Func<SimulatedNode, Height, ValidatorSet> sets, Func<Address, bool> mayLie) : IChecker
{
    private readonly HashSet<Height> _seen = [];

    public string Name => "training";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is not EngineOutput.Committed { Block.Block.Height: var height, Outcome.Events: var events, After: var after } || !_seen.Add(height)) return;
        foreach (var happened in events)
        {
            Convicted(happened);
            if (happened.Kind != "training.certified") continue;
            var number = TrainingQueries.Task(after, training.Task)!.NextRound - 1;
            var certificate = TrainingQueries.Certificate(after, training.Task, number)?.Certificate ?? throw new SimulationFailedException($"training: the certificate of round {number} is not on the chain");
            Certified(certificate, sets(node, height));
            Improved(certificate.Statement);
            Earned(certificate.Statement);
        }
    }

    public void Convicted(Event happened)
    {
        if (happened.Kind is not ("training.false_attestation" or "training.false_private_losses" or "training.false_recheck")) return;
        var isAddress = Address.TryParse(happened.Attributes.Single(attribute => attribute.Key == "validator").Value, out var convicted);
        Invariant.Check(isAddress, "an event names a validator by its address");
        if (!mayLie(convicted)) throw new SimulationFailedException($"training: {convicted}, which follows the rules, is convicted: {happened}");
    }

    public void Certified(TrainingCertificate certificate, ValidatorSet validators)
    {
        var statement = certificate.Statement;
        var what = $"training: the certificate of round {statement.TrainingRound}";
        foreach (var (index, signature) in certificate.Signatures)
            if (index >= validators.Count || !signature.IsBy(validators[index].Address, statement.Digest))
                throw new SimulationFailedException($"{what} has a signature that is not validator {index}'s");
        var power = certificate.Signatures.Select(s => s.Index).Distinct().Aggregate(0UL, (sum, index) => sum + validators[index].Power);
        if (3 * power <= 2 * validators.TotalPower) throw new SimulationFailedException($"{what} has {power} of {validators.TotalPower}");
        var samples = TrainingSeed.CommonSamples(statement.Seed);
        if ((statement.IncumbentLossSum, statement.IncumbentPaidSum) != SumsOf(statement.Incumbent)) throw new SimulationFailedException($"{what} says of the incumbent what is not so");
        foreach (var candidate in statement.Candidates)
        {
            var isFinite = training[candidate.Model].IsFinite;
            if (isFinite != (candidate.Verdict == CandidateVerdict.Evaluated) || (isFinite && (candidate.LossSum, candidate.PaidLossSum) != SumsOf(candidate.Model)))
                throw new SimulationFailedException($"{what} says of candidate {candidate.Model} what is not so");
        }

        (ulong Judged, ulong Paid) SumsOf(BlobHash model)
        {
            var losses = training.Losses(samples, statement.Samples, model);
            var judged = (int)statement.JudgedSamples;
            return (Sum(losses.Take(judged)), Sum(losses.Skip(judged)));
        }

        static ulong Sum(IEnumerable<uint> losses) => losses.Aggregate(0UL, (sum, loss) => sum + loss);
    }

    private void Improved(TrainingStatement statement)
    {
        if (statement.Winner is { } winner && training[statement.Candidates[winner].Model].Quality <= training[statement.Incumbent].Quality)
            throw new SimulationFailedException($"training: round {statement.TrainingRound} was won by a candidate that is no better than the best before it");
    }

    public void Earned(TrainingStatement statement)
    {
        if (statement.Winner is not { } winner) return;
        var result = statement.Candidates[winner];
        if (training[result.Model].Maker != result.Trainer)
            throw new SimulationFailedException($"training: round {statement.TrainingRound} was won by {result.Trainer} with the checkpoint of {training[result.Model].Maker}");
    }
}
