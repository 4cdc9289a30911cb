using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>How two stores differ.</summary>
internal enum DivergenceKind
{
    /// <summary>They agree on every height that both keep.</summary>
    None,

    /// <summary>They were made for different genesis documents.</summary>
    OtherChain,

    /// <summary>There is no height that both keep.</summary>
    NothingInCommon,

    /// <summary>They decided different blocks at one height.</summary>
    OtherBlock,

    /// <summary>The same block left different records.</summary>
    Execution,

    /// <summary>What was noted of a height differs, the records do not.</summary>
    Notes,

    /// <summary>All heights agree, and yet records differ: what was stored was changed.</summary>
    AtRest,
}

/// <summary>The first difference of two stores A and B.</summary>
internal sealed record Divergence(DivergenceKind Kind)
{
    /// <summary>The height after which they differ; where they do not, the last one that was compared.</summary>
    public Height? Height { get; init; }

    /// <summary>Which part of the block wrote the record first: a transaction or the end.</summary>
    public string? Writer { get; init; }

    public StateKey? Key { get; init; }

    public byte[]? ValueInA { get; init; }

    public byte[]? ValueInB { get; init; }

    /// <summary>What this program comes to, where it could execute the block.</summary>
    public byte[]? ValueComputed { get; init; }

    public bool IsComputed { get; init; }

    /// <summary>Records that differ in all.</summary>
    public int Records { get; init; }

    /// <summary>Whatever else is to be known, one line each.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];
}
