using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Benchmarks;

/// <summary>A chain of four validators, or of others, whose blocks are built, signed and executed in memory: what a node replays or serves.</summary>
internal sealed class BenchmarkChain
{
    public static readonly PrivateKey[] Validators = KeysOf(4);

    private readonly Dictionary<Address, PrivateKey> _keys;

    public BenchmarkChain(GenesisDocument genesis, PrivateKey[]? validators = null)
    {
        _keys = (validators ?? Validators).ToDictionary(key => key.Address);
        State = LedgerState.FromGenesis(genesis);
    }

    /// <summary>Enough in every block, however full the ones before were.</summary>
    public static Amount Fee { get; } = Amount.FromNtk(1);

    public LedgerState State { get; private set; }

    /// <summary>Header of the last block; null at genesis.</summary>
    public Header? LastHeader { get; private set; }

    /// <summary>Its certificate, as it was checked when it came.</summary>
    public VerifiedCommit? LastCommit { get; private set; }

    public static PrivateKey[] KeysOf(int validators) => [.. Enumerable.Range(0, validators).Select(i => PrivateKey.FromSeed(new SeededStream(90_000_000 + (ulong)i).NextHash()))];

    public static GenesisDocument Genesis(IReadOnlyList<Address> accounts, PrivateKey[]? validators = null)
    {
        var genesis = new GenesisDocument
        {
            ChainName = "benchmark",
            TimeMs = 1_700_000_000_000,
            Parameters = new ChainParameters { Fees = new FeeParameters { BaseFeeMin = new Amount(1) }, FeeMin = new Amount(1) },
            Validators = [.. (validators ?? Validators).Select((key, i) => new GenesisValidator(key.Address, PrivateKey.FromSeed(new SeededStream(91_000_000 + (ulong)i).NextHash()).Address, 10))],
            Allocations = [.. accounts.Select(address => new GenesisAllocation(address, Amount.FromNtk(90_000_000 / (ulong)accounts.Count)))],
        };
        return genesis;
    }

    /// <summary>The next block, with as many of these transactions as may be in it.</summary>
    public ValidatedBlock Build(IReadOnlyList<Transaction> transactions)
    {
        var template = new BlockTemplate
        {
            Author = State.Next.Schedule.Leader(Round.Zero),
            BuiltRound = Round.Zero,
            Time = State.Time.Plus(1_000),
            LastCommit = LastCommit?.Certificate,
        };
        return BlockBuilder.Build(State, template, transactions);
    }

    /// <summary>The same, with its certificate; the chain goes on with it.</summary>
    public (Block Block, CommitCertificate Certificate) Step(IReadOnlyList<Transaction> transactions)
    {
        var built = Build(transactions);
        var block = built.Block;
        var digest = new Precommit(block.Height, Round.Zero, block.Ref).Digest(State.GenesisHash);
        var set = State.Next.Validators;
        var certificate = new CommitCertificate(
            block.Height,
            Round.Zero,
            block.Ref,
            [.. set.Validators.Select((v, i) => new IndexedSignature((ushort)i, _keys[v.Address].Sign(digest))).ToImmutableArray()]);
        Invariant.Check(certificate.TryVerify(State.GenesisHash, set, out var commit, out _), "all of the set sign");
        (State, LastHeader, LastCommit) = (built.Result.Next, block.Header, commit);
        return (block, certificate);
    }
}
