using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace NeuroChain.Learning.Torch;

/// <summary>
/// libneurochain_torch.so and what it stands on. It is optional, made by tools/torch/build.sh, and looked for once a process: where the variable
/// NEUROCHAIN_TORCH says, beside the program, or in the folder torch of the artifacts that the program is part of.
/// </summary>
public static class TorchLibrary
{
    /// <summary>The path of the library's file; a file that is named and cannot be loaded is told, not passed over.</summary>
    public const string Variable = "NEUROCHAIN_TORCH";

    private const string FileName = "libneurochain_torch.so";
    private const int TextBytes = 256;

    private static readonly Lazy<(nint Library, string Why)> Loaded = new(Load);

    /// <summary>Whether libtorch can be used.</summary>
    /// <param name="why">Why not, in a sentence that says what to do.</param>
    public static bool IsAvailable([NotNullWhen(false)] out string? why)
    {
        why = Loaded.Value.Library == 0 ? Loaded.Value.Why : null;
        return why is null;
    }

    /// <summary>libtorch's version, of the headers that the library was built with.</summary>
    public static unsafe string Version
    {
        get
        {
            var text = stackalloc byte[TextBytes];
            TorchNative.Check(TorchNative.Version(text, TextBytes));
            return Read(text);
        }
    }

    /// <summary>Native objects that were not given back yet, of all threads.</summary>
    public static long LiveHandles => TorchNative.Live();

    /// <summary>The CUDA devices that libtorch sees; none where it was built without CUDA.</summary>
    public static unsafe IReadOnlyList<CudaDevice> CudaDevices()
    {
        TorchNative.Check(TorchNative.CudaDevices(out var count));
        var devices = new List<CudaDevice>();
        var texts = stackalloc byte[3 * TextBytes];
        for (var i = 0; i < count; i++)
        {
            TorchNative.Check(TorchNative.CudaDevice(i, texts, texts + TextBytes, texts + (2 * TextBytes), TextBytes, out var memory));
            devices.Add(new CudaDevice(i, Read(texts), Read(texts + TextBytes), Read(texts + (2 * TextBytes)), memory));
        }
        return devices;
    }

    /// <summary>Threads of an operation on the processor.</summary>
    public static void SetThreads(int threads) => TorchNative.Check(TorchNative.SetThreads(threads));

    /// <summary>Whether products in single precision on CUDA may be rounded to TF32's 10 bits of fraction. libtorch allows it for convolutions.</summary>
    public static void AllowTf32(bool allow) => TorchNative.Check(TorchNative.AllowTf32(allow ? 1 : 0));

    /// <summary>Waits until the device has done what it was given.</summary>
    public static void Synchronize(Device device) => TorchNative.Check(TorchNative.Synchronize(device.Index));

    /// <exception cref="DllNotFoundException">It is not available; the sentence says why.</exception>
    internal static nint Handle => IsAvailable(out var why) ? Loaded.Value.Library : throw new DllNotFoundException(why);

    private static unsafe (nint Library, string Why) Load()
    {
        var tried = new List<string>();
        var why = "";
        foreach (var path in Candidates())
        {
            if (!File.Exists(path))
            {
                tried.Add(path);
                continue;
            }
            try
            {
                var library = NativeLibrary.Load(path);
                var abi = ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "nct_abi"))();
                return abi == TorchNative.Abi
                    ? (library, "")
                    : (0, $"{path} has the interface {abi}, this program wants {TorchNative.Abi}: build it anew with tools/torch/build.sh");
            }
            catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
            {
                why = $"{path} cannot be loaded ({failure.Message.ReplaceLineEndings(" ")}): build it anew with tools/torch/build.sh";
                break;
            }
        }
        return (0, why.Length > 0 ? why : $"there is no {string.Join(" and no ", tried)}: tools/torch/build.sh builds it");
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            yield return Path.GetFullPath(named);
            yield break;
        }
        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        for (var folder = Directory.GetParent(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (folder.Name == "artifacts")
                yield return Path.Combine(folder.FullName, "torch", FileName);
    }

    private static unsafe string Read(byte* text) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
}
