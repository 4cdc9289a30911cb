using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain.Tests;

/// <summary>The short way to read a transfer against the long one, on good bodies and on what thousands of mutations make of them.</summary>
public sealed class TransferReaderTests
{
    private static readonly GenesisHash Genesis = new(Hash256.Sha256([7]));

    [Fact]
    public void EveryGoodTransferIsReadTheShortWayAndSaysTheSame()
    {
        var stream = new SeededStream(1);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = Body(stream).ToByteArray();
            Assert.True(UnverifiedTransaction.TryReadAny(bytes, Genesis, out var wanted, out var fault), fault.ToString());
            Assert.True(TransferReader.TryRead(bytes, Genesis, out var read));
            Assert.Equal(wanted, read);
        }
    }

    [Fact]
    public void WhatTheShortWayTakesTheLongWayTakesAndNothingElse()
    {
        var stream = new SeededStream(2);
        int taken = 0, left = 0;
        for (var i = 0; i < 60_000; i++)
        {
            var bytes = Mutated(Body(stream).ToByteArray(), stream);
            var isTaken = TransferReader.TryRead(bytes, Genesis, out var read);
            var isGood = UnverifiedTransaction.TryReadAny(bytes, Genesis, out var wanted, out _);
            Assert.Equal(isGood && wanted.Kind == TransactionBody.MessageOneofCase.Transfer, isTaken);
            if (isTaken) Assert.Equal(wanted, read);
            if (isTaken) taken++;
            else left++;
        }

        Assert.True(taken > 10_000 && left > 10_000, $"{taken} taken, {left} left");
    }

    [Fact]
    public void OtherMessagesAndOtherChainsAreLeftToTheLongWay()
    {
        var body = Body(new SeededStream(3));
        Assert.False(TransferReader.TryRead(body.ToByteArray(), new GenesisHash(Hash256.Sha256([8])), out _));
        body.Burn = new Burn { Amount = ByteString.CopyFrom(new byte[Amount.Size]) };
        Assert.False(TransferReader.TryRead(body.ToByteArray(), Genesis, out _));
        Assert.False(TransferReader.TryRead([], Genesis, out _));
    }

    private static TransactionBody Body(SeededStream s) => new()
    {
        Genesis = ByteString.CopyFrom(Genesis.Value.ToArray()),
        Sender = ByteString.CopyFrom(Bytes(s, Address.Size)),
        Nonce = Number(s),
        Fee = ByteString.CopyFrom(Bytes(s, Amount.Size)),
        ExpiryHeight = Number(s),
        Transfer = new Transfer { To = ByteString.CopyFrom(Bytes(s, Address.Size)), Amount = ByteString.CopyFrom(Bytes(s, Amount.Size)), Memo = Memo(s) },
    };

    private static ulong Number(SeededStream s) => s.NextBelow(4) switch { 0 => 0, 1 => s.NextBelow(300), 2 => s.NextUInt64(), _ => ulong.MaxValue };

    private static string Memo(SeededStream s)
    {
        string[] letters = ["a", "é", "€", "😀", "\0", "\ufffd"];
        return s.NextBelow(2) == 0 ? "" : string.Concat(Enumerable.Range(0, (int)s.NextBelow(65)).Select(_ => letters[s.NextBelow((ulong)letters.Length)]));
    }

    // Most of what is done to hashes and amounts leaves a good body; tags, lengths and the memo are where it becomes another.
    private static byte[] Mutated(byte[] bytes, SeededStream s)
    {
        var at = (int)s.NextBelow((ulong)bytes.Length);
        switch (s.NextBelow(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << (int)s.NextBelow(8));
                return bytes;
            case 1:
                bytes[at] = (byte)s.NextBelow(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], (byte)s.NextBelow(256), .. bytes[at..]];
            case 4:
                return [.. bytes[..at], .. bytes[Math.Min(at + 1, bytes.Length)..]];
            default:
                return [.. bytes, (byte)s.NextBelow(256)];
        }
    }

    private static byte[] Bytes(SeededStream s, int count)
    {
        var bytes = new byte[count];
        s.Fill(bytes);
        return bytes;
    }
}
