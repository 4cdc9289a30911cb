using System.Collections.Immutable;
using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// A struct type of EIP-712. Its text is its name with its members, "Mail(Person from,Person to,string contents)", followed by those of all
/// struct types that it uses, directly or not, sorted by name ("Definition of encodeType").
/// </summary>
public sealed class Eip712Type
{
    private readonly ImmutableSortedDictionary<string, Eip712Type> _used;

    /// <param name="name">Of the struct.</param>
    /// <param name="members">In order.</param>
    /// <param name="used">The struct types that members are of, or arrays of; those that these use come with them.</param>
    public Eip712Type(string name, IEnumerable<(string Type, string Name)> members, params ReadOnlySpan<Eip712Type> used)
    {
        (Name, Members) = (name, [.. members]);
        var all = ImmutableSortedDictionary.CreateBuilder<string, Eip712Type>(StringComparer.Ordinal);
        foreach (var type in used)
        {
            all[type.Name] = type;
            foreach (var (_, further) in type._used) all[further.Name] = further;
        }

        _used = all.ToImmutable();
        Text = Own + string.Concat(_used.Values.Select(type => type.Own));
        Hash = Keccak256.Hash(Encoding.UTF8.GetBytes(Text));
    }

    public string Name { get; }

    public ImmutableArray<(string Type, string Name)> Members { get; }

    /// <summary>encodeType.</summary>
    public string Text { get; }

    /// <summary>typeHash.</summary>
    public Hash256 Hash { get; }

    private string Own => $"{Name}({string.Join(",", Members.Select(member => $"{member.Type} {member.Name}"))})";
}
