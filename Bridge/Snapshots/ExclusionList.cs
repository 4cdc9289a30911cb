using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Whom the operators leave out of a snapshot, and why: a line each, an address, a space, the reason. All validators use the same list.</summary>
public sealed record ExclusionList(ImmutableSortedDictionary<Address, string> Reasons)
{
    public static readonly ExclusionList None = new(ImmutableSortedDictionary<Address, string>.Empty);

    /// <exception cref="OperatorException">Names the line.</exception>
    public static ExclusionList Parse(string text)
    {
        var reasons = ImmutableSortedDictionary.CreateBuilder<Address, string>();
        foreach (var (i, line) in text.TrimEnd('\n').Split('\n').Index())
        {
            if (line.Length == 0 && text.Trim().Length == 0) break;
            if (line.TrimEnd('\r').Split(' ', 2) is not [var word, var reason] || !Address.TryParse(word, out var address) || !HoldersFile.IsReason(reason))
                throw new OperatorException($"exclusions: line {i + 1} is no address with a reason of 1 to {HoldersFile.ReasonLengthMax} printable ASCII characters behind it");
            if (!reasons.TryAdd(address, reason)) throw new OperatorException($"exclusions: {address} stands twice");
        }

        if (reasons.Count > HoldersFile.ExcludedMax) throw new OperatorException($"exclusions: {reasons.Count} addresses, at most {HoldersFile.ExcludedMax}");
        return new ExclusionList(reasons.ToImmutable());
    }
}
