namespace NeuroChain.Chain;

/// <summary>
/// The secrets of a sealed hold-out, all derived from one that its supplier draws: a key for each sample, polynomials that share each key, and for each
/// custodian one secret whose pads cover its shares. So a custodian keeps 32 bytes, and a share that it shows says nothing about any other.
/// </summary>
public sealed class SealedKeys(Hash256 master, int threshold)
{
    /// <summary>Of one sample.</summary>
    public Hash256 Key(int sample) => Of(0, (uint)sample, 0);

    /// <summary>What custodian number <paramref name="custodian"/> (from 1 on) is given.</summary>
    public Hash256 CustodianSecret(int custodian) => Of(1, (uint)custodian, 0);

    /// <summary>The ephemeral key of the box in which custodian number <paramref name="custodian"/> is given it.</summary>
    public PrivateKey BoxKey(int custodian) => PrivateKey.FromSeed(Of(3, (uint)custodian, 0));

    /// <summary>A custodian's share of a sample's key.</summary>
    public Hash256 Share(int sample, int custodian)
    {
        var coefficients = new Hash256[threshold - 1];
        for (var i = 0; i < coefficients.Length; i++) coefficients[i] = Of(2, (uint)sample, (uint)i + 1);
        return SecretSharing.Share(Key(sample), coefficients, custodian);
    }

    /// <summary>A share under its pad, or the share from what is under the pad: the same step.</summary>
    public static Hash256 Covered(Hash256 custodianSecret, int sample, Hash256 share)
    {
        var pad = Domain.SealedPad.Hash(new ByteWriter().Hash(custodianSecret).UInt32((uint)sample).ToArray());
        var (bytes, other) = (pad.ToArray(), share.ToArray());
        for (var i = 0; i < bytes.Length; i++) bytes[i] ^= other[i];
        return Hash256.FromBytes(bytes);
    }

    /// <summary>What commits to a custodian's share of a sample's key: a leaf of the tree whose root the chain has.</summary>
    public static Hash256 ShareLeaf(int sample, Hash256 share) => Domain.SealedShare.Hash(new ByteWriter().UInt32((uint)sample).Hash(share).ToArray());

    /// <summary>A sample's bytes under its key, or the other way: XOR with the key's stream. A key is for one sample, so the stream is never used twice.</summary>
    public static byte[] Apply(Hash256 key, ReadOnlySpan<byte> bytes)
    {
        var result = new byte[bytes.Length];
        new SeededStream(Domain.SealedSample.Hash(key.ToArray())).Fill(result);
        for (var i = 0; i < result.Length; i++) result[i] ^= bytes[i];
        return result;
    }

    private Hash256 Of(byte kind, uint first, uint second) =>
        Domain.SealedKey.Hash(new ByteWriter().Hash(master).Byte(kind).UInt32(first).UInt32(second).ToArray());
}
