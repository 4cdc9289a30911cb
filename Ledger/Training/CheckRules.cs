using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What a round's candidates are checked for besides their losses, as the parameters were at its opening: two validators who evaluate at
/// different heights find the same. Layout: balance 1 | similarity samples 4 | similarity models 4 | copy 4 | relative 4 | probe steps 4 |
/// probe batch 4 | regression 4 | trigger samples 4. The default checks nothing.
/// </summary>
public readonly record struct CheckRules(
    bool IsBalanceDemanded,
    uint SimilaritySamples,
    uint SimilarityModels,
    uint CopyThousandths,
    uint RelativeThousandths,
    uint ProbeSteps,
    uint ProbeBatch,
    uint RegressionMillionths,
    uint TriggerSamples)
{
    internal static CheckRules Of(TrainingParameters parameters) => new(
        parameters.BalanceCheck == TrainingParameters.On,
        parameters.SimilaritySamples,
        parameters.SimilarityModels,
        parameters.CopyThousandths,
        parameters.RelativeThousandths,
        parameters.ProbeSteps,
        parameters.ProbeBatch,
        parameters.RegressionMillionths,
        parameters.TriggerSamples);

    internal void WriteTo(ByteWriter writer) => writer
        .Byte(IsBalanceDemanded ? (byte)1 : (byte)0)
        .UInt32(SimilaritySamples)
        .UInt32(SimilarityModels)
        .UInt32(CopyThousandths)
        .UInt32(RelativeThousandths)
        .UInt32(ProbeSteps)
        .UInt32(ProbeBatch)
        .UInt32(RegressionMillionths)
        .UInt32(TriggerSamples);

    internal static CheckRules ReadFrom(ref ByteReader reader) => new(
        reader.Byte() == 1,
        reader.UInt32(),
        reader.UInt32(),
        reader.UInt32(),
        reader.UInt32(),
        reader.UInt32(),
        reader.UInt32(),
        reader.UInt32(),
        reader.UInt32());
}
