namespace NeuroChain.Chain;

/// <summary>Names come from code, never from outside: a path separator among them is a bug.</summary>
internal static class FileName
{
    public const int LengthMax = 64;

    public static string Checked(string name)
    {
        Invariant.Check(name.Length is > 0 and <= LengthMax && name[0] != '.', "a file of a folder has a short, visible name");
        Invariant.Check(name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'), "a file's name stays in its folder");
        return name;
    }
}
