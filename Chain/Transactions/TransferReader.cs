using System.Text;
using System.Text.Unicode;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Chain;

/// <summary>
/// Reads the body of a transfer straight from its canonical protobuf. Almost every transaction is one, and as objects of the library, written out
/// again to see whether they are canonical, it takes five times as long and a kilobyte. It takes nothing that the library's way would not take
/// and gives the same; whatever looks unusual is left to that way, which has the reasons.
/// </summary>
internal static class TransferReader
{
    private const byte GenesisTag = 0x0a;
    private const byte SenderTag = 0x12;
    private const byte NonceTag = 0x18;
    private const byte FeeTag = 0x22;
    private const byte ExpiryTag = 0x28;
    private const byte TransferTag = 0x52;
    private const byte ToTag = 0x0a;
    private const byte AmountTag = 0x12;
    private const byte MemoTag = 0x1a;

    public static bool TryRead(ReadOnlySpan<byte> body, GenesisHash genesis, out TransactionFields fields)
    {
        fields = default;
        if (!TryFixed(ref body, GenesisTag, Hash256.Size, out var chain) || Hash256.FromBytes(chain) != genesis.Value) return false;
        if (!TryFixed(ref body, SenderTag, Address.Size, out var sender)) return false;
        if (!TryNumber(ref body, NonceTag, out var nonce)) return false;
        if (!TryFixed(ref body, FeeTag, Amount.Size, out var feeBytes)) return false;
        if (!TryNumber(ref body, ExpiryTag, out var expiry)) return false;
        if (body.IsEmpty || body[0] != TransferTag) return false;
        body = body[1..];
        if (!TryVarint(ref body, out var length) || length != (ulong)body.Length) return false; // it is the last field
        if (!TryFixed(ref body, ToTag, Address.Size, out var to) || !TryFixed(ref body, AmountTag, Amount.Size, out var amountBytes)) return false;
        if (!TryMemo(body, out var memo)) return false;

        _ = Amount.TryFromBytes(feeBytes, out var fee);
        _ = Amount.TryFromBytes(amountBytes, out var amount);
        fields = new TransactionFields(
            MessageOneofCase.Transfer, Address.FromBytes(sender), nonce, fee, expiry, new TransferContent(Address.FromBytes(to), amount, memo), null);
        return true;
    }

    private static bool TryFixed(ref ReadOnlySpan<byte> rest, byte tag, int size, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (rest.Length < 2 + size || rest[0] != tag || rest[1] != size) return false;
        content = rest.Slice(2, size);
        rest = rest[(2 + size)..];
        return true;
    }

    // Not there means 0, and 0 is not written.
    private static bool TryNumber(ref ReadOnlySpan<byte> rest, byte tag, out ulong value)
    {
        value = 0;
        if (rest.IsEmpty || rest[0] != tag) return true;
        rest = rest[1..];
        return TryVarint(ref rest, out value) && value != 0;
    }

    // In as few bytes as it takes.
    private static bool TryVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < rest.Length; i++)
        {
            var next = rest[i];
            if (i == 9 && next > 1) return false;
            value |= (ulong)(next & 0x7f) << (7 * i);
            if ((next & 0x80) != 0) continue;
            if (next == 0 && i > 0) return false;
            rest = rest[(i + 1)..];
            return true;
        }

        return false;
    }

    private static bool TryMemo(ReadOnlySpan<byte> rest, out string memo)
    {
        memo = "";
        if (rest.IsEmpty) return true;
        if (rest[0] != MemoTag) return false;
        rest = rest[1..];
        if (!TryVarint(ref rest, out var length) || length != (ulong)rest.Length || length is 0 or > Limits.MemoBytesMax || !Utf8.IsValid(rest)) return false;
        memo = Encoding.UTF8.GetString(rest);
        return true;
    }
}
