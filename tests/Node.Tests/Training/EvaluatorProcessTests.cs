using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node.Tests;

/// <summary>The process in which a validator evaluates, started for real.</summary>
public sealed class EvaluatorProcessTests
{
    private const int Stop = 19, Continue = 18;

    private static readonly DigitsAndLetters Generator = DigitsAndLetters.Instance;
    private static readonly ModelSpec Spec = ModelSpec.SmallConvolutional(classes: DigitsAndLetters.Classes);

    [Fact]
    public async Task ItAnswersWithTheBitsOfAnyOtherEvaluator()
    {
        using var process = new EvaluatorProcess(Settings(2_048), NullLogger.Instance);
        var report = await process.EvaluateAsync(Request(16), TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        var here = new Evaluator([Generator], new EngineOptions(1, KernelPath.Scalar)).Evaluate(Request(16));
        Assert.Equal(here!.Encode(), report.Report!.Encode());
    }

    /// <summary>What waits behind another has its own time: that of the incumbent bounds the candidates.</summary>
    [Fact]
    public async Task TheTimeIsThatOfTheEvaluationAlone()
    {
        using var process = new EvaluatorProcess(Settings(2_048), NullLogger.Instance);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var first = process.EvaluateAsync(Request(4_000), TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        var second = process.EvaluateAsync(Request(4), TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        var (before, behind) = ((await first).Took, (await second).Took);
        Assert.True(before + behind <= System.Diagnostics.Stopwatch.GetElapsedTime(began));
        Assert.InRange(behind, TimeSpan.FromTicks(1), before / 2);
    }

    [Fact]
    public async Task OneThatTakesTooLongIsEndedAndTheNextOneAnswers()
    {
        using var process = new EvaluatorProcess(Settings(2_048), NullLogger.Instance);
        Assert.Equal(EvaluatorFault.TooLong, (await process.EvaluateAsync(Request(4_000), TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken)).Fault);
        Assert.NotNull((await process.EvaluateAsync(Request(2), TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken)).Report);
    }

    [Fact]
    public async Task OneThatHoldsTooMuchMemoryIsEnded()
    {
        // No .NET process is as small as that; the request is long enough to be looked at.
        using var process = new EvaluatorProcess(Settings(1), NullLogger.Instance);
        Assert.Equal(EvaluatorFault.TooMuchMemory, (await process.EvaluateAsync(Request(20_000), TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken)).Fault);
    }

    /// <summary>
    /// Whose fault an end is: who is killed is wanted away by the system or an operator; a process that ends itself, as where its runtime or its memory is broken, was
    /// brought to it by what it evaluated. The next request has a new one in any case.
    /// </summary>
    [Theory]
    [InlineData(9, nameof(EvaluatorFault.Killed))]
    [InlineData(6, nameof(EvaluatorFault.NoAnswer))] // what abort() sends
    public async Task WhatEndsItDuringARequestDecidesWhoseFaultThatIs(int signal, string fault)
    {
        using var process = new EvaluatorProcess(Settings(2_048), NullLogger.Instance);
        Assert.Null(process.ProcessId);
        Assert.NotNull((await process.EvaluateAsync(Request(2), TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken)).Report);
        var child = process.ProcessId!.Value;
        Assert.Equal(0, Send(child, Stop)); // so it does not answer before it is told to end; and it has much to do
        var asked = process.EvaluateAsync(Request(20_000), TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(0, Send(child, signal));
        _ = Send(child, Continue); // who was killed may be gone
        // abort(), too, sends it again to a process that lives on: the runtime takes the first one, and has left the second to the system.
        while (await Task.WhenAny(asked, Task.Delay(20, TestContext.Current.CancellationToken)) != asked) _ = Send(child, signal);
        Assert.Equal(Enum.Parse<EvaluatorFault>(fault), (await asked).Fault);
        Assert.Null(process.ProcessId);
        Assert.NotNull((await process.EvaluateAsync(Request(2), TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken)).Report);
        Assert.NotEqual(child, process.ProcessId);
    }

    [Theory]
    [InlineData(512, 256)]
    [InlineData(1_024, 512)]
    [InlineData(2_048, 1_536)]
    [InlineData(65_536, 65_024)]
    public void TheHeapFollowsTheMemoryThatItMayTake(int memoryMb, int heapMb) => Assert.Equal((long)heapMb << 20, EvaluatorProcess.HeapBytes((long)memoryMb << 20));

    [Fact]
    public void ResidentMemoryIsReadFromTheSystem()
    {
        Assert.Equal(1234 * 1024, ResidentMemory.Parse("VmRSS:\t    1234 kB"));
        Assert.Null(ResidentMemory.Parse("VmSize:\t    1234 kB"));
        Assert.Null(ResidentMemory.Parse("VmRSS:\t    -1 kB"));
        Assert.InRange(ResidentMemory.Of(Environment.ProcessId)!.Value, 1 << 20, 1L << 40);
        Assert.Null(ResidentMemory.Of(int.MaxValue));
    }

    [Theory]
    [InlineData("auto", null)]
    [InlineData("scalar", KernelPath.Scalar)]
    [InlineData("256", KernelPath.Vector256)]
    [InlineData("512", KernelPath.Vector512)]
    public void PathsHaveNames(string name, KernelPath? path)
    {
        Assert.True(EvaluationPath.TryParse(name, out var parsed));
        Assert.Equal((path, name), (parsed, EvaluationPath.NameOf(path)));
        Assert.False(EvaluationPath.TryParse("avx", out _));
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Send(int process, int signal);

    private static EvaluatorSettings Settings(int memoryMb) => new([], new EngineOptions(1), (long)memoryMb << 20);

    private static EvaluationRequest Request(int samples)
    {
        var seed = Hash256.Sha256([1]);
        var draw = new DrawnSamples(seed, SampleDraw.Draw(seed, samples, Generator.Count));
        return new EvaluationRequest(Generator.Root, Spec.CanonicalJson.ToArray(), InitialModels.Make(Spec, Hash256.Sha256([2]))) { Draws = [draw], LogitSamples = 4 };
    }
}
