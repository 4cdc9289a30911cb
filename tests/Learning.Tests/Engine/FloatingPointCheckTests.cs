using System.Runtime.InteropServices;
using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class FloatingPointCheckTests
{
    private const uint FlushToZero = 0x8000;
    private const uint SubnormalsAreZero = 0x0040;
    private const uint RoundUp = 0x4000;
    private const uint RoundToZero = 0x6000;

    [Fact]
    public void AThreadInTheStandardModePasses() => FloatingPointCheck.Demand();

    [Theory]
    [InlineData(FlushToZero)]
    [InlineData(SubnormalsAreZero)]
    [InlineData(RoundUp)]
    [InlineData(RoundToZero)]
    public void AThreadThatALibraryHasSwitchedIsRefused(uint flags)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !OperatingSystem.IsLinux())
            Assert.Skip("the mode is switched through glibc's floating-point environment of x86-64");
        Exception? seen = null;
        var thread = new Thread(() =>
        {
            Switch(flags);
            seen = Record.Exception(FloatingPointCheck.Demand);
        });
        thread.Start();
        thread.Join();
        Assert.IsType<OperatorException>(seen);
    }

    [Fact]
    public void AFailureOnAWorkersThreadReachesTheCaller()
    {
        using var team = new WorkerTeam(3);
        var failure = Assert.Throws<InvalidOperationException>(() => team.Run(worker =>
        {
            if (worker == 2) throw new InvalidOperationException("of worker 2");
        }));
        Assert.Equal("of worker 2", failure.Message);
        var ran = new bool[3];
        team.Run(worker => ran[worker] = true);
        Assert.Equal([true, true, true], ran);
    }

    private static unsafe void Switch(uint flags)
    {
        // fenv_t of x86-64: 28 bytes of the old unit's state, then MXCSR.
        var environment = stackalloc uint[8];
        Assert.Equal(0, fegetenv(environment));
        environment[7] |= flags;
        Assert.Equal(0, fesetenv(environment));
    }

    [DllImport("libm.so.6")]
    private static extern unsafe int fegetenv(uint* environment);

    [DllImport("libm.so.6")]
    private static extern unsafe int fesetenv(uint* environment);
}
