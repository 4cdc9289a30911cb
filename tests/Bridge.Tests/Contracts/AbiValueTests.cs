using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class AbiValueTests
{
    // The two examples of the ABI specification: "sam(bytes,bool,uint256[])" and "f(uint256,uint32[],bytes10,bytes)".
    [Fact]
    public void TheSpecificationsExamplesAreEncoded()
    {
        var sam = AbiValue.Encode(AbiValue.Bytes("dave"u8), AbiValue.Number(1), AbiValue.Array([AbiValue.Number(1), AbiValue.Number(2), AbiValue.Number(3)]));
        Assert.Equal(Lines("60", "01", "a0", "04", "R64617665", "03", "01", "02", "03"), Convert.ToHexStringLower(sam));

        var ten = AbiValue.Word(Hash256.FromBytes([.. "1234567890"u8, .. new byte[22]]));
        var f = AbiValue.Encode(AbiValue.Number(0x123), AbiValue.Array([AbiValue.Number(0x456), AbiValue.Number(0x789)]), ten, AbiValue.Bytes("Hello, world!"u8));
        Assert.Equal(
            Lines("0123", "80", "R31323334353637383930", "e0", "02", "0456", "0789", "0d", "R48656c6c6f2c20776f726c6421"),
            Convert.ToHexStringLower(f));
    }

    [Fact]
    public void StructsStandWhereTheyAreUnlessSomethingInThemIsDynamic()
    {
        var plain = AbiValue.Encode(AbiValue.Tuple(AbiValue.Number(1), AbiValue.Number(2)), AbiValue.Number(3));
        Assert.Equal(Lines("01", "02", "03"), Convert.ToHexStringLower(plain));
        var dynamic = AbiValue.Encode(AbiValue.Tuple(AbiValue.Number(1), AbiValue.Bytes([])), AbiValue.Number(3));
        Assert.Equal(Lines("40", "03", "01", "40", "00"), Convert.ToHexStringLower(dynamic));
    }

    [Fact]
    public void SelectorsAreThoseOfTheSpecification()
    {
        var token = ContractArtifact.Load("test/MockNtk");
        Assert.Equal("a9059cbb", Convert.ToHexStringLower(token.Call("transfer").AsSpan(0, 4)));
        Assert.Equal("095ea7b3", Convert.ToHexStringLower(token.Call("approve").AsSpan(0, 4)));
        Assert.Equal("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", token.Events.Single(entry => entry.Name == "Transfer").Topic.ToString());
    }

    private static string Lines(params string[] words) =>
        string.Concat(words.Select(word => word[0] == 'R' ? word[1..].PadRight(64, '0') : word.PadLeft(64, '0')));
}
