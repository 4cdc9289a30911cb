using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class SendingStoreTests
{
    private const ulong ChainId = 5;

    private static readonly PrivateKey Key = PrivateKey.FromSeed(Words.Of(90));

    [Fact]
    public void WhatWasSavedIsReadBack()
    {
        var folder = new MemoryFolder();
        var state = Busy();
        using (var store = new SendingStore(folder, ChainId, Key.Address)) store.Save(state);
        using var again = new SendingStore(folder, ChainId, Key.Address);
        Assert.Equal(state.Encode(), again.State.Encode());
        Assert.Equal("release of something", again.State.Open!.Purpose);
        Assert.Equal(12UL, again.State.Open.LostSince);
        Assert.Equal([.. state.Open!.Attempts.Select(attempt => attempt.Hash)], again.State.Open.Attempts.Select(attempt => attempt.Hash));
        Assert.Equal(state.Settled.Select(signed => signed.Hash), again.State.Settled.Select(signed => signed.Hash));
    }

    [Fact]
    public void AnotherAccountsOrNetworksStateIsNone()
    {
        var bytes = Busy().Encode();
        Assert.True(SendingState.TryDecode(bytes, ChainId, Key.Address, out _));
        Assert.False(SendingState.TryDecode(bytes, ChainId + 1, Key.Address, out _));
        Assert.False(SendingState.TryDecode(bytes, ChainId, PrivateKey.FromSeed(Words.Of(91)).Address, out _));
    }

    [Fact]
    public void NoHarmedByteIsRead()
    {
        var bytes = Busy().Encode();
        var stream = new SeededStream(3);
        var whole = Busy();
        for (var i = 0; i < 2_000; i++)
        {
            var harmed = (byte[])bytes.Clone();
            harmed[(int)stream.NextBelow((ulong)harmed.Length)] ^= (byte)(1 + stream.NextBelow(255));
            // Purpose, blocks and order of attempts are not signed; what is sent is.
            if (!SendingState.TryDecode(harmed, ChainId, Key.Address, out var read)) continue;
            Assert.All(read.Settled, signed => Assert.Contains(signed.Hash, whole.Settled.Select(one => one.Hash)));
            Assert.All(read.Open?.Attempts ?? [], attempt => Assert.Contains(attempt.Hash, whole.Open!.Attempts.Select(one => one.Hash)));
        }

        for (var length = 0; length < bytes.Length; length++) Assert.False(SendingState.TryDecode(bytes.AsSpan(0, length), ChainId, Key.Address, out _));
    }

    [Fact]
    public void TheLargestStateFits()
    {
        var data = new byte[SendingState.DataBytesMax];
        var state = SendingState.Empty;
        for (var i = 0UL; i < SendingState.SettledMax; i++)
        {
            state = state.Noting("x", new SendingAttempt(Signed(i, data, 1), 1));
            state = state.Settling(state.Open!.Last.Hash);
        }

        for (var i = 0; i < OpenTransaction.AttemptsMax; i++) state = state.Noting(new string('p', OpenTransaction.PurposeBytesMax), new SendingAttempt(Signed(99, data, (UInt128)i + 1), 1));
        Assert.True(state.Encode().Length <= SendingState.BytesMax);
        Assert.True(SendingState.TryDecode(state.Encode(), ChainId, Key.Address, out var read));
        Assert.Equal(OpenTransaction.AttemptsMax, read.Open!.Attempts.Length);
    }

    [Fact]
    public void WhatIsInThePlaceOfAnotherMayHaveOtherData()
    {
        var state = SendingState.Empty;
        foreach (var (fee, data) in new byte[][] { [1, 2], [1, 2], [], [3], [1, 2, 3] }.Index()) state = state.Noting("x", new SendingAttempt(Signed(4, data, (UInt128)fee + 1), 9));
        Assert.True(SendingState.TryDecode(state.Encode(), ChainId, Key.Address, out var read));
        Assert.Equal([.. state.Open!.Attempts.Select(attempt => attempt.Hash)], read.Open!.Attempts.Select(attempt => attempt.Hash));
    }

    /// <summary>One state has one form: what a reader would pass over could stand there for anything.</summary>
    [Fact]
    public void AnotherFormOfTheSameStateIsNone()
    {
        var good = SendingState.Empty.Noting("x", new SendingAttempt(Signed(4, [1, 2], 1), 9)).Encode();
        const int open = 3, purpose = open + 5;
        var lost = purpose + 1 + sizeof(uint) + Signed(4, [1, 2], 1).Encode().Length;
        var isSame = lost + 1 + sizeof(ulong) + sizeof(ushort);
        Assert.Equal([1, 0, 1], new[] { good[open], good[lost], good[isSame] });
        foreach (var (at, value) in new[] { (open, 2), (purpose, 0xff), (lost, 2), (lost + 1, 1), (isSame, 2), (isSame, 0) })
        {
            byte[] other = [.. good];
            other[at] = (byte)value;
            Assert.False(SendingState.TryDecode(other, ChainId, Key.Address, out _), $"byte {at} as {value}");
        }
    }

    [Fact]
    public void OldSettledOnesAreForgotten()
    {
        var state = SendingState.Empty;
        for (var i = 0UL; i < SendingState.SettledMax + 3; i++)
        {
            state = state.Noting("x", new SendingAttempt(Signed(i, [], 1), 1));
            state = state.Settling(state.Open!.Last.Hash);
        }

        Assert.Equal(SendingState.SettledMax, state.Settled.Length);
        Assert.Null(state.SettledAt(2));
        Assert.NotNull(state.SettledAt(3));
    }

    [Fact]
    public void OneProcessAtATimeSendsWithAKey()
    {
        var folder = new MemoryFolder();
        using var store = new SendingStore(folder, ChainId, Key.Address);
        Assert.Throws<OperatorException>(() => new SendingStore(folder, ChainId, Key.Address));
        using var otherNetwork = new SendingStore(folder, ulong.MaxValue / 2 - 36, Key.Address);
    }

    private static SendingState Busy()
    {
        var state = SendingState.Empty.Noting("done", new SendingAttempt(Signed(3, [1], 5), 9));
        state = state.Settling(state.Open!.Last.Hash);
        state = state.Noting("release of something", new SendingAttempt(Signed(4, [1, 2, 3], 5), 10));
        state = state.Noting("", new SendingAttempt(Signed(4, [1, 2, 3], 6), 11));
        state = state.Noting("", new SendingAttempt(Signed(4, [], 7), 12));
        return state with { Open = state.Open! with { LostSince = 12 } };
    }

    private static SignedEthereumTransaction Signed(ulong nonce, byte[] data, UInt128 fee) => new EthereumTransaction
    {
        Type = EthereumTransactionType.DynamicFee,
        ChainId = ChainId,
        Nonce = nonce,
        MaxFeePerGas = new UInt256(fee),
        MaxPriorityFeePerGas = new UInt256(1),
        GasLimit = 100_000,
        To = Key.Address,
        Data = data,
    }.Sign(Key);
}
