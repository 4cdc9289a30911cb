using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Gpu;

/// <summary>What all engines do here: two models, one data set, and for the comparison of losses the same mini-batches.</summary>
internal static class Workload
{
    /// <summary>Steps after which losses are compared, and samples in each.</summary>
    public const int ComparedSteps = 100;
    public const int ComparedBatch = 40;

    /// <summary>Larger batches are measured on a GPU alone: a processor would take minutes for them.</summary>
    public const int ProcessorBatchMax = 1024;

    public static readonly Hash256 Seed = Hash256.Sha256("NeuroChain GPU report"u8);

    public static readonly TrainerOptions Options = new() { LearningRate = 0.01f, Momentum = 0.9f, Batch = ComparedBatch };

    /// <summary>The testnet's model, and one that gives a GPU something to do.</summary>
    public static IReadOnlyList<(string Name, ModelPlan Plan, int[] Batches)> Models { get; } =
    [
        ("small", ModelSpec.SmallConvolutional().Plan, [32, 1024]),
        ("wide", Wide().Plan, [64, 4096]),
    ];

    public static (Dataset Training, Dataset Test, string Name) Data { get; } = Load();

    public static ModelParameters Start(ModelPlan plan) => ModelParameters.HeUniform(plan, Seed);

    /// <summary>Little-endian files and a JSON that describes them, so that the reader needs nothing but torch.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var (training, _, _) = Data;
        using (var images = File.Create(Path.Combine(folder, "images")))
            for (var i = 0; i < training.Count; i++) images.Write(training.Image(i));
        File.WriteAllBytes(Path.Combine(folder, "labels"), [.. Enumerable.Range(0, training.Count).Select(training.Label)]);

        var batches = new MiniBatches(training.Count, new SeededStream(Seed));
        var indices = new int[ComparedSteps * ComparedBatch];
        for (var step = 0; step < ComparedSteps; step++) batches.Fill(indices.AsSpan(step * ComparedBatch, ComparedBatch));
        var bytes = new byte[sizeof(int) * indices.Length];
        for (var i = 0; i < indices.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(int) * i), indices[i]);
        File.WriteAllBytes(Path.Combine(folder, "batches"), bytes);

        foreach (var (name, plan, _) in Models)
            File.WriteAllBytes(Path.Combine(folder, $"{name}.weights"), MemoryMarshal.AsBytes(Start(plan).Values.AsSpan()));
        File.WriteAllBytes(Path.Combine(folder, "workload.json"), JsonSerializer.SerializeToUtf8Bytes(new
        {
            samples = training.Count,
            shape = new[] { training.Shape.Channels, training.Shape.Height, training.Shape.Width },
            compared_steps = ComparedSteps,
            processor_batch_max = ProcessorBatchMax,
            compared_batch = ComparedBatch,
            learning_rate = Options.LearningRate,
            momentum = Options.Momentum,
            models = Models.Select(model => new
            {
                name = model.Name,
                batches = model.Batches,
                layers = model.Plan.Layers.Select(Describe),
                tensors = model.Plan.Tensors.Select(tensor => new { name = tensor.Name, shape = tensor.Shape }),
            }),
        }));
    }

    private static object Describe(LayerPlan layer, int number) => layer.Spec switch
    {
        ConvolutionSpec convolution => new { kind = "conv2d", number, size = convolution.Padding },
        DenseSpec => new { kind = "dense", number, size = 0 },
        MaxPoolSpec pool => new { kind = "max-pool", number, size = pool.Window },
        ReluSpec => new { kind = "relu", number, size = 0 },
        _ => new { kind = "flatten", number, size = 0 },
    };

    private static ModelSpec Wide()
    {
        LayerSpec[] layers =
        [
            ConvolutionSpec.Same(64, 3), new ReluSpec(), new MaxPoolSpec(2),
            ConvolutionSpec.Same(128, 3), new ReluSpec(), new MaxPoolSpec(2),
            new FlattenSpec(), new DenseSpec(512), new ReluSpec(), new DenseSpec(10),
        ];
        return ModelSpec.TryCreate(new Shape(1, 28, 28), layers, out var spec, out var error) ? spec : throw new OperatorException($"the wide model: {error}");
    }

    private static (Dataset Training, Dataset Test, string Name) Load()
    {
        if (FashionMnist.IsInstalled)
        {
            var real = FashionMnist.Load();
            return (real.Training, real.Test, "Fashion-MNIST");
        }
        return (Drawn(20_000, 1), Drawn(4_000, 2), "drawn patterns (Fashion-MNIST is not installed)");
    }

    // Noise, with every tenth pixel of the label's row of places brighter: a network can learn it.
    private static Dataset Drawn(int count, byte seed)
    {
        var stream = new SeededStream(Hash256.Sha256([seed]));
        var (images, labels) = (new byte[28 * 28 * count], new byte[count]);
        stream.Fill(images);
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)stream.NextBelow(10);
            for (int at = labels[i]; at < 28 * 28; at += 10) images[(i * 28 * 28) + at] = (byte)((images[(i * 28 * 28) + at] / 2) + 64);
        }
        return Dataset.TryCreate(new Shape(1, 28, 28), images, labels, 10, out var drawn, out var error)
            ? drawn
            : throw new OperatorException($"the drawn data set: {error}");
    }
}
