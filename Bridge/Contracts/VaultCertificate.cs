using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// A commit certificate as the vault takes it (Certificates.sol): the whole set, one bit for each signer, and r and vs (EIP-2098) of each
/// signature, ascending.
/// </summary>
public sealed record VaultCertificate(
    ulong Height,
    uint Round,
    Hash256 BlockHash,
    Hash256 BridgeRoot,
    Hash256 NextValidators,
    ImmutableArray<Address> Validators,
    ImmutableArray<ulong> Powers,
    UInt128 Signers,
    ImmutableArray<Hash256> Signatures)
{
    /// <summary>
    /// Takes the heaviest signers until they are more than two thirds of the power, and no more: a signature costs about 5,200 gas. What the
    /// certificate lacks, the vault refuses.
    /// </summary>
    public static VaultCertificate Of(CommitCertificate certificate, ValidatorSet validators)
    {
        var chosen = Heaviest(certificate.Signatures, validators);
        var signers = chosen.Aggregate(UInt128.Zero, (bits, signature) => bits | (UInt128.One << signature.Index));
        return new VaultCertificate(
            certificate.Height.Value,
            certificate.Round.Value,
            certificate.Block.Hash.Value,
            certificate.Block.BridgeRoot,
            certificate.Block.NextValidatorsRoot,
            [.. validators.Validators.Select(validator => validator.Address)],
            [.. validators.Validators.Select(validator => validator.Power)],
            signers,
            [.. chosen.SelectMany(signature => Compact(signature.Signature))]);
    }

    internal AbiValue ToAbi() => AbiValue.Tuple(
        AbiValue.Number(Height),
        AbiValue.Number(Round),
        AbiValue.Word(BlockHash),
        AbiValue.Word(BridgeRoot),
        AbiValue.Word(NextValidators),
        AbiValue.Array(Validators.Select(AbiValue.Address)),
        AbiValue.Array(Powers.Select(power => AbiValue.Number(power))),
        AbiValue.Number(Signers),
        AbiValue.Array(Signatures.Select(AbiValue.Word)));

    private static IndexedSignature[] Heaviest(ImmutableArray<IndexedSignature> signatures, ValidatorSet validators)
    {
        ulong power = 0;
        var chosen = new List<IndexedSignature>();
        foreach (var signature in signatures.OrderByDescending(signature => validators[signature.Index].Power).ThenBy(signature => signature.Index))
        {
            if (validators.IsQuorum(power)) break;
            chosen.Add(signature);
            power += validators[signature.Index].Power;
        }

        return [.. chosen.OrderBy(signature => signature.Index)];
    }

    // s of a valid signature is below 2^255: its highest bit carries v.
    private static Hash256[] Compact(Signature signature)
    {
        var vs = signature.Bytes.Slice(Hash256.Size, Hash256.Size).ToArray();
        if (signature.Bytes[64] == 1) vs[0] |= 0x80;
        return [Hash256.FromBytes(signature.Bytes[..Hash256.Size]), Hash256.FromBytes(vs)];
    }
}
