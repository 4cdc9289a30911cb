using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>The data sets of the folders that the configuration names.</summary>
internal static class DatasetFolders
{
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
