using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>What samples are drawn from: the data sets of the folders that the configuration names, and the generators.</summary>
internal static class DatasetFolders
{
    /// <summary>
    /// Looks whether the files are there, without reading them, and whether the program has the generators that the tasks name: better now than
    /// when the first attestation is due.
    /// </summary>
    /// <exception cref="OperatorException">A folder holds no data sets, or a generator is of another version of the program.</exception>
    public static void Require(GenesisDocument genesis, IEnumerable<string> folders)
    {
        RequireGenerator(genesis);
        if (genesis.Tasks.All(task => task.EvaluationSource == GenesisTask.Generator && task.TrainingSet == task.EvaluationSet)) return;
        foreach (var folder in folders)
            if (!IdxFolder.IsThere(folder))
                throw new OperatorException($"config: datasets: folders with train-images-idx3-ubyte.gz and its kin wanted, {folder} has none: install Debian's package {FashionMnist.Package} or change the list");
    }

    /// <summary>Under a generator's name there is nothing but what the generator paints: all of it, and for models that take it.</summary>
    /// <exception cref="OperatorException">A generator is of another version of the program, or a model does not take what it paints.</exception>
    public static void RequireGenerator(GenesisDocument genesis)
    {
        var generator = DigitsAndLetters.Instance;
        foreach (var set in genesis.Datasets)
            if (set.Root == generator.Root && set.Samples != (uint)generator.Count)
                throw new OperatorException($"genesis: datasets.samples: {DigitsAndLetters.Name} has {generator.Count}, not {set.Samples}");
        foreach (var task in genesis.Tasks)
        {
            var isGenerator = task.EvaluationSource == GenesisTask.Generator;
            if (isGenerator && task.EvaluationSet != generator.Root)
                throw new OperatorException($"genesis: tasks.evaluation_set: {task.Name} is judged by a generator that this program does not have: it has {DigitsAndLetters.Name}, {generator.Root}");
            if (!isGenerator && task.EvaluationSet == generator.Root)
                throw new OperatorException($"genesis: tasks.evaluation_source: {task.Name} is judged by {DigitsAndLetters.Name}, which is a \"{GenesisTask.Generator}\", no \"{task.EvaluationSource}\"");
            if (task.EvaluationSet != generator.Root && task.TrainingSet != generator.Root) continue;
            var plan = InitialModels.SpecOf(task).Plan;
            if (plan.Input != DigitsAndLetters.Shape)
                throw new OperatorException($"genesis: tasks.model: {DigitsAndLetters.Name} gives images of {DigitsAndLetters.Shape}, the model of {task.Name} takes {plan.Input}");
            if (plan.Classes != DigitsAndLetters.Classes)
                throw new OperatorException($"genesis: tasks.model: {DigitsAndLetters.Name} has {DigitsAndLetters.Classes} classes, the model of {task.Name} {plan.Classes}");
        }
    }

    /// <exception cref="OperatorException">A folder holds no data sets.</exception>
    public static IReadOnlyList<ISampleSource> Load(IEnumerable<string> folders)
    {
        var datasets = new List<ISampleSource> { DigitsAndLetters.Instance }; // it is in the program, not in a folder
        foreach (var folder in folders.Where(IdxFolder.IsThere)) // who wants a set that is not here says which
        {
            var both = IdxFolder.Load(folder);
            datasets.Add(both.Training);
            datasets.Add(both.Test);
        }

        return datasets;
    }
}
