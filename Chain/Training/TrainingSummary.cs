namespace NeuroChain.Chain;

/// <summary>
/// What a block's training proof says in numbers, so that a header alone shows by how much its author's model improved. Layout, 48 bytes:
/// loss before 8 | loss after 8 | sum of squared differences 16 | samples 4 | required gain 4 (millionths of the loss) | z asked for 4 |
/// z reached 4 (both in thousandths). Losses are sums over the samples that judged, in 2^-20 nats. All zero in a caretaker block.
/// </summary>
public readonly record struct TrainingSummary(
    ulong LossBefore,
    ulong LossAfter,
    UInt128 DifferenceSquareSum,
    uint Samples,
    uint RequiredGainMillionths,
    uint ZAskedThousandths,
    uint ZReachedThousandths)
{
    public const int Size = (2 * 8) + 16 + (4 * 4);

    /// <summary>Follows from the proof; the default where there is none.</summary>
    public static TrainingSummary Of(TrainingProof? proof)
    {
        if (proof is null) return default;
        var (statement, winner) = (proof.Certificate.Statement, proof.Candidate);
        return new TrainingSummary(
            statement.IncumbentLossSum,
            winner.LossSum,
            winner.DifferenceSquareSum,
            statement.JudgedSamples,
            statement.RequiredGainMillionths,
            statement.ZThousandths,
            winner.HasLosses ? statement.GainOf(winner).ReachedZThousandths() : 0);
    }

    internal void WriteTo(ByteWriter writer) => writer
        .UInt64(LossBefore)
        .UInt64(LossAfter)
        .UInt128(DifferenceSquareSum)
        .UInt32(Samples)
        .UInt32(RequiredGainMillionths)
        .UInt32(ZAskedThousandths)
        .UInt32(ZReachedThousandths);

    internal static TrainingSummary ReadFrom(ref ByteReader reader) => new(
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt128(),
        reader.UInt32(),
        reader.UInt32(),
        reader.UInt32(),
        reader.UInt32());
}
