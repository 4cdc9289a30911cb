using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// An account that several keys hold: so many of so many must sign. The address follows from threshold and members, so that the chain needs
/// no record of it and money can be sent there before anybody has signed anything. Members do not change: money moves to another account.
/// </summary>
public sealed class MultiSignaturePolicy
{
    private MultiSignaturePolicy(int threshold, ImmutableArray<Address> members)
    {
        Threshold = threshold;
        Members = members;
        Address = Address.FromBytes(Domain.MultiSignature.Hash(Encode()).ToArray().AsSpan(Hash256.Size - Address.Size));
    }

    public int Threshold { get; }

    /// <summary>Ascending.</summary>
    public ImmutableArray<Address> Members { get; }

    public Address Address { get; }

    /// <summary>False for fewer than two members or too many, a member twice, or a threshold that is not between one and all.</summary>
    public static bool TryCreate(int threshold, IEnumerable<Address> members, [NotNullWhen(true)] out MultiSignaturePolicy? policy)
    {
        policy = null;
        var sorted = members.Take(Limits.MultiSignatureMembersMax + 1).Order().ToImmutableArray();
        if (sorted.Length is < 2 or > Limits.MultiSignatureMembersMax || threshold < 1 || threshold > sorted.Length) return false;
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i] == sorted[i - 1])
                return false;
        policy = new MultiSignaturePolicy(threshold, sorted);
        return true;
    }

    internal byte[] Encode()
    {
        var writer = new ByteWriter().Byte((byte)Threshold).Byte((byte)Members.Length);
        foreach (var member in Members) writer.Address(member);
        return writer.ToArray();
    }
}
