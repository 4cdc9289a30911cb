using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>The data sets of the folders that the configuration names.</summary>
internal static class DatasetFolders
{
    /// <summary>Looks whether the files are there, without reading them: better now than when the first attestation is due.</summary>
    /// <exception cref="OperatorException">A folder holds no data sets.</exception>
    public static void Require(IEnumerable<string> folders)
    {
        foreach (var folder in folders)
            if (!FashionMnist.IsInstalled(folder))
                throw new OperatorException($"config: datasets: folders with train-images-idx3-ubyte.gz and its kin wanted, {folder} has none: install Debian's package dataset-fashion-mnist or change the list");
    }

    /// <exception cref="OperatorException">A folder holds no data sets.</exception>
    public static IReadOnlyList<Dataset> Load(IEnumerable<string> folders)
    {
        var datasets = new List<Dataset>();
        foreach (var folder in folders)
        {
            var both = FashionMnist.Load(folder);
            datasets.Add(both.Training);
            datasets.Add(both.Test);
        }

        return datasets;
    }
}
