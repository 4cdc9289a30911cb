using System.Diagnostics;

namespace NeuroChain.Bridge.Tests;

public sealed class ArtifactTests
{
    [Fact]
    public async Task TheCommittedArtifactsAreWhatTheCompilerMakes()
    {
        var start = new ProcessStartInfo("node", ["Bridge/tools/compile.js", "--check"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var compiler = Process.Start(start)!;
        var errors = compiler.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await compiler.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await compiler.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(compiler.ExitCode == 0, output + await errors);
    }
}
