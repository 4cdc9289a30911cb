using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// Where a node says that peers reach it, signed with its node key: others pass it on, and nobody can say it for another. The greater
/// sequence is the newer word. Layout: address 20 | host length 1 | host, ASCII | port 2 | sequence 8 | signature 65.
/// </summary>
public sealed record SignedEndpoint(PeerEndpoint Endpoint, ulong Sequence, Signature Signature)
{
    /// <summary>The longest name of the DNS.</summary>
    public const int HostBytesMax = 253;

    private const int EncodedLeast = Address.Size + 1 + 1 + 2 + 8 + Signature.Size;

    public Address Node => Endpoint.Address;

    /// <summary>Whether the host can stand in one of these.</summary>
    public static bool Fits(string host) => host.Length <= HostBytesMax && Ascii.IsValid(host) && PeerEndpoint.IsHost(host);

    public static SignedEndpoint Sign(PeerEndpoint endpoint, ulong sequence, PrivateKey key, GenesisHash genesis)
    {
        Invariant.Check(endpoint.Address == key.Address, "a node speaks for itself alone");
        Invariant.Check(Fits(endpoint.Host), "what is advertised is a host that peers can read");
        return new SignedEndpoint(endpoint, sequence, key.Sign(Digest(endpoint, sequence, genesis)));
    }

    public bool IsAuthentic(GenesisHash genesis) => Signature.IsBy(Node, Digest(Endpoint, Sequence, genesis));

    public byte[] Encode() => EncodeAll([this]);

    /// <summary>Several, one behind the other.</summary>
    public static byte[] EncodeAll(IEnumerable<SignedEndpoint> all)
    {
        var writer = new ByteWriter();
        foreach (var one in all) writer.Bytes(Content(one.Endpoint, one.Sequence)).Signature(one.Signature);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedEndpoint? signed)
    {
        signed = TryDecodeAll(bytes, 1, out var all) && all.Length == 1 ? all[0] : null;
        return signed is not null;
    }

    /// <summary>What <see cref="EncodeAll"/> wrote; false where it is anything else, or more than so many.</summary>
    public static bool TryDecodeAll(ReadOnlySpan<byte> bytes, int most, out ImmutableArray<SignedEndpoint> all)
    {
        all = [];
        var reader = new ByteReader(bytes);
        var read = ImmutableArray.CreateBuilder<SignedEndpoint>(Math.Min(most, bytes.Length / EncodedLeast));
        while (reader.Remaining > 0)
        {
            if (read.Count == most || ReadFrom(ref reader) is not { } one) return false;
            read.Add(one);
        }

        all = read.ToImmutable();
        return true;
    }

    private static SignedEndpoint? ReadFrom(ref ByteReader reader)
    {
        var address = reader.Address();
        var host = reader.Bytes(reader.Byte());
        var port = reader.UInt16();
        var sequence = reader.UInt64();
        var signature = reader.Signature();
        if (reader.Failed || port == 0 || !Ascii.IsValid(host)) return null;
        var text = Encoding.ASCII.GetString(host);
        return Fits(text) ? new SignedEndpoint(new PeerEndpoint(address, text, port), sequence, signature!) : null;
    }

    private static byte[] Content(PeerEndpoint endpoint, ulong sequence)
    {
        var host = Encoding.ASCII.GetBytes(endpoint.Host);
        return new ByteWriter().Address(endpoint.Address).Byte((byte)host.Length).Bytes(host).UInt16((ushort)endpoint.Port).UInt64(sequence).ToArray();
    }

    private static Hash256 Digest(PeerEndpoint endpoint, ulong sequence, GenesisHash genesis) =>
        Domain.PeerEndpoint.Hash(Content(endpoint, sequence), genesis.Value.ToArray());
}
