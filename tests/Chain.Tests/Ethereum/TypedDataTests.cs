using System.Text;

namespace NeuroChain.Chain.Tests;

/// <summary>The example of EIP-712 ("Mail"), messages of EIP-191, and domains of every form.</summary>
public sealed class TypedDataTests
{
    private static readonly Eip712Type Person = new("Person", [("string", "name"), ("address", "wallet")]);

    private static readonly Eip712Type Mail = new("Mail", [("Person", "from"), ("Person", "to"), ("string", "contents")], Person);

    private static readonly Eip712Domain Domain = new("Ether Mail", "1", new UInt256(1), Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"));

    [Fact]
    public void TheExampleOfTheProposalIsHashedAsThere()
    {
        Assert.Equal("Mail(Person from,Person to,string contents)Person(string name,address wallet)", Mail.Text);
        Assert.Equal("0xa0cedeb2dc280ba39b857546d74f5549c3a1d7bdc2dd96bf881f76108e23dac2", Mail.Hash.ToString());
        Assert.Equal("0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f", Domain.Separator.ToString());
        Assert.Equal("0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e", Example().Hash.ToString());
        Assert.Equal("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2", Eip712.Digest(Domain, Example()).ToString());
    }

    [Fact]
    public void TheExampleOfTheProposalIsSignedAsThere()
    {
        Assert.True(PrivateKey.TryFromBytes(Keccak256.Hash("cow"u8).ToArray(), out var cow));
        Assert.Equal("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", cow.Address.ToString());
        Assert.Equal(
            "0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b9156201",
            cow.Sign(Eip712.Digest(Domain, Example())).ToString());
    }

    /// <summary>Their signatures of "the empty string" are left out: they are of no digest that is named there, as @ethereumjs finds too.</summary>
    [Fact]
    public void TheKeysOfTheOfficialVectorsHaveTheAddressesThere()
    {
        var read = 0;
        foreach (var vector in OfficialVectors.Read("keyaddrtest.json").EnumerateArray())
        {
            Assert.True(PrivateKey.TryFromBytes(Convert.FromHexString(vector.GetProperty("key").GetString()!), out var key));
            Assert.Equal(vector.GetProperty("addr").GetString(), Convert.ToHexStringLower(key.Address.ToArray()));
            Assert.Equal(Keccak256.Hash(Encoding.ASCII.GetBytes(vector.GetProperty("seed").GetString()!)).ToArray(), key.ExportSecret());
            read++;
        }

        Assert.Equal(2, read);
    }

    [Fact]
    public void ThePrecommitsDomainIsTheOneThatItWas()
    {
        Assert.Equal("0x69cd31bd40dd3d13a4d6db58bb8db15e4c20fc3363c4edbd6900ab779a2d2bd1", Eip712Domain.NeuroChain.Separator.ToString());
        Assert.Equal(Eip712.DomainSeparator, Eip712Domain.NeuroChain.Separator);
    }

    [Fact]
    public void EveryFieldOfADomainTellsItApart()
    {
        var (full, seen) = (Domain with { Salt = Hash256.Sha256([1]) }, new HashSet<Hash256>());
        Eip712Domain[] domains =
        [
            full, full with { Name = null }, full with { Version = null }, full with { ChainId = null }, full with { VerifyingContract = null }, full with { Salt = null },
            full with { Name = "x" }, full with { Version = "2" }, full with { ChainId = UInt256.MaxValue }, full with { VerifyingContract = Address.Zero }, full with { Salt = Hash256.Zero },
        ];
        Assert.All(domains, domain => Assert.True(seen.Add(domain.Separator)));
        Assert.Throws<InvariantException>(() => new Eip712Domain().Separator);
    }

    /// <summary>Types that types use come along, sorted, however deep; arrays are hashed as their elements' words.</summary>
    [Fact]
    public void NestedTypesAndArraysAreEncodedAsTheProposalSays()
    {
        var group = new Eip712Type("Group", [("Mail[]", "mails"), ("uint256[2]", "range"), ("address[]", "members"), ("bytes", "note"), ("bool", "isOpen"), ("bytes32", "id")], Mail);
        Assert.Equal("Group(Mail[] mails,uint256[2] range,address[] members,bytes note,bool isOpen,bytes32 id)Mail(Person from,Person to,string contents)Person(string name,address wallet)", group.Text);
        var id = Hash256.Sha256([7]);
        var value = new Eip712Struct(group)
            .Structs(Example(), Example())
            .Words("uint256", [1UL, 2UL], (words, number) => words.UInt64(number))
            .Words("address", [Address.Zero], (words, address) => words.Address(address))
            .Bytes([1, 2, 3])
            .Bool(true)
            .Bytes32(id);
        Assert.Equal(
            Keccak256.Hash(
            [
                .. Keccak256.Hash(Encoding.ASCII.GetBytes(group.Text)).ToArray(),
                .. Keccak256.Hash([.. Example().Hash.ToArray(), .. Example().Hash.ToArray()]).ToArray(),
                .. Keccak256.Hash([.. new byte[31], 1, .. new byte[31], 2]).ToArray(),
                .. Keccak256.Hash(new byte[32]).ToArray(),
                .. Keccak256.Hash([1, 2, 3]).ToArray(),
                .. new byte[31], 1,
                .. id.ToArray(),
            ]),
            value.Hash);
    }

    [Fact]
    public void AValueOfAnotherTypeOrAMissingOneIsABug()
    {
        Assert.Throws<InvariantException>(() => new Eip712Struct(Person).Address(Address.Zero));
        Assert.Throws<InvariantException>(() => new Eip712Struct(Person).Text("a").Hash);
        Assert.Throws<InvariantException>(() => new Eip712Struct(Person).Text("a").Address(Address.Zero).Bool(true));
        Assert.Throws<InvariantException>(() => new Eip712Struct(Mail).Struct(Example()));
    }

    [Theory]
    [InlineData("Hello World", "0xa1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2")]
    [InlineData("Ünïcödé", "0xcc8e971aa777bc845dabe091db6b1ff1ba47159e9d7a47180df2b7ccb870255c")]
    [InlineData("", "0x5f35dce98ba4fba25530a026ed80b2cecdaa31091ba4958b99b52ea1d068adad")]
    public void AMessageIsHashedWithItsLengthInBytes(string message, string digest) => Assert.Equal(digest, Eip191.Digest(message).ToString());

    private static Eip712Struct Example() => new Eip712Struct(Mail)
        .Struct(new Eip712Struct(Person).Text("Cow").Address(Parse("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")))
        .Struct(new Eip712Struct(Person).Text("Bob").Address(Parse("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")))
        .Text("Hello, Bob!");

    private static Address Parse(string text)
    {
        Assert.True(Address.TryParse(text, out var address));
        return address;
    }
}
