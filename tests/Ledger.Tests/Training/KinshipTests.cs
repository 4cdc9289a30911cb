using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

public sealed class KinshipTests
{
    /// <summary>
    /// Sixteen models back from each that is declared, also from one that the walk from another has met at its end: who names an older ancestor is not taken
    /// for a thief of what that came from.
    /// </summary>
    [Fact]
    public void TheLineageOfEachDeclaredModelIsWalkedToItsEnd()
    {
        var world = new TrainingWorld();
        world.Take(world.Commit(TestCandidate.Make(world, 1)));
        world.Block([], after: context =>
        {
            for (var i = 1; i <= 40; i++)
                new ModelRecord(Model(i), world.Task, (ulong)i, context.Height, Model(i - 1), Hash256.Zero, Address.Zero, Address.Zero).Store(context.State);
            foreach (var i in new[] { 7, 8, 20, 23, 24 }) RecentModels.Add(context.State, world.Task, Model(i));
        });

        Assert.Equal([24], Ancestors(40));
        Assert.Equal([8, 20, 23, 24], Ancestors(40, 24)); // the walk from 40 ends at 24
        Assert.Equal([8, 20, 23, 24], Ancestors(24));

        int[] Ancestors(int parent, params int[] others)
        {
            var manifest = new CandidateManifest { Parent = TrainingWorld.Bytes(Model(parent).Value) };
            manifest.Ancestors.AddRange(others.Select(i => TrainingWorld.Bytes(Model(i).Value)));
            var kin = Kinship.Of(world, world.Round!, manifest).Where(one => one.IsAncestor).Select(one => one.Model).ToHashSet();
            return [.. new[] { 7, 8, 20, 23, 24 }.Where(i => kin.Contains(Model(i)))];
        }
    }

    private static BlobHash Model(int number) => new(Hash256.Sha256([88, (byte)number]));
}
