using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// How a node decided a height, and the polkas that it saw there: what a fork is judged by, in a form that one operator can send another. It says
/// nothing that its signatures do not prove. Layout of the file: "neurochain-height" 17 | version 1 (=1) | genesis 32 | validator set, length
/// first | commit certificate, length first | polka certificates, count 2, each length first.
/// </summary>
public sealed record HeightCertificates(GenesisHash Genesis, ValidatorSet Validators, CommitCertificate Commit, ImmutableArray<PolkaCertificate> Polkas)
{
    /// <summary>As many as a node keeps of one height: see ADR 074.</summary>
    public const int PolkasMax = 4096;

    /// <summary>The greatest file: with a hundred validators, all of whom signed each, a polka has below 7 KB.</summary>
    public const int FileBytesMax = 32 * 1024 * 1024;

    private const byte Version = 1;

    private static ReadOnlySpan<byte> Name => "neurochain-height"u8;

    public Height Height => Commit.Height;

    /// <summary>What a node has of a height; null where it has not decided it, or does not keep it any more.</summary>
    public static HeightCertificates? Of(GenesisHash genesis, ChainStore chain, Height height)
    {
        if (chain.Get(height) is not { } committed) return null;
        return chain.ValidatorSetOf(committed.Block.Header.ValidatorsRoot) is { } validators
            ? new HeightCertificates(genesis, validators, committed.Certificate, chain.PolkasOf(height))
            : null;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Bytes(Name).Byte(Version).Hash(Genesis.Value).LengthAndBytes(Validators.Encode()).LengthAndBytes(Commit.Encode()).UInt16((ushort)Polkas.Length);
        foreach (var polka in Polkas) writer.LengthAndBytes(polka.Encode());
        return writer.ToArray();
    }

    public override string ToString() => $"block {Commit.Block.Hash} of height {Height}, decided in round {Commit.Round}, and {Polkas.Length} polka certificates";

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out HeightCertificates? certificates)
    {
        certificates = null;
        if (bytes.Length > FileBytesMax) return false;
        var reader = new ByteReader(bytes);
        if (!reader.Bytes(Name.Length).SequenceEqual(Name) || reader.Byte() != Version) return false;
        var genesis = new GenesisHash(reader.Hash());
        if (!ValidatorSet.TryDecode(reader.LengthAndBytes(FileBytesMax), out var validators)) return false;
        if (!CommitCertificate.TryDecode(reader.LengthAndBytes(FileBytesMax), out var commit)) return false;
        var count = reader.UInt16();
        if (reader.Failed || count > PolkasMax) return false;
        var polkas = ImmutableArray.CreateBuilder<PolkaCertificate>();
        for (var i = 0; i < count; i++)
        {
            if (!PolkaCertificate.TryDecode(reader.LengthAndBytes(FileBytesMax), out var polka) || polka.Height != commit.Height) return false;
            polkas.Add(polka);
        }

        if (!reader.IsWhole) return false;
        certificates = new HeightCertificates(genesis, validators, commit, polkas.ToImmutable());
        return true;
    }
}
