using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What one block proves and what in it is only declared, for people.</summary>
internal static class BlockProofText
{
    /// <param name="check">What the block proves.</param>
    /// <param name="validators">Who may sign.</param>
    /// <param name="evidence">What the winner showed about its device.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(StandAloneCheck check, ValidatorSet validators, Func<TrainingProof, AttestationResult> evidence, TextWriter output)
    {
        if (!check.IsProved)
        {
            VerificationText.Print(output, "proved", $"NO: {check.Fault}");
            return;
        }

        var (block, certificate) = (check.Block!, check.Certificate!);
        VerificationText.Print(output, "block", $"{block.Height} {block.Hash}");
        VerificationText.Print(output, "proved", $"final: {Power(certificate.Signatures.Select(s => s.Index), validators)} precommitted it in round {certificate.Round}");
        VerificationText.Print(output, "proved", $"built by {block.Header.Author} for round {block.Header.BuiltRound}, with {block.Transactions.Length} transactions");
        if (block.TrainingProof is { } proof) Write(proof, validators, evidence(proof), output);
        else VerificationText.Print(output, "caretaker", "no training proof: the author led in turn");
        VerificationText.Print(output, "not shown", "that it follows the ledger's rules and that the losses are right: verify training derives both again");
    }

    private static void Write(TrainingProof proof, ValidatorSet validators, AttestationResult evidence, TextWriter output)
    {
        var (statement, winner, manifest) = (proof.Certificate.Statement, proof.Candidate, proof.Manifest);
        var gain = statement.GainOf(winner);
        var mean = ((double)gain.Sum / gain.Samples / Loss.UnitsPerNat).ToString("F4", CultureInfo.InvariantCulture);
        var reached = (gain.ReachedZThousandths() / 1000.0).ToString("F2", CultureInfo.InvariantCulture);
        VerificationText.Print(output, "proved", $"the author is the producer of model {winner.Model}, and consented to lead for trainer {winner.Trainer}");
        VerificationText.Print(
            output,
            "proved",
            $"{Power(proof.Certificate.Signatures.Select(s => s.Index), validators)} attested in training round {statement.TrainingRound} of task {statement.Task}: "
            + $"loss {LossText.Mean(statement.IncumbentLossSum, statement.JudgedSamples)} -> {LossText.Mean(winner.LossSum, statement.JudgedSamples)} on {statement.JudgedSamples} samples");
        VerificationText.Print(output, "proved", $"the gain of {mean} nats is {reached} standard errors; {statement.RequiredGainMillionths} millionths of the loss and {statement.ZThousandths / 1000.0:0.###} standard errors were asked for");
        var device = manifest.Device is { } d ? $"{d.Kind}, {d.Name}, uuid {d.Uuid}, driver {d.Driver}, runtime {d.Runtime}" : "none";
        VerificationText.Print(output, "declared", $"device: {device}; record {proof.DeviceRecordHash}");
        VerificationText.Print(output, evidence.Verdict == AttestationVerdict.Attested ? "attested" : "declared", $"device evidence: {evidence}");
        VerificationText.Print(output, "declared", $"trained on data set {Hex.Encode(manifest.TrainingSet.Span)}, from parent {Hex.Encode(manifest.Parent.Span)}");
    }

    private static string Power(IEnumerable<ushort> signers, ValidatorSet validators)
    {
        var power = signers.Aggregate(0UL, (sum, index) => sum + validators[index].Power);
        return $"{power} of {validators.TotalPower} power";
    }
}
