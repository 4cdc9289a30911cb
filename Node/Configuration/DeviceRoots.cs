using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Certificates of makers of devices that the operator trusts, in PEM files.</summary>
internal static class DeviceRoots
{
    private const int BytesMax = 1 << 20;

    /// <exception cref="OperatorException">A file is not there, or has no certificate.</exception>
    public static X509Certificate2Collection Load(IEnumerable<string> files)
    {
        var roots = new X509Certificate2Collection();
        foreach (var file in files)
        {
            var before = roots.Count;
            try
            {
                if (new FileInfo(file).Length > BytesMax) throw new OperatorException($"config: device_roots: {file} is larger than {BytesMax} bytes");
                roots.ImportFromPemFile(file);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new OperatorException($"config: device_roots: {file}: {failure.Message}", failure);
            }

            if (roots.Count == before) throw new OperatorException($"config: device_roots: {file} has no certificate in PEM form");
        }

        return roots;
    }
}
