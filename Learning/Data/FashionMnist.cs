namespace NeuroChain.Learning;

/// <summary>
/// Zalando's Fashion-MNIST (arXiv 1708.07747): 60,000 training and 10,000 test images of clothes, 28x28, ten classes; installed by
/// Debian's package dataset-fashion-mnist.
/// </summary>
public static class FashionMnist
{
    public const string Folder = "/usr/share/datasets/fashion-mnist";

    public const string Package = "dataset-fashion-mnist";

    public static bool IsInstalled => IdxFolder.IsThere(Folder);

    /// <inheritdoc cref="IdxFolder.Load"/>
    public static IdxFolder Load() => IdxFolder.Load(Folder);
}
