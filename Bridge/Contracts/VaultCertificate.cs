using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Why the vault would refuse it for a chain, whatever set it goes by: null where nothing is wrong. The set is the one that it names.</summary>
    public string? Fault(GenesisHash genesis, out Hash256 setRoot)
    {
        setRoot = Hash256.Zero;
        if (Validators.Length != Powers.Length) return "PowersMismatch";
        if (!ValidatorSet.TryCreate(Validators.Zip(Powers, (address, power) => new Validator(address, power)), out var set)) return "BadValidators";
        if (!set.Validators.Select(validator => validator.Address).SequenceEqual(Validators)) return "BadValidators"; // out of order: another root
        setRoot = set.Root;
        if (Signers >> set.Count != 0) return "UnknownSigner";
        if (BlockHash.IsZero) return "NoBlock";
        if (Signatures.Length != 2 * (int)UInt128.PopCount(Signers)) return "SignatureCount";
        var digest = new Precommit(new Height(Height), new Round(Round), new BlockRef(new BlockHash(BlockHash), BridgeRoot, NextValidators)).Digest(genesis);
        var (signed, used) = (0UL, 0);
        for (var i = 0; i < set.Count; i++)
        {
            if ((Signers >> i & 1) == 0) continue;
            if (!Whole(Signatures[used++], Signatures[used++], out var signature) || !signature.IsBy(set[i].Address, digest)) return "WrongSignature";
            signed += set[i].Power;
        }

        return set.IsQuorum(signed) ? null : "NoQuorum";
    }

    private static bool Whole(Hash256 r, Hash256 vs, [NotNullWhen(true)] out Signature? signature)
    {
        byte[] bytes = [.. r.ToArray(), .. vs.ToArray(), 0];
        bytes[64] = (byte)(bytes[32] >> 7);
        bytes[32] &= 0x7f;
        return Signature.TryFromBytes(bytes, out signature);
    }

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
