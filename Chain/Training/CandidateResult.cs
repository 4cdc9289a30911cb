namespace NeuroChain.Chain;

/// <summary>What became of a candidate in the evaluation.</summary>
public enum CandidateVerdict : byte
{
    Evaluated = 0,

    /// <summary>Not the shapes, sizes or encoding that the task demands.</summary>
    Malformed = 1,

    /// <summary>A value that is not finite, in the checkpoint or in what it computes.</summary>
    NotFinite = 2,
}

/// <summary>
/// A candidate in a statement. Layout: manifest root 32 | trainer 20 | producer 20 | claimed gain 8 | model 32 | verdict 1 |
/// losses root 32 | loss sum 8 | sum of squared differences 16. The last three are zero unless it was evaluated.
/// </summary>
public readonly record struct CandidateResult(
    Hash256 ManifestRoot,
    Address Trainer,
    Address Producer,
    ulong ClaimedGain,
    BlobHash Model,
    CandidateVerdict Verdict,
    Hash256 LossesRoot,
    ulong LossSum,
    UInt128 DifferenceSquareSum)
{
    internal void WriteTo(ByteWriter writer) => writer
        .Hash(ManifestRoot)
        .Address(Trainer)
        .Address(Producer)
        .UInt64(ClaimedGain)
        .Hash(Model.Value)
        .Byte((byte)Verdict)
        .Hash(LossesRoot)
        .UInt64(LossSum)
        .UInt128(DifferenceSquareSum);

    internal static CandidateResult ReadFrom(ref ByteReader reader)
    {
        var result = new CandidateResult(
            reader.Hash(),
            reader.Address(),
            reader.Address(),
            reader.UInt64(),
            new BlobHash(reader.Hash()),
            (CandidateVerdict)reader.Byte(),
            reader.Hash(),
            reader.UInt64(),
            reader.UInt128());
        if (result.Verdict > CandidateVerdict.NotFinite || result.ClaimedGain > Loss.UnitsMax) reader.Fail();
        var isEmpty = result.LossesRoot.IsZero && result.LossSum == 0 && result.DifferenceSquareSum == UInt128.Zero;
        if (result.Verdict != CandidateVerdict.Evaluated && !isEmpty) reader.Fail();
        return result;
    }
}
