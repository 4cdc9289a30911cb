using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>Names of the ways in which the engine can compute. All give the same bits.</summary>
internal static class EvaluationPath
{
    public const string Auto = "auto";

    /// <summary>False for a text that names none; null is the fastest that the processor has.</summary>
    public static bool TryParse(string text, out KernelPath? path)
    {
        path = text switch
        {
            "scalar" => KernelPath.Scalar,
            "256" => KernelPath.Vector256,
            "512" => KernelPath.Vector512,
            _ => null,
        };
        return path is not null || text == Auto;
    }

    public static string NameOf(KernelPath? path) => path switch
    {
        KernelPath.Scalar => "scalar",
        KernelPath.Vector256 => "256",
        KernelPath.Vector512 => "512",
        _ => Auto,
    };
}
