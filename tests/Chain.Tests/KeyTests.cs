using NeuroChain.Chain;

namespace NeuroChain.Chain.Tests;

public sealed class KeyTests
{
    [Fact]
    public void EmptyInputHasTheKnownKeccak() =>
        Assert.Equal("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", Keccak256.Hash([]).ToString());

    [Fact]
    public void InputAcrossTheRateHasTheKnownKeccak()
    {
        // 200 bytes of 0xa3: the extended test message of the Keccak team, here with Ethereum's padding.
        var data = new byte[200];
        data.AsSpan().Fill(0xa3);
        Assert.Equal("0x3a57666b048777f2c953dc4456f45a2588e1cb6f2da760122d530ac2ce607d4a", Keccak256.Hash(data).ToString());
    }

    [Theory]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000001", "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")]
    [InlineData("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    public void AKeyHasItsEthereumAddress(string secret, string address)
    {
        Assert.True(Hex.TryDecode(secret, out var bytes));
        Assert.True(PrivateKey.TryFromBytes(bytes, out var key));
        Assert.Equal(address, key.Address.ToString());
    }

    [Fact]
    public void ASignatureRecoversItsSignerAndNobodyElse()
    {
        var key = PrivateKey.FromSeed(Hash256.Sha256([1]));
        var digest = Hash256.Sha256([2]);
        var signature = key.Sign(digest);
        Assert.True(signature.IsBy(key.Address, digest));
        Assert.False(signature.IsBy(key.Address, Hash256.Sha256([3])));
        Assert.Equal(signature, key.Sign(digest));
    }

    [Fact]
    public void AHighSIsNoSignature()
    {
        var bytes = PrivateKey.FromSeed(Hash256.Sha256([1])).Sign(Hash256.Sha256([2])).Bytes.ToArray();
        Assert.True(Signature.TryFromBytes(bytes, out _));
        var order = System.Numerics.BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.HexNumber, null);
        var high = order - new System.Numerics.BigInteger(bytes.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        bytes.AsSpan(32, 32).Clear();
        var highBytes = high.ToByteArray(isUnsigned: true, isBigEndian: true);
        highBytes.CopyTo(bytes, 64 - highBytes.Length);
        bytes[64] ^= 1;
        Assert.False(Signature.TryFromBytes(bytes, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(66)]
    public void AWrongLengthIsNoSignature(int length) => Assert.False(Signature.TryFromBytes(new byte[length], out _));

    [Fact]
    public void ASecretOutsideTheGroupIsNoKey()
    {
        Assert.False(PrivateKey.TryFromBytes(new byte[32], out _));
        Assert.False(PrivateKey.TryFromBytes(Enumerable.Repeat((byte)0xff, 32).ToArray(), out _));
        Assert.False(PrivateKey.TryFromBytes(new byte[31], out _));
    }
}
