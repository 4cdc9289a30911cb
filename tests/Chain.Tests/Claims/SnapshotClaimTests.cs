using System.Text.Json.Nodes;

namespace NeuroChain.Chain.Tests;

/// <summary>What wallets sign: the digests of both forms and whose signatures they are, by another implementation.</summary>
public sealed class SnapshotClaimTests
{
    [Fact]
    public void DigestsAndSignersAreThoseOfEthers()
    {
        var rows = ClaimVectors.Read("claims");
        Assert.True(rows.Count >= 20);
        foreach (var row in rows)
        {
            var claim = new SnapshotClaim(
                new GenesisHash(row.Hash("chain")),
                row.GetProperty("ethereumChainId").GetUInt64(),
                row.Address("holder"),
                row.Units("amount"),
                row.Address("recipient"),
                ulong.Parse(row.GetProperty("validUntil").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(row.GetProperty("text").GetString(), claim.Text);
            Assert.Equal(row.Hash("typedDigest"), claim.Digest(ClaimForm.Typed));
            Assert.Equal(row.Hash("textDigest"), claim.Digest(ClaimForm.Text));
            foreach (var (form, name) in new[] { (ClaimForm.Typed, "typedSignature"), (ClaimForm.Text, "textSignature") })
            {
                Assert.True(Hex.TryDecode(row.GetProperty(name).GetString(), out var bytes));
                Assert.True(EcdsaSignature.TryFromBytes(bytes.AsSpan(0, EcdsaSignature.Size), out var signature));
                Assert.True(signature.IsBy(claim.Holder, claim.Digest(form)));
                Assert.False(signature.IsBy(claim.Holder, claim.Digest(form == ClaimForm.Typed ? ClaimForm.Text : ClaimForm.Typed)));
                Assert.False(signature.IsBy(claim.Recipient, claim.Digest(form)));
            }

            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(row.GetProperty("typedData").GetRawText()), claim.ToTypedData()), claim.ToTypedData().ToJsonString());
        }
    }

    [Fact]
    public void EachFieldIsInBothDigests()
    {
        var claim = new SnapshotClaim(new GenesisHash(Hash256.Sha256([1])), 1, ChainFormats.AnyAddress(new SeededStream(1)), Amount.FromNtk(5), ChainFormats.AnyAddress(new SeededStream(2)), 1_900_000_000);
        SnapshotClaim[] others =
        [
            claim with { Chain = new GenesisHash(Hash256.Sha256([2])) }, claim with { Holder = claim.Recipient }, claim with { Amount = claim.Amount + new Amount(1) },
            claim with { Recipient = claim.Holder }, claim with { ValidUntil = claim.ValidUntil + 1 },
        ];
        foreach (var form in Enum.GetValues<ClaimForm>())
        {
            Assert.All(others, other => Assert.NotEqual(claim.Digest(form), other.Digest(form)));
            Assert.Equal(others.Length, others.Select(other => other.Digest(form)).Distinct().Count());
        }

        Assert.NotEqual(claim.Digest(ClaimForm.Typed), (claim with { EthereumChainId = 5 }).Digest(ClaimForm.Typed));
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00Z")]
    [InlineData(1_830_297_599, "2027-12-31T23:59:59Z")]
    [InlineData(253_402_300_799, "9999-12-31T23:59:59Z")]
    public void TimesAreWrittenInUtc(ulong seconds, string text) => Assert.Equal(text, SnapshotClaim.Time(seconds));
}
