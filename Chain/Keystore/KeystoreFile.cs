using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using System.Text;

namespace NeuroChain.Chain;

/// <summary>Key files on the disk: readable by their owner alone, whole or not there, and never written over.</summary>
public static class KeystoreFile
{
    /// <summary>Writes a new key file with mode 0600; on the disk on return. Its folder is made where it is missing.</summary>
    /// <exception cref="OperatorException">A file of that name is there, or the folder cannot be written.</exception>
    public static void Save(string path, PrivateKey key, string password, ScryptCost cost)
    {
        path = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(path) ?? throw new OperatorException($"{path} is no path of a file");
        RefuseToOverwrite(path);
        var text = Keystore.Encrypt(key, password, cost);
        var draft = $"{path}.{Guid.NewGuid():n}.new";
        try
        {
            if (OperatingSystem.IsWindows()) throw new OperatorException("key files need the permissions of a Unix file system");
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            WriteDraft(draft, text);
            RefuseToOverwrite(path);
            File.Move(draft, path, overwrite: false);
            PosixDirectory.Flush(folder);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"the key file {path} cannot be written: {denied.Message.ReplaceLineEndings(" ")}", denied);
        }
        finally
        {
            if (File.Exists(draft)) File.Delete(draft);
        }
    }

    /// <exception cref="OperatorException">There is no such file, or it may not be read.</exception>
    public static bool TryLoad(string path, string password, [NotNullWhen(true)] out PrivateKey? key, out KeystoreFault fault)
    {
        key = null;
        byte[] json;
        try
        {
            using var file = File.OpenRead(path);
            json = new byte[KeystoreDocument.SizeMax + 1];
            json = json[..file.ReadAtLeast(json, json.Length, throwOnEndOfStream: false)];
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"the key file {path} cannot be read: {denied.Message.ReplaceLineEndings(" ")}", denied);
        }

        return Keystore.TryDecrypt(json, password, out key, out fault);
    }

    [UnsupportedOSPlatform("windows")]
    private static void WriteDraft(string draft, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new FileStream(draft, options);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    private static void RefuseToOverwrite(string path)
    {
        if (File.Exists(path)) throw new OperatorException($"{path} exists and a key file is never written over: move it away or choose another name");
    }
}
