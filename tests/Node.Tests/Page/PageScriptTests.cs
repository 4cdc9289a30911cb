using System.Text.Json;
using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>The page's own arithmetic, in the browser that runs it, against this program's.</summary>
public sealed class PageScriptTests(PageFixture fixture) : PageTest(fixture)
{
    private static readonly string[] Contracts = ["NtkVault", "Deposit", "DepositFactory"];

    [Fact]
    public async Task KeccakAndChecksumsAreOurs()
    {
        await Tab.GoAsync(Address("/bridge/solvency"));
        var stream = new SeededStream(71);
        foreach (var length in new[] { 0, 1, 31, 32, 135, 136, 137, 271, 272, 1000 })
        {
            byte[] message = [.. Enumerable.Range(0, length).Select(_ => (byte)stream.NextHash().ToArray()[0])];
            Assert.Equal(Keccak256.Hash(message).ToString(), await ImportAsync("keccak", $"(async (m) => (await import('/bridge/js/bytes.js')).toHex(m.keccak256((await import('/bridge/js/bytes.js')).fromHex('{Hex.Encode(message)}'))))(m)"));
        }

        for (var i = 0; i < 50; i++)
        {
            var address = PrivateKey.FromSeed(stream.NextHash()).Address;
            Assert.Equal(address.ToString(), await ImportAsync("address", $"m.withChecksum('{address.ToString().ToLowerInvariant()}')"));
        }
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("0.000000000000000001", "0.000000000000000001")]
    [InlineData("1234567.50", "1,234,567.5")]
    [InlineData("100000000", "100,000,000")]
    [InlineData(" 12. ", "12")]
    public async Task AmountsAreReadAndWrittenExactly(string text, string shown)
    {
        await Tab.GoAsync(Address("/bridge/solvency"));
        Assert.Equal(shown, await ImportAsync("amount", $"m.formatAmount(m.parseAmount({JsonSerializer.Serialize(text)}).units)"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData(".5")]
    [InlineData("0x10")]
    [InlineData("1 000")]
    [InlineData("100000000.000000000000000001")]
    [InlineData("99999999999999999999")]
    public async Task WhatIsNoAmountIsNone(string text)
    {
        await Tab.GoAsync(Address("/bridge/solvency"));
        Assert.NotNull(await ImportAsync("amount", $"m.parseAmount({JsonSerializer.Serialize(text)}).error"));
    }

    /// <summary>Each error that a contract can end a call with has its words, and nothing else has.</summary>
    [Fact]
    public async Task EveryErrorOfTheContractsHasItsWords()
    {
        await Tab.GoAsync(Address("/bridge/solvency"));
        var known = JsonSerializer.Deserialize<string[]>((await ImportAsync("contracts", "JSON.stringify([...Object.keys(m.ERRORS), ...m.RARE_ERRORS])"))!)!;
        var wanted = Contracts.SelectMany(name => ContractArtifact.Load(name).Errors).Select(error => error.Topic).ToHashSet();
        Assert.Equal(wanted.Select(topic => topic.ToString()).Order(), known.Select(signature => Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(signature)).ToString()).Order());
        Assert.Contains("no less than 5 NTK", await ImportAsync("contracts", $"m.errorOf('{Revert("BelowMinimum(uint256)")}' + (5n * 10n ** 18n).toString(16).padStart(64, '0')).text"));
        // Cut short, unknown, and much too long: still words.
        Assert.Contains("BelowMinimum", await ImportAsync("contracts", $"m.errorOf('{Revert("BelowMinimum(uint256)")}').text"));
        Assert.Equal("true", await ImportAsync("contracts", "String(m.errorOf('0x01020304') === null && m.errorOf('0x') === null)"));
    }

    [Fact]
    public async Task CallsAndTopicsAreThoseOfTheArtifacts()
    {
        await Tab.GoAsync(Address("/bridge/solvency"));
        var vault = ContractArtifact.Load("NtkVault");
        Assert.Equal(vault.Events.Single(entry => entry.Name == "Locked").Topic.ToString(), await ImportAsync("contracts", "m.LOCKED_TOPIC"));
        Assert.Equal(vault.Functions.Single(entry => entry.Name == "release").Topic.ToString()[..10], await ImportAsync("contracts", "m.RELEASE_SELECTOR"));
        Assert.Equal(vault.Functions.Single(entry => entry.Name == "follow").Topic.ToString()[..10], await ImportAsync("contracts", "m.FOLLOW_SELECTOR"));
    }

    /// <summary>The fingerprints are those of what the artifacts deploy, and one changed byte is another code.</summary>
    [Fact]
    public async Task TheFingerprintsAreThoseOfTheDeployedContracts()
    {
        await Tab.GoAsync(Address("/bridge/solvency"));
        var implementation = await Factory.AddressAsync("implementation");
        foreach (var (name, address) in new[] { ("NtkVault", World.Vault.Address), ("DepositFactory", Factory.Address), ("Deposit", implementation) })
        {
            var code = Convert.FromHexString((await World.Ethereum.CallAsync("eth_getCode", address.ToString(), "latest")).GetString().AsSpan(2));
            var places = JsonSerializer.Deserialize<int[]>((await ImportAsync("contracts", $"JSON.stringify(m.CODES.{name}.places)"))!)!;
            // Behind PUSH32 alone: no place may hide an instruction.
            Assert.All(places, place => Assert.Equal(0x7f, code[place - 1]));
            foreach (var place in places) code.AsSpan(place, 32).Clear();
            Assert.Equal(Keccak256.Hash(code).ToString(), await ImportAsync("contracts", $"m.CODES.{name}.hash"));
        }
    }

    /// <summary>What a wallet signs for the page is what the chain checks: the wallet is a real node's, the digest is this program's.</summary>
    [Fact]
    public async Task TheTypedDataOfAWithdrawalIsTheChains()
    {
        await Tab.GoAsync(Address("/bridge/solvency"));
        var body = new TransactionBody
        {
            Genesis = Words.Of(0x77).ToByteString(),
            Sender = Visitor.ToByteString(),
            Nonce = 5,
            Fee = new Amount(1_000_000_000_000_000).ToByteString(),
            ExpiryHeight = 4_000,
            BridgeWithdraw = new BridgeWithdraw { To = World.Bob.ToByteString(), Amount = (Amount.FromNtk(12) + new Amount(500_000_000_000_000_000)).ToByteString() },
        };
        var terms = WithdrawalTerms.Of(body);
        var json = System.Text.Encoding.UTF8.GetString(terms.ToJson());
        var typed = JsonSerializer.Deserialize<JsonElement>((await ImportAsync("withdrawal", $"m.typedData({json})"))!);
        var signature = (await World.Ethereum.CallAsync("eth_signTypedData_v4", Visitor.ToString(), typed)).GetString();

        var envelope = (terms with { Signature = signature }).ToEnvelope();
        Assert.True(Transaction.TryDecode(envelope, new GenesisHash(Words.Of(0x77)), out var transaction, out var fault), $"{fault}");
        Assert.Equal(body, transaction.Body);
        Assert.Equal(transaction.Hash, Transaction.HashOf(body.ToByteArray()));
        foreach (var changed in new[] { terms with { Amount = "12.50 NTK" }, terms with { Amount = "12.6 NTK" }, terms with { To = $"{World.Alice}" }, terms with { From = $"{World.Alice}" }, terms with { Nonce = "6" }, terms with { Fee = "0.002 NTK" }, terms with { ExpiryHeight = "0" } })
        {
            var isOf = Transaction.TryDecode((changed with { Signature = signature }).ToEnvelope(), new GenesisHash(Words.Of(0x77)), out var other, out _);
            // Another spelling of the same amount is the same body.
            Assert.Equal(changed.Amount == "12.50 NTK", isOf);
            if (isOf) Assert.Equal(transaction.Hash, other!.Hash);
        }

        var wanted = $"{{genesis: '{terms.Chain}', from: '{terms.From}', to: '{terms.To}', amount: 12500000000000000000n}}";
        Assert.Equal("1000000000000000", await ImportAsync("withdrawal", $"String(m.checkTerms({json}, {wanted}))"));
        foreach (var lie in new[] { "to: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'", "amount: '12.6 NTK'", "fee: '1.1 NTK'", "chain: '0x00'", "from: '0x00'", "nonce: '-1'" })
            Assert.Equal("refused", await ImportAsync("withdrawal", $"{{ try {{ m.checkTerms({{...{json}, {lie}}}, {wanted}); return 'taken'; }} catch {{ return 'refused'; }} }}"));

        var place = BridgeLeaf.BurnId(new GenesisHash(Words.Of(0x77)), new Height(99), transaction.Hash, 0);
        Assert.Equal(place.ToString(), await ImportAsync("withdrawal", $"m.burnIdOf('{terms.Chain}', '99', '{transaction.Hash}')"));
    }

    private static string Revert(string signature) => Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(signature)).ToString()[..10];

    private async Task<string?> ImportAsync(string module, string expression)
    {
        var value = await Tab.EvaluateAsync($"import('/bridge/js/{module}.js').then((m) => {expression})");
        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
