using System.Diagnostics;
using NeuroChain.Chain;

namespace NeuroChain.Benchmarks;

/// <summary>
/// Deposits checked as the ledger must check them: the header's hash against the attested one, the receipt under its root, the log's event and
/// its words. Each is a block of its own, with one deposit among 200 receipts: the dearest case. On one core, as a block executes. The limit is
/// Keccak-256 over the same bytes and nothing else.
/// </summary>
internal static class ReceiptProofBenchmark
{
    private const int Blocks = 64, ReceiptsPerBlock = 200;

    private static readonly AbiEvent Locked = AbiEvent.Of("Locked(uint64,address,bytes32,uint256,uint256)", indexed: 3);

    private static readonly Address Vault = Address.FromBytes([.. Enumerable.Repeat((byte)0x69, Address.Size)]);

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        var deposits = Enumerable.Range(0, Blocks).Select(i => Deposit.Make((ulong)i + 1)).ToList();
        var before = Limit(deposits);
        Progress.Say($"proofs for {options.Seconds:F0} s");
        var (read, clock) = (0L, Stopwatch.StartNew());
        while (clock.Elapsed.TotalSeconds < options.Seconds)
            foreach (var deposit in deposits)
            {
                Invariant.Check(deposit.IsProven(), "the deposits are good");
                read++;
            }

        var seconds = clock.Elapsed.TotalSeconds;
        var limit = (before + Limit(deposits)) / 2;
        return BenchmarkResult.Of(
            "receipt-proof",
            read / seconds,
            "deposits/s",
            limit,
            seconds,
            ("nodes_per_proof", deposits.Average(deposit => deposit.Nodes.Count)),
            ("bytes_per_proof", deposits.Average(deposit => deposit.Nodes.Sum(node => node.Length) + deposit.Header.Length)),
            ("microseconds_each", 1e6 * seconds / read));
    }

    private static double Limit(List<Deposit> deposits)
    {
        var (hashed, clock) = (0L, Stopwatch.StartNew());
        for (; clock.Elapsed.TotalSeconds < 1; hashed += deposits.Count)
            foreach (var deposit in deposits)
            {
                _ = Keccak256.Hash(deposit.Header);
                foreach (var node in deposit.Nodes) _ = Keccak256.Hash(node.Span);
            }

        return hashed / clock.Elapsed.TotalSeconds;
    }

    private sealed record Deposit(ulong Nonce, ulong Place, byte[] Header, Hash256 Hash, IReadOnlyList<ReadOnlyMemory<byte>> Nodes)
    {
        public static Deposit Make(ulong nonce)
        {
            var stream = new SeededStream(nonce);
            var place = stream.NextBelow(ReceiptsPerBlock);
            var receipts = Enumerable.Range(0, ReceiptsPerBlock)
                .Select(i => new EthereumReceipt(2, null, true, 21_000 * ((ulong)i + 1), [Transfer(stream), .. (ulong)i == place ? [Lock(stream, nonce)] : Array.Empty<EthereumLog>()]));
            var trie = EthereumReceipt.TrieOf(receipts);
            var header = HeaderOver(trie.Root, nonce);
            return new Deposit(nonce, place, header.Encode(), header.ComputeHash(), ReceiptProof.Create(trie, place));
        }

        public bool IsProven()
        {
            if (Keccak256.Hash(Header) != Hash || !EthereumHeader.TryDecode(Header, out var header, out _)) return false;
            if (!ReceiptProof.TryRead(header.ReceiptsRoot, [Place], Nodes, out var receipts, out _) || !receipts[0].Succeeded) return false;
            foreach (var log in receipts[0].Logs)
            {
                if (log.Address != Vault || !Locked.IsIn(log)) continue;
                var topics = Locked.Open(log, 2, out var data);
                var nonce = topics.UInt64();
                _ = (topics.Address(), topics.Hash(), data.UInt128(), data.UInt128());
                return nonce == Nonce && topics.IsWhole && data.IsWhole;
            }

            return false;
        }

        private static EthereumLog Lock(SeededStream stream, ulong nonce) => new(
            Vault,
            [Locked.Topic, new UInt256(nonce).ToHash(), Hash256.FromBytes(new AbiWriter().Address(Vault).ToArray()), stream.NextHash()],
            new AbiWriter().UInt128(Amount.FromNtk(5).Units).UInt128(Amount.FromNtk(50_000_000).Units).ToArray());

        private static EthereumLog Transfer(SeededStream stream) => new(
            Address.FromBytes(stream.NextHash().ToArray().AsSpan(0, Address.Size)), [stream.NextHash(), stream.NextHash(), stream.NextHash()], stream.NextHash().ToArray());

        private static EthereumHeader HeaderOver(Hash256 receiptsRoot, ulong number) => new()
        {
            ParentHash = Hash256.Sha256([1]),
            OmmersHash = Hash256.Sha256([2]),
            Beneficiary = Vault,
            StateRoot = Hash256.Sha256([3]),
            TransactionsRoot = Hash256.Sha256([4]),
            ReceiptsRoot = receiptsRoot,
            LogsBloom = Bloom.Empty,
            Difficulty = UInt256.Zero,
            Number = number,
            GasLimit = 36_000_000,
            GasUsed = 21_000_000,
            Timestamp = 1_700_000_000 + number,
            ExtraData = new byte[32],
            MixHash = Hash256.Sha256([5]),
            MixNonce = 0,
            BaseFeePerGas = new UInt256(7),
            WithdrawalsRoot = Hash256.Sha256([6]),
            BlobGasUsed = 0,
            ExcessBlobGas = 0,
            ParentBeaconBlockRoot = Hash256.Sha256([7]),
            RequestsHash = Hash256.Sha256([8]),
        };
    }
}
