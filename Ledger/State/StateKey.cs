using System.Buffers.Binary;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Where a record stands in the state: one byte for the module, one for the kind of record, then the record's own key. Ordered bytewise,
/// so that whatever walks over changes does it in one order everywhere.
/// </summary>
public readonly struct StateKey : IEquatable<StateKey>, IComparable<StateKey>
{
    private readonly byte[] _bytes;

    private StateKey(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The first eight bytes as one number, zeros where the key is shorter: keys with different heads are in their order.</summary>
    internal ulong Head
    {
        get
        {
            if (_bytes.Length >= sizeof(ulong)) return BinaryPrimitives.ReadUInt64BigEndian(_bytes);
            var head = 0UL;
            for (var i = 0; i < sizeof(ulong); i++) head = (head << 8) | (i < _bytes.Length ? _bytes[i] : 0UL);
            return head;
        }
    }

    public static StateKey Of(StateModule module, byte kind) => new([(byte)module, kind]);

    public static StateKey Of(StateModule module, byte kind, Address key)
    {
        var bytes = new byte[2 + Address.Size];
        (bytes[0], bytes[1]) = ((byte)module, kind);
        key.CopyTo(bytes.AsSpan(2));
        return new StateKey(bytes);
    }

    public static StateKey Of(StateModule module, byte kind, Hash256 key) => new([(byte)module, kind, .. key.ToArray()]);

    public static StateKey Of(StateModule module, byte kind, ulong key) => new(new ByteWriter().Byte((byte)module).Byte(kind).UInt64(key).ToArray());

    public static StateKey Of(StateModule module, byte kind, ReadOnlySpan<byte> key) => new([(byte)module, kind, .. key]);

    /// <summary>A key read back from the store.</summary>
    public static StateKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        Invariant.Check(bytes.Length >= 2, "a state key has a module and a kind");
        return new StateKey(bytes.ToArray());
    }

    public bool Equals(StateKey other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is StateKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public int CompareTo(StateKey other) => Bytes.SequenceCompareTo(other.Bytes);

    public override string ToString() => $"{(StateModule)_bytes[0]}/{_bytes[1]}/{Convert.ToHexStringLower(_bytes.AsSpan(2))}";
}

/// <summary>The module that owns a part of the state.</summary>
public enum StateModule : byte
{
    Accounts = 1,
    Supply = 2,
    Validators = 3,
    Datasets = 4,
    Training = 5,
    Rewards = 6,
    Parameters = 7,
    Governance = 8,
    Fees = 9,
    Upgrades = 10,
    Evidence = 11,
    HoldOuts = 12,
    Bridge = 13,
    Claims = 14,
}
