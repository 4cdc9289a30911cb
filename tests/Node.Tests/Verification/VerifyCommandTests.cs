using NeuroChain.Chain;
using NeuroChain.EndToEnd;

namespace NeuroChain.Node.Tests;

/// <summary>The command over a home on the disk, as a stopped node leaves it.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-test-").FullName;
    private readonly NodeHome _home;
    private readonly ulong _termLed;
    private readonly ulong _last;

    public VerifyCommandTests()
    {
        _home = new NodeHome(_folder);
        Directory.CreateDirectory(_home.DataFolder);
        using var store = RocksStore.Open(_home.StoreFolder, ChainStore.Columns);
        var chain = new TrainedChain(store);
        chain.RunRound([chain.Train(200)]);
        var certified = chain.State.Height.Value;
        chain.StepTo(certified + 6);
        _last = chain.State.Height.Value;
        _termLed = Enumerable.Range(1, 6).Select(i => certified + (ulong)i).First(height => chain.Chain.Get(new Height(height))!.Block.TrainingProof is not null);
        File.WriteAllBytes(_home.GenesisFile, chain.Genesis.ToJson());
        IdxFiles.WriteFolder(_home.In("images"), chain.Training, chain.Evaluation);
        new NodeOptions { Datasets = [_home.In("images")] }.Save(_home.ConfigFile);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AVerifiedChainExitsWithZeroAndSaysWhatItDerived()
    {
        using var output = new StringWriter();
        Assert.Equal(0, VerifyCommand.Training(_home, Height.First, new Height(ulong.MaxValue), output));
        var lines = output.ToString().Split('\n');
        Assert.Contains(lines, line => line.Contains("digits", StringComparison.Ordinal) && line.EndsWith("derived again", StringComparison.Ordinal));
        Assert.Contains($"blocks        {_last} of {_last} replayed from genesis: 3 led by terms, {_last - 3} by caretakers", lines);
        Assert.Contains("verified      yes", lines);
    }

    /// <summary>Another folder, another vector width, another number of threads: the same bits, and so the same words.</summary>
    [Fact]
    public void AnotherMachineDerivesTheSame()
    {
        var copy = Directory.CreateTempSubdirectory("neurochain-test-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(_folder, "*", SearchOption.AllDirectories))
            {
                var to = Path.Combine(copy, Path.GetRelativePath(_folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }

            var other = new NodeHome(copy);
            new NodeOptions { Datasets = [other.In("images")], EvaluationPath = "scalar", EvaluationThreads = 3 }.Save(other.ConfigFile);
            using var here = new StringWriter();
            using var there = new StringWriter();
            Assert.Equal(0, VerifyCommand.Training(_home, Height.First, new Height(ulong.MaxValue), here));
            Assert.Equal(0, VerifyCommand.Training(other, Height.First, new Height(ulong.MaxValue), there));
            Assert.Equal(here.ToString(), there.ToString());
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public void WhatIsMissingIsSaidAndExitsWithOne()
    {
        new NodeOptions { Datasets = [] }.Save(_home.ConfigFile);
        using var output = new StringWriter();
        Assert.Equal(1, VerifyCommand.Training(_home, Height.First, new Height(ulong.MaxValue), output));
        Assert.Contains("DatasetMissing", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("verified      NO", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ATermLedBlockProvesItsElectionAndDeclaresItsDevice()
    {
        using var output = new StringWriter();
        Assert.Equal(0, VerifyCommand.Block(_home, new Height(_termLed), output));
        var text = output.ToString();
        Assert.Contains("4 of 4 power attested in training round 1", text, StringComparison.Ordinal);
        Assert.Contains("declared      device: cpu, a processor, uuid u-1", text, StringComparison.Ordinal);
        Assert.Contains("declared      device evidence: declared\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ACaretakerBlockProvesItsFinalityOnly()
    {
        using var output = new StringWriter();
        Assert.Equal(0, VerifyCommand.Block(_home, Height.First, output));
        Assert.Contains("caretaker", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ABlockThatIsNotThereIsSaid()
    {
        using var output = new StringWriter();
        Assert.Equal(1, VerifyCommand.Block(_home, new Height(_last + 1), output));
        Assert.Contains("BlockMissing", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AStoreInUseIsTheOperatorsToClose()
    {
        using var running = RocksStore.Open(_home.StoreFolder, ChainStore.Columns);
        var refused = Assert.Throws<OperatorException>(() => VerifyCommand.Block(_home, Height.First, TextWriter.Null));
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMistypedHomeIsNotMade()
    {
        var home = new NodeHome(_home.In("elsewhere"));
        Directory.CreateDirectory(home.Path);
        File.Copy(_home.GenesisFile, home.GenesisFile);
        Assert.Throws<OperatorException>(() => VerifyCommand.Block(home, Height.First, TextWriter.Null));
        Assert.False(Directory.Exists(home.DataFolder));
    }
}
