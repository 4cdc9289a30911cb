using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>A signature in a certificate: the signer by its index in the validator set.</summary>
public readonly record struct IndexedSignature(ushort Index, Signature Signature);

/// <summary>The list of signatures that ends every certificate: count 2 | (index 2 | signature 65)*, indices strictly ascending.</summary>
public static class SignatureList
{
    public const int ItemSize = 2 + Signature.Size;

    public static void Write(ByteWriter writer, ImmutableArray<IndexedSignature> signatures)
    {
        writer.UInt16((ushort)signatures.Length);
        foreach (var (index, signature) in signatures) writer.UInt16(index).Signature(signature);
    }

    /// <summary>Fails the reader where there are too many, or where an index does not ascend (so that none counts twice).</summary>
    public static ImmutableArray<IndexedSignature> Read(ref ByteReader reader)
    {
        var count = reader.Count16(Limits.ValidatorsMax, ItemSize);
        var signatures = ImmutableArray.CreateBuilder<IndexedSignature>(count);
        for (var i = 0; i < count; i++)
        {
            var index = reader.UInt16();
            var signature = reader.Signature();
            if (signature is null || (i > 0 && index <= signatures[i - 1].Index))
            {
                reader.Fail();
                return [];
            }

            signatures.Add(new IndexedSignature(index, signature));
        }

        return signatures.MoveToImmutable();
    }

    /// <summary>
    /// Whether more than two thirds of the set's power signed the digest, every listed signature being right. That nobody counts twice is
    /// asked here again: not every list came through <see cref="Read"/>.
    /// </summary>
    public static CertificateFault Check(ImmutableArray<IndexedSignature> signatures, Hash256 digest, ValidatorSet validators) =>
        Check(signatures, digest, validators, []);

    /// <summary>The same where some signatures under this digest by this set were found right before: those are not checked again.</summary>
    internal static CertificateFault Check(
        ImmutableArray<IndexedSignature> signatures, Hash256 digest, ValidatorSet validators, ImmutableArray<IndexedSignature> known)
    {
        ulong power = 0;
        var previous = -1;
        var at = 0; // in the known ones: both lists ascend
        foreach (var (index, signature) in signatures)
        {
            if (index <= previous) return CertificateFault.DuplicateValidator;
            previous = index;
            if (index >= validators.Count) return CertificateFault.UnknownValidator;
            while (at < known.Length && known[at].Index < index) at++;
            var isKnown = at < known.Length && known[at].Index == index && known[at].Signature.Equals(signature);
            if (!isKnown && !signature.IsBy(validators[index].Address, digest)) return CertificateFault.WrongSignature;
            power += validators[index].Power;
        }

        return validators.IsQuorum(power) ? CertificateFault.None : CertificateFault.NotEnoughPower;
    }
}
