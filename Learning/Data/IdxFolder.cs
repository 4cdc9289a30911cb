using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// A training set and a test set as MNIST's kin are handed out: four IDX files of one folder. Each set has as many classes as its labels tell, so
/// that whoever has the same samples finds the same number.
/// </summary>
public sealed record IdxFolder(Dataset Training, Dataset Test)
{
    public static bool IsThere(string folder) => File.Exists(Images(folder, "train"));

    /// <exception cref="OperatorException">The files are missing or damaged.</exception>
    public static IdxFolder Load(string folder) => new(LoadPart(folder, "train"), LoadPart(folder, "t10k"));

    private static string Images(string folder, string part) => Path.Combine(folder, $"{part}-images-idx3-ubyte.gz");

    private static Dataset LoadPart(string folder, string part)
    {
        byte[] images, labels;
        try
        {
            images = File.ReadAllBytes(Images(folder, part));
            labels = File.ReadAllBytes(Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new OperatorException($"{folder} has no {part}-images-idx3-ubyte.gz and {part}-labels-idx1-ubyte.gz: for Fashion-MNIST install Debian's package {FashionMnist.Package}", exception);
        }
        return IdxReader.TryRead(images, labels, null, out var dataset, out var error)
            ? dataset
            : throw new OperatorException($"{folder}/{part}-* is damaged ({error}): fetch it again; Fashion-MNIST is in Debian's package {FashionMnist.Package}");
    }
}
