using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// What is certified is so: the losses of a certificate are those that the checkpoints have on the samples of its seed, what it says follows from the
/// chain, more than two thirds of the power signed it, and whoever wins is better than the best before it and brought what is its own. Nobody is
/// convicted of a false word who may not lie.
/// </summary>
/// <param name="training">Where the truth is known.</param>
/// <param name="sets">Who has how much power at a height.</param>
/// <param name="mayLie">Whether a key is one of a validator that breaks the rules.</param>
public sealed class TrainingChecker(ITraining training, Func<SimulatedNode, Height, ValidatorSet> sets, Func<Address, bool> mayLie) : IChecker
{
    private readonly HashSet<Height> _seen = [];

    // The newest round in a state in which it had its seed: what it is judged by does not change from then on.
    private (ulong Number, LedgerState State)? _round;

    public string Name => "training";

    /// <summary>Certificates that were held against the truth, those of them whose round was seen before it ended, and the candidates in them by verdict.</summary>
    public Tally Found { get; } = new();

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is not EngineOutput.Committed { Block.Block.Height: var height, Outcome.Events: var events, After: var after } || !_seen.Add(height)) return;
        foreach (var happened in events)
        {
            Convicted(happened);
            if (happened.Kind is not ("training.certified" or "training.no_improvement") || !IsOfTask(happened)) continue;
            var number = TrainingQueries.Task(after, training.Task)!.NextRound - 1;
            var certificate = TrainingQueries.Certificate(after, training.Task, number)?.Certificate ?? throw new SimulationFailedException($"training: the certificate of round {number} is not on the chain");
            var judged = _round?.Number == number ? _round?.State : null;
            Certified(certificate, sets(node, height), judged);
            Improved(certificate.Statement);
            Earned(certificate.Statement);
            Count(certificate.Statement, judged);
        }

        if (TrainingQueries.Round(after, training.Task) is { Phase: TrainingPhase.AttestCommit or TrainingPhase.AttestReveal } round) _round = (round.Number, after);
    }

    public void Convicted(Event happened)
    {
        if (happened.Kind is not ("training.false_attestation" or "training.false_private_losses" or "training.false_recheck")) return;
        var isAddress = Address.TryParse(happened.Attributes.Single(attribute => attribute.Key == "validator").Value, out var convicted);
        Invariant.Check(isAddress, "an event names a validator by its address");
        if (!mayLie(convicted)) throw new SimulationFailedException($"training: {convicted}, which follows the rules, is convicted: {happened}");
    }

    /// <param name="certificate">With all that it says.</param>
    /// <param name="validators">Who could sign it.</param>
    /// <param name="judged">A state in which its round had its seed; null where none was seen.</param>
    public void Certified(TrainingCertificate certificate, ValidatorSet validators, LedgerState? judged = null)
    {
        var statement = certificate.Statement;
        var what = $"training: the certificate of round {statement.TrainingRound}";
        foreach (var (index, signature) in certificate.Signatures)
            if (index >= validators.Count || !signature.IsBy(validators[index].Address, statement.Digest))
                throw new SimulationFailedException($"{what} has a signature that is not validator {index}'s");
        var power = certificate.Signatures.Select(s => s.Index).Distinct().Aggregate(0UL, (sum, index) => sum + validators[index].Power);
        if (3 * power <= 2 * validators.TotalPower) throw new SimulationFailedException($"{what} has {power} of {validators.TotalPower}");
        if (training.FaultOf(statement, judged) is { } fault) throw new SimulationFailedException($"{what} {fault}");
    }

    private void Improved(TrainingStatement statement)
    {
        if (statement.Winner is { } winner && !training.IsBetter(statement.Candidates[winner].Model, statement.Incumbent))
            throw new SimulationFailedException($"training: round {statement.TrainingRound} was won by a candidate that is no better than the best before it");
    }

    public void Earned(TrainingStatement statement)
    {
        if (statement.Winner is not { } winner) return;
        var result = statement.Candidates[winner];
        if (training.MakerOf(result.Model) is var maker && maker != result.Trainer)
            throw new SimulationFailedException($"training: round {statement.TrainingRound} was won by {result.Trainer} with the checkpoint of {maker}");
    }

    private bool IsOfTask(Event happened) => happened.Attributes.Single(attribute => attribute.Key == "task").Value == training.Task.ToString();

    private void Count(TrainingStatement statement, LedgerState? judged)
    {
        Found.Add("certificates_checked");
        if (judged is not null) Found.Add("certificates_checked_against_their_rounds");
        if (judged is not null && SealedSets.Round(judged, training.Task) is { } part)
            Found.Add(part.IsVoided ? "certificates_of_second_seeds" : part.Drawn > 0 ? "certificates_of_sealed_samples" : "certificates_of_rounds_that_drew_no_sealed_sample");
        foreach (var candidate in statement.Candidates) Found.Add($"candidates_found.{candidate.Verdict}");
    }
}
