using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Learning.Torch;

namespace NeuroChain.Node.Tests;

public sealed class TrainerDeviceTests
{
    private static readonly CudaDevice Gpu = new(1, "NVIDIA H200", "GPU-6d6c1a1e-0000-1111-2222-333344445555", "580.159, CUDA 13.0", 1L << 37);

    [Fact]
    public void ACandidateDeclaresTheDeviceThatTheBackendUses()
    {
        var record = TrainerDevice.RecordOf(Of(Gpu));
        Assert.Equal(("cuda", Gpu.Name, Gpu.Uuid, Gpu.Driver, "libtorch 2.11 bf16"), (record.Kind, record.Name, record.Uuid, record.Driver, record.Runtime));
        var onProcessor = TrainerDevice.RecordOf(Of(null));
        Assert.Equal(("cpu", "", ""), (onProcessor.Kind, onProcessor.Uuid, onProcessor.Driver));
        Assert.NotEmpty(onProcessor.Name);
    }

    [Fact]
    public void TextsFitIntoAManifest()
    {
        var record = TrainerDevice.RecordOf(Of(Gpu with { Name = new string('n', 300), Driver = new string('d', 300) }));
        Assert.Equal((200, 200), (record.Name.Length, record.Driver.Length));
    }

    [Fact]
    public void ATrainerThatTheChainWouldRefuseDoesNotBegin()
    {
        TrainerDevice.Demand(TrainerDevice.RecordOf(Of(Gpu)), "cuda");
        TrainerDevice.Demand(TrainerDevice.RecordOf(Of(null)), "any");
        Assert.Contains("cuda", Assert.Throws<OperatorException>(() => TrainerDevice.Demand(TrainerDevice.RecordOf(Of(null)), "cuda")).Message);
    }

    [Fact]
    public void ALearnerTrainsByItsBackendAndAFullDeviceIsTheOperatorsMatter()
    {
        var training = SmallImages.MakeDataset(1_000, 1);
        Assert.True(ModelSpec.TryCreate(new Shape(1, 4, 4), [new FlattenSpec(), new DenseSpec(10)], out var spec, out _));
        using var learner = new TrainerLearner(
            spec.Plan, TrainerData.Split(training, Hash256.Sha256([1])), new TrainerSettings { MeasureSamples = 64 }, Of(Gpu));
        Assert.Equal(Gpu.Uuid, learner.Device.Uuid);
        var bar = new TrainerBar(64, 3000, 1000);
        learner.Begin(ModelParameters.HeUniform(spec.Plan, Hash256.Zero), Hash256.Zero, Hash256.Zero, 1, new TrainerGoal(bar, 1, 1, 1));
        OperatorException? told = null;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    _ = learner.Progress;
                }
                catch (OperatorException full)
                {
                    told = full;
                }

                return told is not null;
            },
            TimeSpan.FromMinutes(1)));
        Assert.Contains("smaller batch", told!.Message);
    }

    [Theory]
    [InlineData("\"engine\": \"tensorflow\"", "engine")]
    [InlineData("\"device\": \"gpu\"", "device")]
    [InlineData("\"precision\": \"fp8\"", "precision")]
    public void SettingsThatMeanNothingAreRefusedByName(string setting, string key)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, $"{{ {setting} }}");
            var message = Assert.Throws<OperatorException>(() => TrainerSettings.Load(path)).Message;
            Assert.StartsWith("trainer.json: ", message);
            Assert.Contains(key, message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static TrainingBackend Of(CudaDevice? cuda) => new((_, _, _, _) => new FullDevice(), cuda, "libtorch 2.11 bf16", "a test");

    private sealed class FullDevice : ITrainingEngine
    {
        public ModelParameters Parameters => throw new NotSupportedException();

        public StepResult Run(int steps) => throw new TorchException(TorchStatus.OutOfMemory, "CUDA out of memory");

        public void Dispose()
        {
        }
    }
}
