namespace NeuroChain.Chain;

/// <summary>What became of a candidate in the evaluation.</summary>
public enum CandidateVerdict : byte
{
    Evaluated = 0,

    /// <summary>Not the shapes, sizes or encoding that the task demands.</summary>
    Malformed = 1,

    /// <summary>A value that is not finite, in the checkpoint or in what it computes.</summary>
    NotFinite = 2,

    /// <summary>Units whose weights before and after them are out of proportion: nobody could train on from it.</summary>
    Unbalanced = 3,

    /// <summary>Does not learn in a few steps.</summary>
    Untrainable = 4,

    /// <summary>Computes what a model of somebody else computes.</summary>
    Copy = 5,

    /// <summary>Comes from a certified model that it does not name.</summary>
    UndeclaredParent = 6,

    /// <summary>Much worse than the incumbent on a part of the samples.</summary>
    Regressed = 7,
}

/// <summary>
/// A candidate in a statement. Layout, 233 bytes: manifest root 32 | trainer 20 | producer 20 | claimed gain 8 | model 32 | verdict 1 |
/// losses root 32 | loss sum 8 | sum of squared differences 16 | paid loss sum 8 | paid sum of squared differences 16 | relative 32 |
/// distance 4 | detail 4.
/// </summary>
/// <param name="ManifestRoot">Of the manifest that was revealed.</param>
/// <param name="Trainer">Who committed it.</param>
/// <param name="Producer">Who leads if it is certified.</param>
/// <param name="ClaimedGain">What the trainer vouched for, per sample.</param>
/// <param name="Model">Its checkpoint.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="LossesRoot">Over all its losses; zero, as all that is measured, where it has none.</param>
/// <param name="LossSum">On the samples that judge.</param>
/// <param name="DifferenceSquareSum">On the same.</param>
/// <param name="PaidLossSum">On the samples that pay.</param>
/// <param name="PaidSquareSum">On the same.</param>
/// <param name="Relative">The model, or the earlier candidate's manifest root, that it is close to; zero where none is.</param>
/// <param name="Distance">To that one, in 2^-16 of the deviation of what they compute; zero where none is.</param>
/// <param name="Detail">What the verdict is about; zero for an evaluated, malformed or not finite one.</param>
public readonly record struct CandidateResult(
    Hash256 ManifestRoot,
    Address Trainer,
    Address Producer,
    ulong ClaimedGain,
    BlobHash Model,
    CandidateVerdict Verdict,
    Hash256 LossesRoot = default,
    ulong LossSum = 0,
    UInt128 DifferenceSquareSum = default,
    ulong PaidLossSum = 0,
    UInt128 PaidSquareSum = default,
    Hash256 Relative = default,
    uint Distance = 0,
    uint Detail = 0)
{
    public const int Size = (4 * Hash256.Size) + (2 * Address.Size) + 8 + 1 + (2 * (8 + 16)) + 4 + 4;

    /// <summary>Whether it got as far as having losses: what is found before them ends the evaluation.</summary>
    public bool HasLosses => Verdict is CandidateVerdict.Evaluated or >= CandidateVerdict.Untrainable;

    internal void WriteTo(ByteWriter writer) => writer
        .Hash(ManifestRoot)
        .Address(Trainer)
        .Address(Producer)
        .UInt64(ClaimedGain)
        .Hash(Model.Value)
        .Byte((byte)Verdict)
        .Hash(LossesRoot)
        .UInt64(LossSum)
        .UInt128(DifferenceSquareSum)
        .UInt64(PaidLossSum)
        .UInt128(PaidSquareSum)
        .Hash(Relative)
        .UInt32(Distance)
        .UInt32(Detail);

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
            reader.UInt128(),
            reader.UInt64(),
            reader.UInt128(),
            reader.Hash(),
            reader.UInt32(),
            reader.UInt32());
        if (result.Verdict > CandidateVerdict.Regressed || result.ClaimedGain > Loss.UnitsMax || !result.IsConsistent) reader.Fail();
        return result;
    }

    // One spelling: what a verdict has no use for is zero.
    private bool IsConsistent
    {
        get
        {
            if (!HasLosses && this is not { LossesRoot.IsZero: true, LossSum: 0, PaidLossSum: 0, Relative.IsZero: true }) return false;
            if (!HasLosses && (DifferenceSquareSum != UInt128.Zero || PaidSquareSum != UInt128.Zero)) return false;
            if (Relative.IsZero && Distance != 0) return false;
            return Verdict >= CandidateVerdict.Unbalanced || Detail == 0;
        }
    }
}
