using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Settings of a signer that is a process of its own: signer.json in its home.</summary>
internal sealed record SignerOptions
{
    public const string FileName = "signer.json";

    /// <summary>Where the node reaches it. The port is CometBFT's for remote signers.</summary>
    public string Listen { get; init; } = "127.0.0.1:26659";

    /// <summary>The chain for which it signs.</summary>
    public Hash256 GenesisHash { get; init; }

    /// <summary>Addresses of the nodes that may ask it, one of them at a time.</summary>
    public ImmutableArray<Address> Nodes { get; init; } = [];

    /// <summary>Key file of the validator, in the home or absolute.</summary>
    public string Key { get; init; } = "keys/validator.json";

    /// <summary>Key file of the signer's own identity, by which the node knows it.</summary>
    public string NodeKey { get; init; } = "keys/signer.json";

    /// <summary>File that holds the password of both; where it is null the variable NEUROCHAIN_PASSWORD does.</summary>
    public string? PasswordFile { get; init; } = "keys/password";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
        Converters = { new TextConverter<Address>(Address.TryParse, "0x and 40 hexadecimal digits"), new TextConverter<Hash256>(Hash256.TryParse, "0x and 64 hexadecimal digits") },
    };

    [JsonIgnore]
    public IPEndPoint Endpoint =>
        IPEndPoint.TryParse(Listen, out var endpoint) && Listen.Contains(':', StringComparison.Ordinal) ? endpoint : throw Bad("listen", $"address:port, not \"{Listen}\"");

    [JsonIgnore]
    public GenesisHash Genesis => new(GenesisHash);

    /// <exception cref="OperatorException">Names the key and the form that is wanted.</exception>
    public static SignerOptions Load(string path)
    {
        var options = OptionsFile.Load<SignerOptions>(path, "signer", "make it with ./neurochain signer init, or see docs/operator/signer.md", Json);
        _ = options.Endpoint;
        if (options.GenesisHash.IsZero) throw Bad("genesis_hash", "the hash of the chain for which it signs");
        if (options.Nodes.IsDefaultOrEmpty) throw Bad("nodes", "the addresses of the nodes that may ask it");
        return options;
    }

    public void Save(string path) => OptionsFile.Save(path, this, Json);

    private static OperatorException Bad(string key, string wanted) => new($"signer: {key}: {wanted}");
}
