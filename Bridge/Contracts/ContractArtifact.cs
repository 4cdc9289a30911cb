using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>A compiled contract as Bridge/tools/compile.js wrote it: its interface, its bytecode and where its variables are stored.</summary>
internal sealed class ContractArtifact
{
    private readonly ImmutableArray<AbiEntry> _entries;
    private readonly byte[] _bytecode;

    private ContractArtifact(JsonElement root)
    {
        Name = root.GetProperty("contract").GetString()!;
        _entries = [.. root.GetProperty("abi").EnumerateArray().Select(AbiEntry.Read)];
        Storage = [.. root.GetProperty("storage").EnumerateArray().Select(StoredVariable.Read)];
        _bytecode = Convert.FromHexString(root.GetProperty("bytecode").GetString().AsSpan(2));
    }

    public string Name { get; }

    public ImmutableArray<StoredVariable> Storage { get; }

    public IEnumerable<AbiEntry> Events => _entries.Where(entry => entry.Kind == "event");

    public IEnumerable<AbiEntry> Functions => _entries.Where(entry => entry.Kind == "function");

    public IEnumerable<AbiEntry> Errors => _entries.Where(entry => entry.Kind == "error");

    /// <param name="name">Below Bridge/contracts/artifacts, without the ending: "NtkVault", "test/MockNtk".</param>
    public static ContractArtifact Load(string name)
    {
        using var stream = typeof(ContractArtifact).Assembly.GetManifestResourceStream($"contracts/{name}.json");
        Invariant.Check(stream is not null, $"the contract {name} is built into the program");
        using var document = JsonDocument.Parse(stream);
        return new ContractArtifact(document.RootElement);
    }

    /// <summary>Calldata. Names are not overloaded in the bridge's contracts.</summary>
    public byte[] Call(string function, params AbiValue[] arguments)
    {
        var entry = _entries.Single(entry => entry.Kind == "function" && entry.Name == function);
        return [.. entry.Topic.ToArray()[..4], .. AbiValue.Encode(arguments)];
    }

    public AbiSelector SelectorOf(string function) => new(new ByteReader(Call(function)).UInt32());

    /// <summary>What a transaction without receiver carries to create the contract.</summary>
    public byte[] Creation(params AbiValue[] arguments) => [.. _bytecode, .. AbiValue.Encode(arguments)];

    /// <summary>Name of the custom error that a call reverted with; null where it is none of this contract.</summary>
    public string? ErrorOf(ReadOnlySpan<byte> revertData)
    {
        if (revertData.Length < 4) return null;
        foreach (var error in Errors)
            if (error.Topic.ToArray().AsSpan(0, 4).SequenceEqual(revertData[..4]))
                return error.Name;
        return null;
    }
}

/// <summary>A function, event or error.</summary>
/// <param name="Kind">As the ABI has it: "function", "event", "error", "constructor", "fallback".</param>
/// <param name="Name">Empty for a constructor.</param>
/// <param name="Topic">Keccak-256 of name and types; a function's or error's selector is its first four bytes.</param>
/// <param name="Indexed">Of each parameter, whether a log has it as a topic.</param>
internal sealed record AbiEntry(string Kind, string Name, Hash256 Topic, ImmutableArray<bool> Indexed)
{
    public static AbiEntry Read(JsonElement entry)
    {
        var name = entry.TryGetProperty("name", out var text) ? text.GetString()! : "";
        var inputs = entry.TryGetProperty("inputs", out var list) ? list.EnumerateArray().ToArray() : [];
        var signature = $"{name}({string.Join(',', inputs.Select(TypeOf))})";
        return new AbiEntry(
            entry.GetProperty("type").GetString()!,
            name,
            Keccak256.Hash(Encoding.ASCII.GetBytes(signature)),
            [.. inputs.Select(input => input.TryGetProperty("indexed", out var indexed) && indexed.GetBoolean())]);
    }

    // A struct is written as its members in brackets.
    private static string TypeOf(JsonElement input)
    {
        var type = input.GetProperty("type").GetString()!;
        if (!type.StartsWith("tuple", StringComparison.Ordinal)) return type;
        return $"({string.Join(',', input.GetProperty("components").EnumerateArray().Select(TypeOf))}){type["tuple".Length..]}";
    }
}

/// <summary>Where the compiler put a variable: the slot, and the offset in bytes from its right end.</summary>
internal sealed record StoredVariable(string Label, int Slot, int Offset, string Type)
{
    public static StoredVariable Read(JsonElement variable) => new(
        variable.GetProperty("label").GetString()!,
        variable.GetProperty("slot").GetInt32(),
        variable.GetProperty("offset").GetInt32(),
        variable.GetProperty("type").GetString()!);
}
