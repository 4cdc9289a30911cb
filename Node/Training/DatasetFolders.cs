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
        foreach (var task in genesis.Tasks)
            if (task.EvaluationSource == GenesisTask.Generator && task.EvaluationSet != DigitsAndLetters.Instance.Root)
                throw new OperatorException($"genesis: tasks.evaluation_set: {task.Name} is judged by a generator that this program does not have: it has {DigitsAndLetters.Name}, {DigitsAndLetters.Instance.Root}");
        if (genesis.Tasks.All(task => task.EvaluationSource == GenesisTask.Generator)) return;
        foreach (var folder in folders)
            if (!FashionMnist.IsInstalled(folder))
                throw new OperatorException($"config: datasets: folders with train-images-idx3-ubyte.gz and its kin wanted, {folder} has none: install Debian's package dataset-fashion-mnist or change the list");
    }

    /// <exception cref="OperatorException">A folder holds no data sets.</exception>
    public static IReadOnlyList<ISampleSource> Load(IEnumerable<string> folders)
    {
        var datasets = new List<ISampleSource> { DigitsAndLetters.Instance }; // it is in the program, not in a folder
        foreach (var folder in folders.Where(FashionMnist.IsInstalled)) // who wants a set that is not here says which
        {
            var both = FashionMnist.Load(folder);
            datasets.Add(both.Training);
            datasets.Add(both.Test);
        }

        return datasets;
    }
}
