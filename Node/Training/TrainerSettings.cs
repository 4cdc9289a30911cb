using System.Text.Json;
using System.Text.Json.Serialization;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>Settings of one trainer: trainer.json in its home.</summary>
internal sealed record TrainerSettings
{
    public const int ThreadsMax = EngineOptions.ThreadsMax;

    /// <summary>API of the producer's node, host:port. It must name this trainer in its config.json.</summary>
    public string Node { get; init; } = "127.0.0.1:26657";

    /// <summary>Key file of the trainer, in the home or absolute. It pays bonds and fees and earns the rewards.</summary>
    public string Key { get; init; } = "keys/trainer.json";

    /// <summary>File with its password; where it is null the variable NEUROCHAIN_PASSWORD holds it.</summary>
    public string? PasswordFile { get; init; } = "keys/password";

    /// <summary>Name or id of the task; null takes the chain's first.</summary>
    public string? Task { get; init; }

    /// <summary>Folder of the data set in IDX form.</summary>
    public string Dataset { get; init; } = FashionMnist.Folder;

    /// <summary>Small, because what is offered is an average of the way: it spreads learning over many rounds.</summary>
    public float LearningRate { get; init; } = 0.01f;

    public float Momentum { get; init; } = 0.9f;

    public float WeightDecay { get; init; }

    /// <summary>Samples a step.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Steps before a training round is opened with a candidate.</summary>
    public int StepsMin { get; init; } = 50;

    /// <summary>Steps of one attempt to do better than the incumbent; after a few the trainer idles.</summary>
    public int StepsMax { get; init; } = 1500;

    /// <summary>Steps from one measurement to the next.</summary>
    public int MeasureEvery { get; init; } = 50;

    /// <summary>Blocks that it leaves to other trainers after it won.</summary>
    public uint BlocksLeftToOthers { get; init; } = 8;

    /// <summary>Samples that it keeps for its own measurements, out of the tenth of the training set that it never trains on.</summary>
    public int MeasureSamples { get; init; } = 2000;

    /// <summary>
    /// Changes in each 4,096 values of a candidate that is offered as a sparse delta too; 0 offers the whole form alone. Where so few changes
    /// would cost more than a tenth of the gain, the whole form is offered alone as well.
    /// </summary>
    public int DeltaChanges { get; init; } = 256;

    public int Threads { get; init; } = 1;

    /// <summary>What trains: "auto", "canonical" or "torch".</summary>
    public string Engine { get; init; } = "auto";

    /// <summary>"auto", "cpu", "cuda" or "cuda:N".</summary>
    public string Device { get; init; } = "auto";

    /// <summary>"auto", "fp32" or "bf16".</summary>
    public string Precision { get; init; } = "auto";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [JsonIgnore]
    public TrainerOptions Options => new() { LearningRate = LearningRate, Momentum = Momentum, WeightDecay = WeightDecay, Batch = Batch };

    [JsonIgnore]
    public TrainingBackendOptions Backend => new(Engine, Device, Precision, Threads);

    /// <exception cref="OperatorException">Names the key and the form that is wanted.</exception>
    public static TrainerSettings Load(string path)
    {
        var settings = OptionsFile.Load<TrainerSettings>(path, "trainer.json", "it names the node, the key and the task of a trainer", Json);
        settings.Check();
        return settings;
    }

    public void Save(string path) => OptionsFile.Save(path, this, Json);

    private void Check()
    {
        if (StepsMax is < 1 or > 100_000_000) throw Bad("steps_max", "a number from 1 to 100000000");
        if (StepsMin < 0 || StepsMin > StepsMax) throw Bad("steps_min", "a number up to steps_max");
        if (MeasureEvery < 1 || MeasureEvery > StepsMax) throw Bad("measure_every", "a number from 1 to steps_max");
        if (MeasureSamples is < 16 or > Limits.EvaluationSamplesMax) throw Bad("measure_samples", $"a number from 16 to {Limits.EvaluationSamplesMax}");
        if (DeltaChanges is < 0 or > SparseDelta.ChangesMax) throw Bad("delta_changes", $"a number from 0 to {SparseDelta.ChangesMax}");
        if (Threads is < 1 or > ThreadsMax) throw Bad("threads", $"a number from 1 to {ThreadsMax}");
        try
        {
            Backend.Demand();
        }
        catch (OperatorException bad)
        {
            throw new OperatorException($"trainer.json: {bad.Message}", bad);
        }
    }

    private static OperatorException Bad(string key, string wanted) => new($"trainer.json: {key}: {wanted}");
}
