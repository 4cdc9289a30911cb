using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Benchmarks;

/// <summary>A chain of four validators whose blocks are built, signed and executed in memory: what a node replays or serves.</summary>
internal sealed class BenchmarkChain
{
    public static readonly PrivateKey[] Validators = [.. Enumerable.Range(0, 4).Select(i => PrivateKey.FromSeed(new SeededStream(90_000_000 + (ulong)i).NextHash()))];

    private CommitCertificate? _lastCommit;

    public BenchmarkChain(GenesisDocument genesis) => State = LedgerState.FromGenesis(genesis);

    /// <summary>Enough in every block, however full the ones before were.</summary>
    public static Amount Fee { get; } = Amount.FromNtk(1);

    public LedgerState State { get; private set; }

    public static GenesisDocument Genesis(IReadOnlyList<Address> accounts)
    {
        var genesis = new GenesisDocument
        {
            ChainName = "benchmark",
            TimeMs = 1_700_000_000_000,
            Parameters = new ChainParameters { Fees = new FeeParameters { BaseFeeMin = new Amount(1) }, FeeMin = new Amount(1) },
            Validators = [.. Validators.Select((key, i) => new GenesisValidator(key.Address, PrivateKey.FromSeed(new SeededStream(91_000_000 + (ulong)i).NextHash()).Address, 10))],
            Allocations = [.. accounts.Select(address => new GenesisAllocation(address, Amount.FromNtk(90_000_000 / (ulong)accounts.Count)))],
        };
        return genesis;
    }

    /// <summary>The next block, with all of these transactions, and its certificate.</summary>
    public (Block Block, CommitCertificate Certificate) Step(IReadOnlyList<Transaction> transactions)
    {
        var template = new BlockTemplate
        {
            Author = State.Next.Schedule.Leader(Round.Zero),
            BuiltRound = Round.Zero,
            Time = State.Time.Plus(1_000),
            LastCommit = _lastCommit,
        };
        var built = BlockBuilder.Build(State, template, transactions);
        var block = built.Block;
        var digest = new Precommit(block.Height, Round.Zero, block.Ref).Digest(State.GenesisHash);
        var set = State.Next.Validators;
        _lastCommit = new CommitCertificate(
            block.Height,
            Round.Zero,
            block.Ref,
            [.. set.Validators.Select((v, i) => new IndexedSignature((ushort)i, Validators.First(key => key.Address == v.Address).Sign(digest))).ToImmutableArray()]);
        State = built.Result.Next;
        return (block, _lastCommit);
    }
}
