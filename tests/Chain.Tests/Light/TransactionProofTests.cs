using NeuroChain.Types.V1;

namespace NeuroChain.Chain.Tests;

/// <summary>Transactions, receipts and events against headers alone.</summary>
public sealed class TransactionProofTests
{
    private readonly LightChain _chain = new((chain, _) => chain.Equal(0, 4));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(11)]
    public void EveryTransactionOfABlockIsProved(int count)
    {
        var block = new ProvedBlock(_chain, count);
        for (var i = 0; i < count; i++)
        {
            var bytes = block.Prove(i).Encode();
            Assert.True(bytes.Length <= TransactionProof.SizeMax);
            Assert.True(TransactionProof.TryDecode(bytes, out var proof));
            Assert.Equal(bytes, proof.Encode());
            Assert.Equal(TransactionProofFault.None, proof.Check(block.After, block.Hashes[i], out var transaction, out var receipt));
            Assert.Equal(block.Hashes[i], transaction!.Hash);
            Assert.Equal((block.Receipts[i], i), (receipt, proof.Index));
        }
    }

    [Fact]
    public void AProofOfAnotherTransactionIsRefused()
    {
        var block = new ProvedBlock(_chain, 5);
        Assert.Equal(TransactionProofFault.AnotherTransaction, block.Prove(1).Check(block.After, block.Hashes[2], out _, out _));
        var mixed = block.Prove(1) with { Receipt = block.Prove(2).Receipt };
        Assert.Equal(TransactionProofFault.ReceiptOfAnother, mixed.Check(block.After, block.Hashes[1], out _, out _));
        var moved = block.Prove(1) with { Path = block.Prove(2).Path };
        Assert.Equal(TransactionProofFault.NotInBlock, moved.Check(block.After, block.Hashes[1], out _, out _));
    }

    [Fact]
    public void ATransactionThatIsNotInTheBlockIsRefused()
    {
        var (block, other) = (new ProvedBlock(_chain, 5), new ProvedBlock(_chain, 5, 100));
        var foreign = block.Prove(1) with { Transaction = other.Prove(1).Transaction, Receipt = other.Prove(1).Receipt };
        Assert.Equal(TransactionProofFault.ReceiptNotInBlock, foreign.Check(block.After, other.Hashes[1], out _, out _));
        Assert.Equal(TransactionProofFault.NotTheParent, other.Prove(1).Check(block.After, other.Hashes[1], out _, out _));
        var forged = block.Prove(1) with { Receipt = block.Prove(1).Receipt with { Leaf = (block.Receipts[1] with { Code = 100 }).Encode() } };
        Assert.Equal(TransactionProofFault.ReceiptNotInBlock, forged.Check(block.After, block.Hashes[1], out _, out _));
        Assert.Equal(TransactionProofFault.TransactionMalformed, (block.Prove(1) with { Transaction = new byte[] { 1 } }).Check(block.After, block.Hashes[1], out _, out _));
    }

    [Fact]
    public void AnyAlteredBitIsRefused()
    {
        var block = new ProvedBlock(_chain, 3);
        var bytes = block.Prove(2).Encode();
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(TransactionProof.TryDecode(bytes, out var proof) && proof.Check(block.After, block.Hashes[2], out _, out _) == TransactionProofFault.None, $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < bytes.Length; length++) Assert.False(TransactionProof.TryDecode(bytes.AsSpan(0, length), out _));
        Assert.False(TransactionProof.TryDecode([.. bytes, 0], out _));
    }

    [Fact]
    public void WholeListsAreBoundWithTheirNumber()
    {
        var block = new ProvedBlock(_chain, 5);
        Assert.True(OutcomeProof.AreTransactions(block.Header, block.Transactions));
        Assert.True(OutcomeProof.AreReceipts(block.After, block.Receipts));
        Assert.True(OutcomeProof.AreEvents(block.After, block.Events));
        Assert.False(OutcomeProof.AreTransactions(block.Header, block.Transactions.Take(4)));
        Assert.False(OutcomeProof.AreReceipts(block.After, block.Receipts.SkipLast(1)));
        Assert.False(OutcomeProof.AreEvents(block.After, Enumerable.Reverse(block.Events)));
        Assert.False(OutcomeProof.AreEvents(block.After, block.Events.Append(new Event { Kind = "accounts.transferred" })));
    }

    private sealed class ProvedBlock
    {
        public ProvedBlock(LightChain chain, int count, int first = 0)
        {
            for (var i = first; i < first + count; i++)
            {
                var body = new TransactionBody
                {
                    Genesis = ChainFormats.BytesOf(chain.Hash.Value),
                    Nonce = (ulong)i,
                    Fee = ChainFormats.BytesOf(new Amount(1)),
                    Transfer = new Transfer { To = ChainFormats.BytesOf(chain.AddressOf(5)), Amount = ChainFormats.BytesOf(new Amount(2)) },
                };
                var transaction = Transaction.Sign(body, PrivateKey.FromSeed(Hash256.Sha256([9])));
                Transactions.Add(transaction.Bytes);
                Hashes.Add(transaction.Hash);
                Receipts.Add(new Receipt(transaction.Hash, (ushort)(i % 2), new Amount(1)));
                Events.Add(new Event { Kind = $"test.number{i}" });
            }

            Header = Block.Build(chain[3].Header, chain[2].Certificate, [], null, [.. Transactions]).Header;
            After = chain[4].Header with
            {
                Parent = Header.Hash,
                ReceiptsRoot = Receipt.Root(Receipts),
                EventsRoot = MerkleTree.Root([.. Events.Select(e => MerkleTree.LeafHash(Google.Protobuf.MessageExtensions.ToByteArray(e)))]),
            };
        }

        public Header Header { get; }

        public Header After { get; }

        public List<ReadOnlyMemory<byte>> Transactions { get; } = [];

        public List<TransactionHash> Hashes { get; } = [];

        public List<Receipt> Receipts { get; } = [];

        public List<Event> Events { get; } = [];

        public TransactionProof Prove(int index) => TransactionProof.Create(Header, Transactions, Receipts, index);
    }
}
