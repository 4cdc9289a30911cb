namespace NeuroChain.Node;

/// <summary>One step of the migration, or one failure: what is wanted, and how it is brought about and looked at.</summary>
internal abstract class RehearsalCase
{
    /// <summary>"F1" as the protocol's failure cases are numbered, "M1" for steps of the migration.</summary>
    public abstract string Number { get; }

    /// <summary>One line.</summary>
    public abstract string Name { get; }

    /// <summary>What must be seen.</summary>
    public abstract string Wanted { get; }

    /// <summary>Nothing can come after it on the same Ethereum: the next case begins with another world.</summary>
    public virtual bool LeavesRuins => false;

    /// <summary>Does it.</summary>
    /// <returns>What was seen, in one line.</returns>
    /// <exception cref="RehearsalFault">It is not as wanted.</exception>
    public abstract Task<string> RunAsync(RehearsalWorld world);
}

/// <summary>How a case ended.</summary>
internal enum RehearsalVerdict
{
    Held,
    Failed,
}

/// <summary>A row of the table.</summary>
internal sealed record RehearsalRow(RehearsalCase Case, string Seen, RehearsalVerdict Verdict, TimeSpan Took)
{
    public string Word => Verdict == RehearsalVerdict.Held ? "held" : "FAILED";
}
