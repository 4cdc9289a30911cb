using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// The validators of a height, ascending by address, each with a power above zero. Signatures in certificates name their signer by the
/// index in this order. An immutable value: two sets are equal where their roots are.
/// </summary>
public sealed class ValidatorSet : IEquatable<ValidatorSet>
{
    private ValidatorSet(ImmutableArray<Validator> validators)
    {
        Validators = validators;
        TotalPower = validators.Aggregate(0UL, (sum, validator) => sum + validator.Power);
        Root = ComputeRoot(validators);
    }

    public ImmutableArray<Validator> Validators { get; }

    public int Count => Validators.Length;

    public ulong TotalPower { get; }

    /// <summary>keccak256(abi.encode(address[] ascending, uint64[] powers)): the contract on Ethereum computes the same.</summary>
    public Hash256 Root { get; }

    public Validator this[int index] => Validators[index];

    /// <summary>The greatest number of equal validators that may be faulty, plus one: "f+1 distinct authors".</summary>
    public int HonestCount => ((Count - 1) / 3) + 1;

    /// <summary>False where the set is empty or too large, or an address repeats, or a power is zero or above its bound.</summary>
    public static bool TryCreate(IEnumerable<Validator> validators, [NotNullWhen(true)] out ValidatorSet? set)
    {
        set = null;
        var sorted = validators.OrderBy(validator => validator.Address).ToImmutableArray();
        if (sorted.Length is 0 or > Limits.ValidatorsMax) return false;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].Power is 0 or > Limits.VotingPowerMax) return false;
            if (i > 0 && sorted[i].Address == sorted[i - 1].Address) return false;
        }

        set = new ValidatorSet(sorted);
        return true;
    }

    public bool TryIndexOf(Address address, out int index)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            index = (low + high) / 2;
            var order = Validators[index].Address.CompareTo(address);
            if (order == 0) return true;
            if (order < 0) low = index + 1;
            else high = index - 1;
        }

        index = -1;
        return false;
    }

    public bool Contains(Address address) => TryIndexOf(address, out _);

    /// <summary>Zero for a stranger.</summary>
    public ulong PowerOf(Address address) => TryIndexOf(address, out var index) ? Validators[index].Power : 0;

    public bool IsQuorum(ulong power) => VotingPower.IsQuorum(power, TotalPower);

    public bool HasHonest(ulong power) => VotingPower.HasHonest(power, TotalPower);

    public byte[] Encode()
    {
        var writer = new ByteWriter().UInt16((ushort)Count);
        foreach (var (address, power) in Validators) writer.Address(address).UInt64(power);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ValidatorSet? set)
    {
        set = null;
        var reader = new ByteReader(bytes);
        var validators = new Validator[reader.Count16(Limits.ValidatorsMax, Address.Size + 8)];
        for (var i = 0; i < validators.Length; i++) validators[i] = new Validator(reader.Address(), reader.UInt64());
        if (!reader.IsWhole || !TryCreate(validators, out var decoded)) return false;
        for (var i = 0; i < validators.Length; i++)
            if (decoded[i] != validators[i])
                return false; // out of order: not the one encoding
        set = decoded;
        return true;
    }

    public bool Equals(ValidatorSet? other) => other is not null && Root == other.Root;

    public override bool Equals(object? obj) => Equals(obj as ValidatorSet);

    public override int GetHashCode() => Root.GetHashCode();

    private static Hash256 ComputeRoot(ImmutableArray<Validator> validators)
    {
        var encoder = new AbiWriter();
        var addressesAt = 2 * AbiWriter.WordSize;
        var powersAt = addressesAt + ((validators.Length + 1) * AbiWriter.WordSize);
        encoder.UInt64((ulong)addressesAt).UInt64((ulong)powersAt);
        encoder.UInt64((ulong)validators.Length);
        foreach (var validator in validators) encoder.Address(validator.Address);
        encoder.UInt64((ulong)validators.Length);
        foreach (var validator in validators) encoder.UInt64(validator.Power);
        return Keccak256.Hash(encoder.ToArray());
    }
}
