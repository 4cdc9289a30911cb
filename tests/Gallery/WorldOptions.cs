using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Gallery;

/// <summary>What a world begins with.</summary>
/// <param name="Validators">How many, of equal power, each with a bond of <see cref="World.Bond"/>.</param>
internal sealed record WorldOptions(int Validators)
{
    /// <summary>Switches a defence off, or makes a window shorter.</summary>
    public Func<TrainingParameters, TrainingParameters> Change { get; init; } = parameters => parameters;

    /// <summary>What all train on.</summary>
    public Dataset Training { get; init; } = Pictures.Clean(600, 1);

    /// <summary>What candidates are judged on: a stored set, or one that is painted under the seed of each draw.</summary>
    public ISampleSource Evaluation { get; init; } = Pictures.Clean(600, 2);

    /// <summary>Known ones, that no candidate may answer to.</summary>
    public IReadOnlyList<GenesisTrigger> Triggers { get; init; } = [];

    /// <summary>Units of the model's only hidden layer.</summary>
    public int Hidden { get; init; } = 16;
}
