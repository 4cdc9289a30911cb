using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>
/// What a test network learns: to tell the pictures of Fashion-MNIST apart, with a small network that begins where a seed says. Beside it stands a
/// task on generated digits and letters, which a trainer takes whose settings name it.
/// </summary>
internal static class TestnetTask
{
    /// <summary>Three rounds or so: a test network shows soon how the required gain follows.</summary>
    private const ulong TargetRoundBlocks = 20;

    /// <summary>The chain's document with the two data sets and the task.</summary>
    /// <param name="genesis">All else.</param>
    /// <param name="training">Fashion-MNIST's samples to learn from.</param>
    /// <param name="test">Those to measure with.</param>
    /// <param name="seed">Makes the first model.</param>
    public static GenesisDocument AddTo(GenesisDocument genesis, Dataset training, Dataset test, Hash256 seed)
    {
        var generator = DigitsAndLetters.Instance;
        var supplier = genesis.Validators[0].Address;
        return genesis with
        {
            Datasets =
            [
                new GenesisDataset("Fashion-MNIST, training", training.Root, (uint)training.Count, supplier),
                new GenesisDataset("Fashion-MNIST, test", test.Root, (uint)test.Count, supplier),
                new GenesisDataset(DigitsAndLetters.Name, generator.Root, (uint)generator.Count, supplier),
            ],
            Tasks =
            [
                Task("fashion-mnist", ModelSpec.SmallConvolutional(), training.Root, test.Root, GenesisTask.PublicHoldOut, seed),
                Task(
                    "digits-letters", ModelSpec.SmallConvolutional(classes: DigitsAndLetters.Classes), generator.Root, generator.Root, GenesisTask.Generator, seed),
            ],
        };
    }

    // 1 % of the loss.
    private static GenesisTask Task(string name, ModelSpec spec, Hash256 training, Hash256 evaluation, string source, Hash256 seed) =>
        NewTask.Of(name, spec, training, evaluation, source, 10_000, seed, TargetRoundBlocks);
}
