using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A certified claim as the board and the summary show it.</summary>
internal sealed record CertifiedClaim(ulong TrainingRound, ulong Height, Address Producer, BlobHash Model, double LossBefore, double LossAfter, double Z);

/// <summary>What a test network's blocks add up to: who led, what was certified, how many transactions.</summary>
internal sealed class ChainLedger
{
    private readonly SortedDictionary<Address, int> _termLed = [];

    public Height Next { get; private set; } = Height.First;

    public List<CertifiedClaim> Claims { get; } = [];

    public IReadOnlyDictionary<Address, int> TermLed => _termLed;

    public int TermLedTotal => _termLed.Values.Sum();

    public int Voids { get; private set; }

    public ulong Transactions { get; private set; }

    public void Take(V1.Block block)
    {
        Next = new Height(block.Height + 1);
        Transactions += (ulong)block.Transactions.Count;
        var author = Address.FromBytes(block.Author.Span);
        if (!block.TrainingProof.IsEmpty) _termLed[author] = _termLed.GetValueOrDefault(author) + 1;
        foreach (var happened in block.Events)
        {
            if (happened.Kind == "training.void") Voids++;
            if (happened.Kind == "training.certified") Claims.Add(ClaimOf(block.Height, happened));
        }
    }

    private static CertifiedClaim ClaimOf(ulong height, V1.BlockEvent certified)
    {
        var values = certified.Attributes.ToDictionary(a => a.Key, a => a.Value);
        var samples = Number("samples");
        var gain = Number("gain_sum");
        var squares = Number("gain_square_sum");
        var error = Math.Sqrt(Math.Max(1, (samples * squares) - (gain * gain)) / (samples - 1));
        _ = Address.TryParse(values["producer"], out var producer);
        _ = Hash256.TryParse(values["model"], out var model);
        return new CertifiedClaim(
            ulong.Parse(values["training_round"], CultureInfo.InvariantCulture),
            height,
            producer,
            new BlobHash(model),
            Number("loss_sum_before") / samples / Loss.UnitsPerNat,
            Number("loss_sum_after") / samples / Loss.UnitsPerNat,
            gain / error);

        double Number(string key) => double.Parse(values[key], CultureInfo.InvariantCulture);
    }
}
