using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.Learning;

namespace NeuroChain.Fuzz;

/// <summary>Decoders of Chain's texts: JSON files and what people write. A byte is a character, so that no input is lost on the way.</summary>
internal static class TextTargets
{
    // The platform's exception quotes the name at which it happened, several times over and in the longest of its spellings.
    private const int JsonBytesPerByte = 128;

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("genesis", ["GenesisDocument.Parse", "GenesisJson.Parse"], s => AnyGenesis(s).ToJson(), ReencodeGenesis) { Spelling = Spelling.Several, BytesPerByte = JsonBytesPerByte, TestInputs = 2_500 },
        new("chain-parameters", ["ChainParameters.TryDecode", "GenesisJson.TryParseParameters"], s => AnyGenesis(s).Parameters.Encode(),
            bytes => ChainParameters.TryDecode(bytes, out var parameters) ? parameters.Encode() : null) { Spelling = Spelling.Several, BytesPerByte = JsonBytesPerByte, TestInputs = 4_000 },
        new("task-definition", ["GenesisTask.TryParse", "GenesisJson.TryParseTask"], s => AnyGenesis(s).Tasks[0].ToCanonicalJson(),
            bytes => GenesisTask.TryParse(bytes, out var task) ? task.ToCanonicalJson() : null) { BytesPerByte = JsonBytesPerByte, TestInputs = 4_000 },
        new("keystore", ["KeystoreDocument.TryParse", "KeystoreDocument.Read", "KeystoreDocument.ReadDerivation", "Keystore.TryReadAddressUnverified"], AnyKeystore, ReadKeystore) { Spelling = Spelling.None, TestInputs = 4_000 },
        new("holders-file", ["HoldersFile.TryParse"], AnyHolders, bytes => HoldersFile.TryParse(bytes, out var file, out _) ? file.Encode() : null) { TestInputs = 2_500 },
        new("hash-text", ["Hash256.TryParse", "Hex.TryDecode"], s => Latin(s.NextHash().ToString()), bytes => Hash256.TryParse(Text(bytes), out var hash) ? Latin(hash.ToString()) : null)
        { Spelling = Spelling.Several },
        new("address-text", ["Address.TryParse"], s => Latin(ChainFormats.AnyAddress(s).ToString()), bytes => Address.TryParse(Text(bytes), out var address) ? Latin(address.ToString()) : null)
        { Spelling = Spelling.Several },
        new("amount-text", ["Amount.TryParseNtk"], s => Latin(new Amount(s.NextUInt64()).ToString()), bytes => Amount.TryParseNtk(Text(bytes), out var amount) ? Latin(amount.ToString()) : null)
        { Spelling = Spelling.Several },
    ];

    public static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    public static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    public static GenesisDocument AnyGenesis(SeededStream s)
    {
        var dataset = new GenesisDataset("digits", s.NextHash(), 10_000, ChainFormats.AnyAddress(s));
        var model = JsonNode.Parse(ModelSpec.SmallConvolutional().CanonicalJson)!.AsObject();
        return new GenesisDocument
        {
            ChainName = "fuzz",
            TimeMs = s.NextBelow(1UL << 41),
            Validators = [.. Enumerable.Range(0, 1 + (int)s.NextBelow(3)).Select(_ => new GenesisValidator(ChainFormats.AnyAddress(s), ChainFormats.AnyAddress(s), 1 + s.NextBelow(9)))],
            Allocations = [new GenesisAllocation(ChainFormats.AnyAddress(s), Amount.FromNtk(s.NextBelow(1000)))],
            RewardReserve = Amount.FromNtk(1000),
            Datasets = [dataset],
            Tasks = [new GenesisTask("digits", model, dataset.Root, dataset.Root, "public-hold-out", 1000, s.NextHash(), s.NextHash(), 1 + s.NextBelow(1 << 20), 10, 60)],
        };
    }

    private static byte[] AnyHolders(SeededStream s)
    {
        Address[] addresses = [.. Enumerable.Range(0, 2 + (int)s.NextBelow(8)).Select(_ => ChainFormats.AnyAddress(s)).Distinct().Order()];
        var excluded = (int)s.NextBelow((ulong)addresses.Length);
        return new HoldersFile(
            1 + s.NextBelow(10),
            ChainFormats.AnyAddress(s),
            s.NextBelow(100),
            new EthereumBlockId(100 + s.NextBelow(1_000), s.NextHash()),
            [.. addresses[..excluded].Select(address => new Exclusion(address, new Amount(1 + (UInt128)s.NextUInt64()), "a reason"))],
            [.. addresses[excluded..].Select(address => new Holding(address, new Amount(1 + (UInt128)s.NextUInt64())))]).Encode();
    }

    // The hash is what a node computes of a genesis before anything else.
    private static byte[]? ReencodeGenesis(byte[] bytes)
    {
        try
        {
            var genesis = GenesisDocument.Parse(bytes);
            _ = genesis.Hash;
            return genesis.ToJson();
        }
        catch (OperatorException)
        {
            return null;
        }
    }

    private static byte[] AnyKeystore(SeededStream s)
    {
        var (kdf, parameters) = s.NextChance(1, 2)
            ? ("scrypt", new JsonObject { ["dklen"] = 32, ["n"] = 2, ["r"] = 1, ["p"] = 1, ["salt"] = Hex.Encode(ChainTargets.Bytes(s, 32)) })
            : ("pbkdf2", new JsonObject { ["dklen"] = 32, ["c"] = 1 + (int)s.NextBelow(1000), ["prf"] = "hmac-sha256", ["salt"] = Hex.Encode(ChainTargets.Bytes(s, 32)) });
        var crypto = new JsonObject
        {
            ["cipher"] = "aes-128-ctr",
            ["cipherparams"] = new JsonObject { ["iv"] = Convert.ToHexStringLower(s.NextHash().ToArray()[..16]) },
            ["ciphertext"] = Convert.ToHexStringLower(s.NextHash().ToArray()),
            ["kdf"] = kdf,
            ["kdfparams"] = parameters,
            ["mac"] = Convert.ToHexStringLower(s.NextHash().ToArray()),
        };
        var address = Convert.ToHexStringLower(ChainFormats.AnyAddress(s).ToArray());
        return Encoding.UTF8.GetBytes(new JsonObject { ["version"] = 3, ["id"] = "0", ["address"] = address, ["crypto"] = crypto }.ToJsonString());
    }

    private static byte[]? ReadKeystore(byte[] bytes)
    {
        _ = Keystore.TryReadAddressUnverified(bytes, out _);
        if (KeystoreDocument.TryParse(bytes, out var document, out var fault)) return document.Ciphertext;
        Assert.NotEqual(KeystoreFault.None, fault);
        return null;
    }
}
