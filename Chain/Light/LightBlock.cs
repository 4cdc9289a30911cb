using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// What a light client needs of a height: the header, the certificate that makes it final, and the set that signed. Layout: header 442 |
/// commit certificate, length first | validator set, length first.
/// </summary>
/// <remarks>The set proves itself: its root stands in the header. Whether that set is the chain's is what a <see cref="LightClient"/> finds out.</remarks>
public sealed record LightBlock(Header Header, CommitCertificate Certificate, ValidatorSet Validators)
{
    /// <summary>A hundred validators who all signed: 10,014 bytes.</summary>
    public const int SizeMax = Header.Size + 4 + CertificateBytesMax + 4 + SetBytesMax;

    private const int CertificateBytesMax = 110 + (Limits.ValidatorsMax * SignatureList.ItemSize);
    private const int SetBytesMax = 2 + (Limits.ValidatorsMax * (Address.Size + 8));

    public Height Height => Header.Height;

    public byte[] Encode() => new ByteWriter()
        .Bytes(Header.Encode())
        .LengthAndBytes(Certificate.Encode())
        .LengthAndBytes(Validators.Encode())
        .ToArray();

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out LightBlock? block)
    {
        block = null;
        if (bytes.Length > SizeMax) return false;
        var reader = new ByteReader(bytes);
        if (!Header.TryDecode(reader.Bytes(Header.Size), out var header)) return false;
        if (!CommitCertificate.TryDecode(reader.LengthAndBytes(CertificateBytesMax), out var certificate)) return false;
        if (!ValidatorSet.TryDecode(reader.LengthAndBytes(SetBytesMax), out var validators)) return false;
        if (!reader.IsWhole) return false;
        block = new LightBlock(header, certificate, validators);
        return true;
    }

    /// <summary>Whether more than two thirds of the set that the header names made exactly this header final. Cheap questions first, signatures last.</summary>
    public LightFault Check(GenesisHash genesis)
    {
        if (Header.Version != Header.CurrentVersion) return LightFault.WrongVersion;
        if (Header.Genesis != genesis) return LightFault.WrongGenesis;
        if (Header.ValidatorsRoot != Validators.Root) return LightFault.WrongValidators;
        if (!Validators.Contains(Header.Author)) return LightFault.AuthorNotAValidator;
        if (Certificate.Height != Header.Height || Certificate.Block != Header.Ref) return LightFault.CertificateOfAnotherBlock;
        if (Certificate.Round < Header.BuiltRound) return LightFault.DecidedBeforeBuilt;
        return Certificate.Check(genesis, Validators) switch
        {
            CertificateFault.None => LightFault.None,
            CertificateFault.DuplicateValidator => LightFault.DuplicateSigner,
            CertificateFault.UnknownValidator => LightFault.UnknownSigner,
            CertificateFault.NotEnoughPower => LightFault.NotFinal,
            _ => LightFault.WrongSignature,
        };
    }

    /// <summary>Power that the signers have in another set. Only a certificate that was checked says who its signers are.</summary>
    public ulong PowerIn(ValidatorSet other)
    {
        ulong power = 0;
        foreach (var (index, _) in Certificate.Signatures) power += other.PowerOf(Validators[index].Address);
        return power;
    }
}
