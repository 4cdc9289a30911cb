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
    [InlineData("header", "7f1e90877a3d2b44ffebc8c795ca83d11f9ff398d6ad23ab510efaa63e785593")]
    [InlineData("block", "53aef4bb61760beca49cee91fc5d4671fd60f84d44f627403fab0558cbd01c73")]
    [InlineData("compact block", "70b83ca7de92612b57c41512bebc80ad46d1eb20f9302818137f614f65fe0ce8")]
    [InlineData("validator set", "389acd5022ad57749b6e0d69228f90a6114fe8835c2bd8d7c2cb943be3464c24")]
    [InlineData("receipt", "c3c93832b31a21779c66f34e9f201b2ab041752a9fee16c663affebd83885cad")]
    [InlineData("transaction", "9e8b4d3357ff4305ded739cd79691b738edf1c54b8412cb31f181d274f69075f")]
    [InlineData("schedule record", "dfc01586d2731980601b80b2caf667f0f11727debb7561cfaf74092a17518472")]
    [InlineData("evidence", "dd3180172ad4ea394737d129f083d054e2963b662dc3dc3bfdd5f735e6f32aa6")]
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
        Assert.Equal("0x6cdcecf8ebb90ca0d876221fa24573b2634bf284c2e365e620799883bf616627", genesis.Hash.ToString());
        Assert.Equal("0x8846b522892ff2987b6978385ca6940f84c818ad97541748e1de6e1ffd9389c4", genesis.Tasks[0].Id.ToString());
    }

    [Fact]
    public void EveryFormatIsPinned() =>
        Assert.Equal(
            ChainFormats.All.Select(format => format.Name),
            typeof(PinnedFormats).GetMethod(nameof(TheFormatIsTheApprovedOne))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
                .Select(data => (string)((InlineDataAttribute)data).Data[0]!));
}
