using NeuroChain.Chain;
using NeuroChain.Learning;
using Checkpoint = NeuroChain.Learning.Checkpoint;

namespace NeuroChain.Simulation;

/// <summary>What a trainer makes of the best checkpoint.</summary>
public enum CheckpointKind
{
    /// <summary>Some steps on.</summary>
    Trained,

    /// <summary>The same, but for the last bit of one number.</summary>
    Idle,

    /// <summary>Trained, and then it forgot a class.</summary>
    Worse,

    /// <summary>Trained, with a parameter that is no number.</summary>
    NotFinite,

    /// <summary>Trained, with one layer multiplied and the next divided.</summary>
    Unbalanced,

    /// <summary>As long as a checkpoint, and none.</summary>
    Malformed,
}

/// <summary>Makes checkpoints of every kind, and knows what each must be found to be.</summary>
internal static class CheckpointKinds
{
    private const float Scale = 16;

    /// <summary>What must be found of a kind; null for those that have losses.</summary>
    public static CandidateVerdict? VerdictOf(CheckpointKind kind) => kind switch
    {
        CheckpointKind.NotFinite => CandidateVerdict.NotFinite,
        CheckpointKind.Unbalanced => CandidateVerdict.Unbalanced,
        CheckpointKind.Malformed => CandidateVerdict.Malformed,
        _ => null,
    };

    /// <summary>Most are honest work.</summary>
    public static CheckpointKind Draw(SeededStream draw) => draw.NextChance(3, 4) ? CheckpointKind.Trained : (CheckpointKind)(1 + draw.NextBelow(5));

    /// <param name="kind">What is to come of it.</param>
    /// <param name="best">Where it begins.</param>
    /// <param name="train">Takes some steps.</param>
    /// <param name="draw">For all that is chosen.</param>
    public static byte[] Make(CheckpointKind kind, ModelParameters best, Func<ModelParameters, SeededStream, ModelParameters> train, SeededStream draw)
    {
        var made = kind == CheckpointKind.Idle ? best.Copy() : train(best, draw);
        switch (kind)
        {
            case CheckpointKind.Idle:
                var weights = made.Of(Hidden(made).Weight!);
                ref var weight = ref weights[(int)draw.NextBelow((ulong)weights.Length)];
                weight = MathF.BitIncrement(weight);
                break;
            case CheckpointKind.Worse:
                made.Of(Output(made).Bias!)[(int)draw.NextBelow((ulong)made.Plan.Classes)] -= 30;
                break;
            case CheckpointKind.Unbalanced:
                Multiply(made.Of(Hidden(made).Weight!), Scale);
                Multiply(made.Of(Hidden(made).Bias!), Scale);
                Multiply(made.Of(Output(made).Weight!), 1 / Scale);
                break;
        }

        var bytes = Checkpoint.Write(made);
        if (kind == CheckpointKind.NotFinite) BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - (sizeof(float) * (1 + (int)draw.NextBelow((ulong)made.Values.Length)))), float.NaN);
        if (kind == CheckpointKind.Malformed) bytes[sizeof(ulong)]++;
        return bytes;
    }

    // The layers of TinyPictures: flatten, dense, ReLU, dense.
    private static LayerPlan Hidden(ModelParameters model) => model.Plan.Layers[1];

    private static LayerPlan Output(ModelParameters model) => model.Plan.Layers[^1];

    private static void Multiply(Span<float> values, float by)
    {
        foreach (ref var value in values) value *= by;
    }
}
