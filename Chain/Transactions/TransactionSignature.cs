using System.Diagnostics.CodeAnalysis;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Chain;

/// <summary>
/// What stands behind a transaction: one key's signature of 64 bytes, the same over typed data after a byte of 1, or those of an account that several
/// keys hold. Layout of the last: threshold 1 | members 1, 20 each, ascending | as many as the threshold: index 1, signature 64, ascending by index.
/// </summary>
internal sealed class TransactionSignature
{
    private const byte TypedMark = 1;
    private const int TypedSize = 1 + EcdsaSignature.Size;

    private readonly MultiSignaturePolicy? _policy;
    private readonly (int Member, EcdsaSignature Signature)[] _signatures;

    private TransactionSignature(MultiSignaturePolicy? policy, (int Member, EcdsaSignature Signature)[] signatures)
    {
        _policy = policy;
        _signatures = signatures;
    }

    public int Count => _signatures.Length;

    /// <summary>Whether it is over <see cref="WalletWithdrawal"/>'s digest, not over the transaction's hash.</summary>
    public bool IsTyped { get; private init; }

    /// <summary>Validators' operations are signed by one key: it is the key that is a validator, and not an account.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, MessageOneofCase kind, [NotNullWhen(true)] out TransactionSignature? signature)
    {
        signature = null;
        if (bytes.Length == TypedSize) return TryDecodeTyped(bytes, kind, out signature);
        if (bytes.Length != EcdsaSignature.Size) return kind < MessageOneofCase.SeedChainRegistration && TryDecodeMulti(bytes, out signature);
        if (!EcdsaSignature.TryFromBytes(bytes, out var single)) return false;
        signature = new TransactionSignature(null, [(0, single)]);
        return true;
    }

    public static byte[] Encode(MultiSignaturePolicy policy, IEnumerable<(Address Member, Signature Signature)> signatures)
    {
        var writer = new ByteWriter().Bytes(policy.Encode());
        foreach (var (member, signature) in signatures.OrderBy(entry => entry.Member).Take(policy.Threshold))
            writer.Byte((byte)policy.Members.IndexOf(member)).Bytes(signature.WithoutRecoveryId.Bytes);
        return writer.ToArray();
    }

    /// <summary>Of a wallet, over typed data.</summary>
    public static byte[] EncodeTyped(EcdsaSignature signature) => [TypedMark, .. signature.Bytes];

    /// <summary>Whether the sender is the key, or the account whose keys signed.</summary>
    public bool IsBy(Address sender, Hash256 digest)
    {
        if (_policy is null) return _signatures[0].Signature.IsBy(sender, digest);
        return _policy.Address == sender && _signatures.All(entry => entry.Signature.IsBy(_policy.Members[entry.Member], digest));
    }

    // Longer than one signature and shorter than any of several keys, so it is taken for neither.
    private static bool TryDecodeTyped(ReadOnlySpan<byte> bytes, MessageOneofCase kind, [NotNullWhen(true)] out TransactionSignature? signature)
    {
        signature = null;
        if (kind != MessageOneofCase.BridgeWithdraw || bytes[0] != TypedMark || !EcdsaSignature.TryFromBytes(bytes[1..], out var one)) return false;
        signature = new TransactionSignature(null, [(0, one)]) { IsTyped = true };
        return true;
    }

    private static bool TryDecodeMulti(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TransactionSignature? signature)
    {
        signature = null;
        var reader = new ByteReader(bytes);
        int threshold = reader.Byte(), count = reader.Byte();
        if (reader.Failed || count > Limits.MultiSignatureMembersMax || threshold > count) return false;
        if (reader.Remaining != (count * Address.Size) + (threshold * (1 + EcdsaSignature.Size))) return false;
        var members = new Address[count];
        for (var i = 0; i < count; i++) members[i] = reader.Address();
        if (!MultiSignaturePolicy.TryCreate(threshold, members, out var policy) || !policy.Members.AsSpan().SequenceEqual(members)) return false;

        var signatures = new (int Member, EcdsaSignature Signature)[threshold];
        for (var i = 0; i < threshold; i++)
        {
            var member = reader.Byte();
            if (member >= count || (i > 0 && member <= signatures[i - 1].Member)) return false;
            if (!EcdsaSignature.TryFromBytes(reader.Bytes(EcdsaSignature.Size), out var one)) return false;
            signatures[i] = (member, one);
        }

        signature = new TransactionSignature(policy, signatures);
        return true;
    }
}
