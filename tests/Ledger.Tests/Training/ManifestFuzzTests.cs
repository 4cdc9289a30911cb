using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class ManifestFuzzTests
{
    [Fact]
    public void NoBytesMakeTheManifestRulesFail()
    {
        var world = new TrainingWorld();
        var task = TrainingQueries.Task(world, world.Task)!;
        var whole = TestCandidate.Make(world, 1).ManifestBytes;
        var stream = new SeededStream(5);
        var parsed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToArray();
            for (var flips = 1 + stream.NextBelow(3); flips > 0; flips--) bytes[(int)stream.NextBelow((ulong)bytes.Length)] ^= (byte)(1 + stream.NextBelow(255));
            if (i % 4 == 0) bytes = bytes[..(int)stream.NextBelow((ulong)bytes.Length)];
            if (i % 4 == 1) stream.Fill(bytes);
            if (!ManifestRules.TryParse(bytes, out var manifest)) continue;
            parsed++;
            Assert.Equal(bytes, manifest.ToByteArray());
            _ = ManifestRules.Check(world, task, manifest, "any");
        }

        Assert.InRange(parsed, 100, 15_000);
    }
}
