using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A block for people: names and values, a line each.</summary>
internal static class BlockText
{
    public static IEnumerable<(string Name, string Value)> Lines(V1.Block block)
    {
        yield return ("height", block.Height.ToString(CultureInfo.InvariantCulture));
        yield return ("hash", Hex.Encode(block.Hash.Span));
        yield return ("parent", Hex.Encode(block.Parent.Span));
        yield return ("time", DateTimeOffset.FromUnixTimeMilliseconds((long)block.TimeMs).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        yield return ("author", $"{Address.FromBytes(block.Author.Span)}, {(block.TrainingProof.IsEmpty ? "caretaker" : "term")}, built in round {block.BuiltRound}");
        if (TrainingProof.TryDecode(block.TrainingProof.Span, out var proof))
        {
            var statement = proof.Certificate.Statement;
            yield return ("proof", $"model {proof.Candidate.Model} of task {statement.Task}, training round {statement.TrainingRound}");
            yield return ("losses", $"{LossText.Mean(statement.IncumbentLossSum, statement.JudgedSamples)} -> {LossText.Mean(proof.Candidate.LossSum, statement.JudgedSamples)} on {statement.JudgedSamples} samples");
            yield return ("verified", Verified(block.VerificationOfDeclaredWorkMillionths));
        }

        foreach (var t in block.Transactions) yield return ("transaction", $"{Hex.Encode(t.Hash.Span)} {(t.Code == 0 ? "done" : t.Reason)}");
        foreach (var e in block.Events) yield return ("event", $"{e.Kind} {string.Join(" ", e.Attributes.Select(a => $"{a.Key}={a.Value}"))}");
    }

    // Nobody but the trainer knows how much it trained: the figure is as good as its word.
    private static string Verified(ulong millionths) =>
        millionths == 0 ? "no training work is declared" : $"{(millionths / 10_000m).ToString("0.00##", CultureInfo.InvariantCulture)} % of the declared training work";
}
