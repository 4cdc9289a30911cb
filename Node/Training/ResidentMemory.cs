using System.Globalization;

namespace NeuroChain.Node;

/// <summary>How much memory a process holds, as Linux tells it.</summary>
internal static class ResidentMemory
{
    /// <summary>Bytes; null where the process is gone or the system has no /proc.</summary>
    public static long? Of(int process)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status"))
                if (Parse(line) is { } bytes)
                    return bytes;
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Of the line "VmRSS:  1234 kB"; null for any other.</summary>
    internal static long? Parse(string line)
    {
        const string name = "VmRSS:";
        if (!line.StartsWith(name, StringComparison.Ordinal) || !line.EndsWith(" kB", StringComparison.Ordinal)) return null;
        return long.TryParse(line.AsSpan(name.Length, line.Length - name.Length - 3).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kib) ? kib * 1024 : null;
    }
}
