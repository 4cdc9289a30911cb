using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

public sealed class TrainingFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-training-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void SettingsAreReadAsTheyWereWritten()
    {
        var settings = new TrainerSettings { Node = "127.0.0.1:1", Task = "digits", LearningRate = 0.5f, StepsMax = 7, StepsMin = 1, MeasureEvery = 2, PasswordFile = null };
        settings.Save(In("trainer.json"));
        Assert.Equal(settings, TrainerSettings.Load(In("trainer.json")));
    }

    [Theory]
    [InlineData("""{"steps_max": 0}""", "trainer.json: steps_max")]
    [InlineData("""{"steps_min": 2000}""", "trainer.json: steps_min")]
    [InlineData("""{"measure_every": 0}""", "trainer.json: measure_every")]
    [InlineData("""{"measure_samples": 1}""", "trainer.json: measure_samples")]
    [InlineData("""{"threads": 0}""", "trainer.json: threads")]
    [InlineData("""{"learning_rat": 1}""", "learning_rat")]
    [InlineData("""{"batch": "many"}""", "batch")]
    [InlineData("null", "an object is wanted")]
    [InlineData("{", "trainer.json")]
    public void BadSettingsAreRefusedByName(string json, string named)
    {
        File.WriteAllText(In("trainer.json"), json);
        var wrong = Assert.Throws<OperatorException>(() => TrainerSettings.Load(In("trainer.json")));
        Assert.Contains(named, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', wrong.Message);
    }

    [Fact]
    public void MissingSettingsAreSaid() => Assert.Contains("is missing", Assert.Throws<OperatorException>(() => TrainerSettings.Load(In("none.json"))).Message, StringComparison.Ordinal);

    [Fact]
    public void AHomeThatWasMadeHoldsItsKey()
    {
        var key = TrainerHome.Make(In("trainer0"), new TrainerSettings { Node = "127.0.0.1:1" });
        var home = new TrainerHome(In("trainer0"));
        Assert.Equal(key.Address, home.LoadKey(TrainerSettings.Load(home.SettingsFile)).Address);
    }

    [Fact]
    public void APendingRevealOutlivesARestart()
    {
        var pending = Pending();
        pending.Save(In("pending"));
        var read = PendingReveal.Load(In("pending"));
        Assert.NotNull(read);
        Assert.Equal(pending.Message(), read.Message());
        Assert.Equal([BlobManifest.Of([9, 8]).Hash, pending.Model], read.Blobs.Select(blob => blob.Manifest.Hash)); // the small one goes first
        Assert.Equal((pending.Task, pending.TrainingRound, pending.Producer, pending.Model), (read.Task, read.TrainingRound, read.Producer, read.Model));
        var trainer = PrivateKey.FromSeed(Hash256.Sha256([9])).Address;
        Assert.Equal(pending.Commitment(trainer, pending.Model), read.Commitment(trainer, pending.Model));
    }

    // A bond hangs on it: whoever brings the program up between commit and reveal must find it again.
    [Fact]
    public void APendingRevealOfAnOlderProgramIsReadAndOneOfALaterIsRefusedByName()
    {
        Pending().Save(In("pending"));
        var whole = File.ReadAllBytes(In("pending"));
        Assert.Equal("NCPR\u0001"u8.ToArray(), whole[..5]);
        File.WriteAllBytes(In("pending"), whole[5..]); // before the version
        Assert.Equal(Pending().Model, PendingReveal.Load(In("pending"))!.Model);
        Assert.Equal([9, 8], PendingReveal.Load(In("pending"))!.Delta.ToArray());
        File.WriteAllBytes(In("pending"), whole[5..^6]); // and before deltas
        Assert.Equal(Pending().Model, PendingReveal.Load(In("pending"))!.Model);
        Assert.True(PendingReveal.Load(In("pending"))!.Delta.IsEmpty);
        File.WriteAllBytes(In("pending"), [.. whole[..4], 2, .. whole[5..]]);
        Assert.Contains("version 2", Assert.Throws<OperatorException>(() => PendingReveal.Load(In("pending"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AHalfWrittenPendingRevealIsNone()
    {
        Pending().Save(In("pending"));
        var whole = File.ReadAllBytes(In("pending"));
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(In("pending"), whole[..length]);
            Assert.Null(PendingReveal.Load(In("pending")));
        }

        File.WriteAllBytes(In("pending"), [.. whole, 0]);
        Assert.Null(PendingReveal.Load(In("pending")));
        File.Delete(In("pending"));
        Assert.Null(PendingReveal.Load(In("pending")));
    }

    [Fact]
    public void ACandidatesManifestFollowsTheChainsRules()
    {
        var plan = ModelSpec.SmallConvolutional().Plan;
        var task = Hash256.Sha256([1]);
        var parent = new BlobHash(Hash256.Sha256([2]));
        var candidate = TrainerCandidate.Make(task, Hash256.Sha256([3]), parent, ModelParameters.HeUniform(plan, task), TrainerDevice.RecordOf(TrainingBackend.Choose(new("canonical"))), 640);
        Assert.True(ManifestRules.TryParse(candidate.Manifest, out var manifest));
        Assert.Equal(candidate.Blob.Hash, BlobManifest.HashOf(manifest.ModelBytes, [.. manifest.Chunks.Select(chunk => Hash256.FromBytes(chunk.Span))]));
        Assert.Equal(candidate.Blob.Hash, BlobManifest.Of(candidate.Checkpoint).Hash);
        Assert.Equal(plan.Tensors.Select(tensor => tensor.Name), manifest.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(plan.ParameterCount, manifest.Tensors.Sum(tensor => tensor.Shape.Aggregate(1, (product, extent) => product * (int)extent)));
        Assert.Equal(("cpu", true), (manifest.Device.Kind, manifest.Device.Name.Length > 0));
        Assert.True(Checkpoint.TryRead(candidate.Checkpoint, plan, out _, out _));
    }

    [Fact]
    public void ATenthOfTheTrainingSetIsNeverTrainedOn()
    {
        var all = SmallImages.MakeDataset(200, 1);
        var (learning, measuring) = TrainerData.Split(all, Hash256.Sha256([1]));
        Assert.Equal((180, 20), (learning.Count, measuring.Count));
        var parts = Hashes(learning).Concat(Hashes(measuring)).Order();
        Assert.Equal(Hashes(all).Order(), parts);
        Assert.NotEqual(Hashes(measuring), Hashes(TrainerData.Split(all, Hash256.Sha256([2])).Measuring));
    }

    [Fact]
    public void NoTwoTrainersTasksRoundsOrAttemptsDrawAlike()
    {
        var (ann, bob) = (PrivateKey.FromSeed(Hash256.Sha256([1])).Address, PrivateKey.FromSeed(Hash256.Sha256([2])).Address);
        var seeds = new List<Hash256>();
        foreach (var trainer in new[] { ann, bob })
            foreach (var task in new[] { Hash256.Sha256([3]), Hash256.Sha256([4]) })
            {
                var own = new TrainerSeeds(trainer, task);
                seeds.AddRange([own.Split, own.Measuring(1), own.Measuring(2), own.Batches(1, 0), own.Batches(1, 1), own.Batches(2, 0)]);
            }

        Assert.Equal(seeds.Count, seeds.Distinct().Count());
    }

    private static Hash256[] Hashes(Dataset dataset) => [.. Enumerable.Range(0, dataset.Count).Select(dataset.SampleHash)];

    private static PendingReveal Pending()
    {
        var producer = PrivateKey.FromSeed(Hash256.Sha256([1]));
        var manifest = new CandidateManifest { ModelBytes = 5 };
        var candidate = new TrainerCandidate([1, 2, 3], BlobManifest.Of([1, 2, 3]), Google.Protobuf.MessageExtensions.ToByteArray(manifest), [9, 8]);
        return PendingReveal.Make(Hash256.Sha256([7]), 12, producer.Address, candidate);
    }

    private string In(string name) => Path.Combine(_folder, name);
}
