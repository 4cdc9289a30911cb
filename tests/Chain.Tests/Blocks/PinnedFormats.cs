namespace NeuroChain.Chain.Tests;

/// <summary>
/// One hash over fifty generated cases of every format that is signed, hashed or stored. Changing a value here is approving a format
/// change: a chain that runs could not be read, or would fork.
/// </summary>
public sealed class PinnedFormats
{
    [Theory]
    [InlineData("vote", "0f5d0638b3dacccc58beaf9afab2cf91e77a20053c138cd1739343baeb069936")]
    [InlineData("proposal", "d0b021637eeff4aec3b53b130affec6161c3ce3f02be9814d2514295856f16e0")]
    [InlineData("commit certificate", "e395802bea2326e17c7678f248e3e2de9e2604b0c9f469be4fa8f69de055db23")]
    [InlineData("polka certificate", "0324dbd3bbd5847af14ee5369b60b33e6454a0d0b48a5b0091ee2361e14baa30")]
    [InlineData("round certificate", "6c7ae1b9dd4f550bce15029b72e369032730b80784496697cdc34a3acc0835f1")]
    [InlineData("header", "a26588b53314b445810df92b43ff4e92571c407ec80701796dcc72c6f5e64984")]
    [InlineData("block", "a7dc4a198f6d69b9541aefa716115e1a1c3246975509458362f9df03453caf49")]
    [InlineData("compact block", "16e9850b656e8bdbdc98838dbbb3030e3144355ab670f8dc6ab0f3396ac7e68b")]
    [InlineData("validator set", "389acd5022ad57749b6e0d69228f90a6114fe8835c2bd8d7c2cb943be3464c24")]
    [InlineData("receipt", "c3c93832b31a21779c66f34e9f201b2ab041752a9fee16c663affebd83885cad")]
    [InlineData("transaction", "a3f406de42c4760c262f2ec9d508da956ce6f78c738277154997339e08ba2b82")]
    [InlineData("schedule record", "dfc01586d2731980601b80b2caf667f0f11727debb7561cfaf74092a17518472")]
    [InlineData("evidence", "dd40476e8e852dacd1bada1ce47b34d2ac35d92abc179c431aafeafc25ff2dce")]
    public void TheFormatIsTheApprovedOne(string name, string sha256)
    {
        var format = ChainFormats.Named(name);
        var writer = new ByteWriter();
        for (var number = 0; number < ChainFormat.Cases; number++) writer.LengthAndBytes(format.Case(number));
        Assert.Equal(sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(writer.ToArray())));
    }

    [Fact]
    public void TheGenesisHashIsTheApprovedOne()
    {
        var genesis = GenesisDocument.Parse(System.Text.Encoding.UTF8.GetBytes(GenesisTests.Good));
        Assert.Equal("0xab2b4037ff283aa9c48114313ac3033dba4314531390fb8f9105cccd11db9488", genesis.Hash.ToString());
        Assert.Equal("0x2cbc61c0018e4d079a42d9646803f24d0e6e071602a351788482ec5203d815f7", genesis.Tasks[0].Id.ToString());
    }

    [Fact]
    public void EveryFormatIsPinned() =>
        Assert.Equal(
            ChainFormats.All.Select(format => format.Name),
            typeof(PinnedFormats).GetMethod(nameof(TheFormatIsTheApprovedOne))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
                .Select(data => (string)((InlineDataAttribute)data).Data[0]!));
}
