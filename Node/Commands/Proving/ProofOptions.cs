using System.CommandLine;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What a proof begins from, as the operator said it.</summary>
/// <param name="Genesis">The genesis document; null where none was given.</param>
/// <param name="Trusted">Height and hash of a header that the operator has from somebody he trusts.</param>
/// <param name="File">Where the last trusted header is kept between calls.</param>
/// <param name="Witnesses">Other nodes, host:port, that are asked for the same header.</param>
/// <param name="Light">Periods.</param>
internal sealed record ProofRequest(GenesisDocument? Genesis, (Height Height, BlockHash Hash)? Trusted, TrustFile? File, IReadOnlyList<string> Witnesses, LightOptions Light);

/// <summary>The options of a query that is to be proved.</summary>
/// <param name="switchName">What asks for it.</param>
internal sealed class ProofOptions(string switchName = "--prove")
{
    private const ulong DayMs = 24UL * 60 * 60 * 1000;

    private readonly Option<bool> _prove = new(switchName) { Description = "Believe the node nothing: check the answer against certified headers, from a trusted one on" };
    private readonly Option<ulong?> _height = new("--trust-height") { Description = "Height of the header that you trust" };
    private readonly Option<string?> _hash = new("--trust-hash") { Description = "Its hash, from somebody whom you trust" };
    private readonly Option<string?> _genesis = new("--genesis") { Description = "Trust this genesis file instead" };
    private readonly Option<string?> _file = new("--trust-file") { Description = "Begin from the header in this file, where it is there, and keep the newest in it" };
    private readonly Option<uint> _days = new("--trusting-period") { Description = "Days for which the validators of a trusted header are trusted", DefaultValueFactory = _ => 14 };
    private readonly Option<string[]> _witnesses = new("--witness") { Description = "Another node, host:port, that must show the same header" };

    public void AddTo(Command command)
    {
        command.Options.Add(_prove);
        command.Options.Add(_height);
        command.Options.Add(_hash);
        command.Options.Add(_genesis);
        command.Options.Add(_file);
        command.Options.Add(_days);
        command.Options.Add(_witnesses);
    }

    /// <summary>Null where no proof is wanted.</summary>
    /// <exception cref="OperatorException">There is nothing to begin from, or it cannot be read.</exception>
    public ProofRequest? Read(ParseResult parsed)
    {
        var file = parsed.GetValue(_file) is { } path ? new TrustFile(path) : null;
        var (height, hash, genesis) = (parsed.GetValue(_height), parsed.GetValue(_hash), parsed.GetValue(_genesis));
        if (!parsed.GetValue(_prove))
            return height is null && hash is null && genesis is null && file is null ? null : throw new OperatorException($"--trust-height, --trust-hash, --trust-file and --genesis are for {switchName}: add it");
        if (height is null != hash is null) throw new OperatorException("--trust-height and --trust-hash go together");
        if (height is null && genesis is null && file?.Exists != true)
            throw new OperatorException($"{switchName} needs something to begin from: --trust-height and --trust-hash, or --genesis, or a --trust-file of an earlier call");
        if (parsed.GetValue(_days) == 0) throw new OperatorException("--trusting-period: at least one day");
        var light = new LightOptions { TrustingPeriodMs = parsed.GetValue(_days) * DayMs };
        return new ProofRequest(GenesisOf(genesis), TrustedOf(height, hash), file, parsed.GetValue(_witnesses) ?? [], light);
    }

    private static (Height Height, BlockHash Hash)? TrustedOf(ulong? height, string? hash)
    {
        if (height is null) return null;
        if (height == 0) throw new OperatorException("--trust-height: from 1 on; to begin from genesis use --genesis");
        return Hash256.TryParse(hash, out var value) ? (new Height(height.Value), new BlockHash(value)) : throw new OperatorException("--trust-hash: 0x and 64 hexadecimal digits");
    }

    private static GenesisDocument? GenesisOf(string? file)
    {
        if (file is null) return null;
        return File.Exists(file) ? GenesisDocument.Parse(File.ReadAllBytes(file)) : throw new OperatorException($"--genesis: there is no {file}");
    }
}
