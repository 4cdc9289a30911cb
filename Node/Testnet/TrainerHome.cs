using NeuroChain.Chain;

namespace NeuroChain.Node;

internal static class TrainerHome
{
    public static PrivateKey Make(string folder, string node)
    {
        Directory.CreateDirectory(folder);
        return PrivateKey.Generate();
    }
}
