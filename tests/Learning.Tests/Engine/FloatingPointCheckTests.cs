using System.Runtime.CompilerServices;
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
        var seen = true;
        var thread = new Thread(() => seen = IsStandardUnder(flags));
        thread.Start();
        thread.Join();
        Assert.False(seen);
        Assert.True(FloatingPointCheck.IsStandard());
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

    // Threads inherit the mode of the thread that makes them, and the runtime makes threads whenever it likes. So nothing but the check runs
    // in the switched mode, and everything is compiled before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe bool IsStandardUnder(uint flags)
    {
        // fenv_t of x86-64: 28 bytes of the old unit's state, then MXCSR.
        uint* standard = stackalloc uint[8], switched = stackalloc uint[8];
        if (fegetenv(standard) != 0 || fegetenv(switched) != 0 || fesetenv(standard) != 0 || !FloatingPointCheck.IsStandard())
            throw new InvalidOperationException("the mode was not the standard one to begin with");
        switched[7] |= flags;
        _ = fesetenv(switched);
        var result = FloatingPointCheck.IsStandard();
        _ = fesetenv(standard);
        return result;
    }

    [DllImport("libm.so.6")]
    private static extern unsafe int fegetenv(uint* environment);

    [DllImport("libm.so.6")]
    private static extern unsafe int fesetenv(uint* environment);
}
