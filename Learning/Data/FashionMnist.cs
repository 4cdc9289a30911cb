using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// Zalando's Fashion-MNIST (arXiv 1708.07747): 60,000 training and 10,000 test images of clothes, 28x28, ten classes; installed by
/// Debian's package dataset-fashion-mnist.
/// </summary>
public sealed record FashionMnist(Dataset Training, Dataset Test)
{
    public const string DefaultFolder = "/usr/share/datasets/fashion-mnist";

    private const int Classes = 10;

    public static bool IsInstalled(string folder = DefaultFolder) => File.Exists(Path.Combine(folder, "train-images-idx3-ubyte.gz"));

    /// <exception cref="OperatorException">The files are missing or damaged.</exception>
    public static FashionMnist Load(string folder = DefaultFolder) => new(LoadPart(folder, "train"), LoadPart(folder, "t10k"));

    private static Dataset LoadPart(string folder, string part)
    {
        byte[] images, labels;
        try
        {
            images = File.ReadAllBytes(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"));
            labels = File.ReadAllBytes(Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new OperatorException($"Fashion-MNIST is not in {folder}: install Debian's package dataset-fashion-mnist", exception);
        }
        return IdxReader.TryRead(images, labels, Classes, out var dataset, out var error)
            ? dataset
            : throw new OperatorException($"{folder}/{part}-* is damaged ({error}): reinstall Debian's package dataset-fashion-mnist");
    }
}
