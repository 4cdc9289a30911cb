using System.Diagnostics;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Benchmarks;

/// <summary>
/// Deposits replayed: blocks of a bridged chain, each with the validators' attestations of one block of Ethereum and the receipts of another, from their bytes
/// by the ledger's whole rules to credited accounts. Every deposit has a receipt and an account of its own. The limit is the proof of the same receipts alone.
/// </summary>
internal static class CreditBenchmark
{
    private const int EthereumBlocks = 48, LocksPerBlock = 64, Quorum = 3; // what the fourth says is no news

    private static readonly Amount Locked = Amount.FromNtk(1);

    public static readonly GenesisBridge Bridge = new(1, AddressOf(1), AddressOf(2), 1_000);

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        var genesis = Bridged(BenchmarkChain.Genesis([]));
        Progress.Say($"building {EthereumBlocks} blocks with {LocksPerBlock} deposits each");
        var (blocks, mined) = Build(genesis);
        Replay(genesis, blocks); // the compiler's work comes before the clock
        var before = Limit(mined);
        Progress.Say($"replaying for {options.Seconds:F0} s");
        var (credited, clock) = (0L, Stopwatch.StartNew());
        while (clock.Elapsed.TotalSeconds < options.Seconds) credited += Replay(genesis, blocks);
        var seconds = clock.Elapsed.TotalSeconds;
        return BenchmarkResult.Of(
            "credit", credited / seconds, "deposits/s", (before + Limit(mined)) / 2, seconds, ("deposits_per_block", LocksPerBlock), ("microseconds_each", 1e6 * seconds / credited));
    }

    /// <summary>The same chain with a vault.</summary>
    public static GenesisDocument Bridged(GenesisDocument plain) => plain with
    {
        SupplyMode = GenesisDocument.BridgedSupply,
        RewardReserve = Amount.Zero,
        Bridge = Bridge,
        Parameters = plain.Parameters with { Bridge = new BridgeParameters(), Validators = plain.Parameters.Validators with { EvidenceMs = 14 * 24 * 3_600_000 } },
    };

    private static (List<ReadOnlyMemory<byte>> Blocks, List<FakeBlock> Mined) Build(GenesisDocument genesis)
    {
        var (chain, blocks, mined) = (new BenchmarkChain(genesis), new List<ReadOnlyMemory<byte>>(), new List<FakeBlock>());
        var ethereum = new FakeEthereum(Bridge) { Time = genesis.TimeMs / 1_000 };
        ethereum.Deploy(genesis.Hash.Value, genesis.ValidatorSet().Root);
        FakeBlock? attested = null;
        for (var i = 0; i <= EthereumBlocks; i++)
        {
            var block = ethereum.Mine();
            var transactions = BenchmarkChain.Validators.Take(Quorum).Select(key => Attest(key, chain.State, block)).ToList();
            if (attested is not null) transactions.Add(Relay(chain.State, attested));
            Step(transactions);
            attested = block;
            mined.Add(block);
            for (var lockNumber = 0; lockNumber < LocksPerBlock; lockNumber++) ethereum.Lock(AddressOf((ulong)(10 + (i * LocksPerBlock) + lockNumber)), Locked);
        }

        Step([Relay(chain.State, attested!)]);
        Invariant.Check(BridgeStatus.Get(chain.State) is { Pending.IsZero: true, Halts: BridgeHalt.None } status && status.Nonce == 1 + (EthereumBlocks * LocksPerBlock), "all deposits are credited");
        return (blocks, mined);

        void Step(IReadOnlyList<Transaction> transactions)
        {
            var (block, _) = chain.Step(transactions);
            Invariant.Check(block.Transactions.Length == transactions.Count, "all of them find their place");
            blocks.Add(block.Bytes);
        }
    }

    // The certificates are another matter: their signatures are those of any block.
    private static long Replay(GenesisDocument genesis, List<ReadOnlyMemory<byte>> blocks)
    {
        var state = LedgerState.FromGenesis(genesis);
        foreach (var bytes in blocks)
        {
            Invariant.Check(PreparedBlock.TryPrepare(bytes, state.GenesisHash, out var prepared, out var refusal), refusal.ToString());
            Invariant.Check(BlockValidator.TryValidate(state, prepared, null, out var validated, out refusal), refusal.ToString());
            state = validated.Result.Next;
        }

        return EthereumBlocks * LocksPerBlock;
    }

    private static double Limit(List<FakeBlock> mined)
    {
        var proofs = mined.Where(block => block.OfVault.Length > 1).Select(block => (block.Header.ReceiptsRoot, Places: block.OfVault.ToArray(), Nodes: ReceiptProof.Create(block.Receipts, block.OfVault))).ToList();
        var (read, clock) = (0L, Stopwatch.StartNew());
        while (clock.Elapsed.TotalSeconds < 1)
            foreach (var (root, places, nodes) in proofs)
            {
                Invariant.Check(ReceiptProof.TryRead(root, places, nodes, out _, out _), "the receipts are under their root");
                read += places.Length;
            }

        return read / clock.Elapsed.TotalSeconds;
    }

    public static Transaction Attest(PrivateKey key, LedgerState state, FakeBlock block)
    {
        var words = new BridgeAttestation { Sequence = AttestationWords.Get(state, key.Address).Sequence + 1 };
        words.Blocks.Add(new EthereumBlock { Number = block.Number, Hash = block.Hash.ToByteString() });
        return Transaction.Sign(new TransactionBody { Genesis = state.GenesisHash.Value.ToByteString(), BridgeAttestation = words }, key);
    }

    public static Transaction Relay(LedgerState state, FakeBlock block)
    {
        var receipts = new VaultReceipts();
        receipts.Indexes.AddRange(block.OfVault);
        receipts.Nodes.AddRange(ReceiptProof.Create(block.Receipts, block.OfVault).Select(node => ByteString.CopyFrom(node.Span)));
        var evidence = new BridgeEvidence { Number = block.Number, Header = ByteString.CopyFrom(block.Header.Encode()), Receipts = receipts };
        return Transaction.Sign(new TransactionBody { Genesis = state.GenesisHash.Value.ToByteString(), BridgeRelay = evidence }, BenchmarkChain.Validators[0]);
    }

    private static Address AddressOf(ulong number) => Address.FromBytes([0x42, .. new byte[11], .. BitConverter.GetBytes(number)]);
}
