namespace NeuroChain.Node;

/// <summary>Something is not as a rehearsal wants it. The message is what was seen in its place.</summary>
internal sealed class RehearsalFault : Exception
{
    public RehearsalFault(string seen)
        : base(seen) { }

    public RehearsalFault() { }

    public RehearsalFault(string seen, Exception cause)
        : base(seen, cause) { }

    /// <summary>Fails the case where the fact does not hold.</summary>
    public static void Unless(bool fact, string seen)
    {
        if (!fact) throw new RehearsalFault(seen);
    }

    /// <summary>Fails the case where the two differ.</summary>
    public static void Compare<T>(T wanted, T seen, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(wanted, seen)) throw new RehearsalFault($"{what}: {seen}, wanted {wanted}");
    }
}
