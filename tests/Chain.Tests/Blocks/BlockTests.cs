namespace NeuroChain.Chain.Tests;

public sealed class BlockTests
{
    [Fact]
    public void AHeaderHas442Bytes()
    {
        Assert.Equal(442, Header.Size);
        Assert.Equal(442, ChainFormats.AnyHeader(new SeededStream(1)).Encode().Length);
    }

    [Fact]
    public void EveryHeaderFieldChangesTheHash()
    {
        var header = ChainFormats.AnyHeader(new SeededStream(1));
        var other = ChainFormats.AnyHeader(new SeededStream(2)) with { Version = 7, BuiltRound = new Round(77) };
        Header[] changed =
        [
            header with { Version = other.Version },
            header with { Genesis = other.Genesis },
            header with { Height = other.Height },
            header with { BuiltRound = other.BuiltRound },
            header with { Author = other.Author },
            header with { Time = other.Time },
            header with { Parent = other.Parent },
            header with { LastCommitRoot = other.LastCommitRoot },
            header with { TransactionsRoot = other.TransactionsRoot },
            header with { TrainingProofRoot = other.TrainingProofRoot },
            header with { TrainingSummary = header.TrainingSummary with { LossBefore = other.TrainingSummary.LossBefore } },
            header with { TrainingSummary = header.TrainingSummary with { LossAfter = other.TrainingSummary.LossAfter } },
            header with { TrainingSummary = header.TrainingSummary with { DifferenceSquareSum = other.TrainingSummary.DifferenceSquareSum } },
            header with { TrainingSummary = header.TrainingSummary with { Samples = other.TrainingSummary.Samples } },
            header with { TrainingSummary = header.TrainingSummary with { RequiredGainMillionths = other.TrainingSummary.RequiredGainMillionths } },
            header with { TrainingSummary = header.TrainingSummary with { ZAskedThousandths = other.TrainingSummary.ZAskedThousandths } },
            header with { TrainingSummary = header.TrainingSummary with { ZReachedThousandths = other.TrainingSummary.ZReachedThousandths } },
            header with { ValidatorsRoot = other.ValidatorsRoot },
            header with { NextValidatorsRoot = other.NextValidatorsRoot },
            header with { StateRoot = other.StateRoot },
            header with { ReceiptsRoot = other.ReceiptsRoot },
            header with { EventsRoot = other.EventsRoot },
            header with { BridgeRoot = other.BridgeRoot },
        ];
        Assert.Equal(changed.Length + 1, changed.Append(header).Select(h => h.Hash).Distinct().Count());
    }

    [Fact]
    public void ABlockIsNamedByItsHeader()
    {
        var block = ChainFormats.AnyBlock(new SeededStream(3));
        Assert.Equal(block.Header.Hash, block.Hash);
        Assert.Equal(block.Header.Ref, block.Ref);
        Assert.Equal(new BlockRef(block.Hash, block.Header.BridgeRoot, block.Header.NextValidatorsRoot), block.Ref);
    }

    [Fact]
    public void AChangedPartIsNamed()
    {
        var stream = new SeededStream(4);
        var header = ChainFormats.AnyHeader(stream);
        var commit = ChainFormats.AnyCommit(stream);
        var late = new LatePrecommit(new Height(3), 2, ChainFormats.AnySignature(stream));
        var block = Block.Build(header, commit, [late], null, [new byte[] { 1, 2, 3 }]);

        Assert.Equal(BlockFault.None, FaultOf(block.Header, block));
        Assert.Equal(BlockFault.LastCommitRootMismatch, FaultOf(block.Header, Block.Build(header, ChainFormats.AnyCommit(stream), [late], null, block.Transactions)));
        Assert.Equal(BlockFault.LastCommitRootMismatch, FaultOf(block.Header, Block.Build(header, null, [late], null, block.Transactions)));
        Assert.Equal(BlockFault.LastCommitRootMismatch, FaultOf(block.Header, Block.Build(header, commit, [], null, block.Transactions)));
        Assert.Equal(BlockFault.LastCommitRootMismatch, FaultOf(block.Header, Block.Build(header, commit, [late with { Index = 3 }], null, block.Transactions)));
        Assert.Equal(BlockFault.LastCommitRootMismatch, FaultOf(block.Header, Block.Build(header, commit, [late, late], null, block.Transactions)));
        Assert.Equal(BlockFault.TransactionsRootMismatch, FaultOf(block.Header, Block.Build(header, commit, [late], null, [])));
        Assert.Equal(BlockFault.TransactionsRootMismatch, FaultOf(block.Header, Block.Build(header, commit, [late], null, [new byte[] { 1, 2 }])));
        Assert.Equal(BlockFault.TransactionsRootMismatch, FaultOf(block.Header, Block.Build(header, commit, [late], null, [new byte[] { 1 }, new byte[] { 2, 3 }])));
        Assert.Equal(BlockFault.TrainingProofRootMismatch, FaultOf(block.Header with { TrainingProofRoot = Hash256.Sha256([1]) }, block));
        Assert.Equal(BlockFault.TrainingSummaryMismatch, FaultOf(block.Header with { TrainingSummary = default(TrainingSummary) with { Samples = 1 } }, block));
    }

    [Fact]
    public void AHeaderSaysByHowMuchItsAuthorsModelIsBetter()
    {
        var proof = TrainingSamples.Proof();
        var block = Block.Build(ChainFormats.AnyHeader(new SeededStream(8)), null, [], proof, []);
        // S = 10,000, Q = 110,000, E = 1,000: z = sqrt(10^8 * 999 / (1,000 * 110,000 - 10^8)) = 99.94...
        Assert.Equal(new TrainingSummary(100_000, 90_000, 110_000, 1_000, 1_000, 3_000, 99_949), block.Header.TrainingSummary);
        Assert.Equal(BlockFault.None, FaultOf(block.Header, block));
        Assert.Equal(BlockFault.TrainingSummaryMismatch, FaultOf(block.Header with { TrainingSummary = block.Header.TrainingSummary with { LossAfter = 1 } }, block));
        Assert.Equal(default, Block.Build(block.Header, null, [], null, []).Header.TrainingSummary);
    }

    [Fact]
    public void TheOrderOfTransactionsCounts()
    {
        var header = ChainFormats.AnyHeader(new SeededStream(5));
        ReadOnlyMemory<byte> a = new byte[] { 1 }, b = new byte[] { 2 };
        Assert.NotEqual(Block.Build(header, null, [], null, [a, b]).Hash, Block.Build(header, null, [], null, [b, a]).Hash);
        Assert.NotEqual(Block.Build(header, null, [], null, [a]).Hash, Block.Build(header, null, [], null, [a, a]).Hash);
        Assert.NotEqual(Block.Build(header, null, [], null, []).Hash, Block.Build(header, null, [], null, [Array.Empty<byte>()]).Hash);
    }

    [Fact]
    public void TheGreatestBlockIsReadAndAGreaterOneIsNot()
    {
        var header = ChainFormats.AnyHeader(new SeededStream(6));
        var empty = Block.Build(header, null, [], null, []).Bytes.Length;
        var transactions = new List<ReadOnlyMemory<byte>>();
        for (var left = Limits.BlockBytesMax - empty; left > 0; left -= 4 + transactions[^1].Length)
            transactions.Add(new byte[Math.Min(Limits.TransactionBytesMax, left - 4)]);
        var greatest = Block.Build(header, null, [], null, [.. transactions]);
        Assert.Equal(Limits.BlockBytesMax, greatest.Bytes.Length);
        Assert.True(Block.TryDecode(greatest.Bytes.Span, out _, out _));
        Assert.False(Block.TryDecode([.. greatest.Bytes.Span, 0], out _, out var fault));
        Assert.Equal(BlockFault.TooLarge, fault);
    }

    [Fact]
    public void ListsBeyondTheirBoundsAreMalformed()
    {
        var header = ChainFormats.AnyHeader(new SeededStream(7));
        var late = new LatePrecommit(new Height(3), 2, ChainFormats.AnySignature(new SeededStream(7)));
        IsMalformed(Block.Build(header, null, [.. Enumerable.Repeat(late, Limits.LatePrecommitsMax + 1)], null, []));
        IsMalformed(Block.Build(header, null, [], null, [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[1], Limits.TransactionsPerBlockMax + 1)]));
        IsMalformed(Block.Build(header, null, [], null, [new byte[Limits.TransactionBytesMax + 1]]));
        Assert.True(Block.TryDecode(
            Block.Build(header, null, [.. Enumerable.Repeat(late, Limits.LatePrecommitsMax)], null, [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[1], Limits.TransactionsPerBlockMax)]).Bytes.Span,
            out var block, out _));
        Assert.Equal((Limits.LatePrecommitsMax, Limits.TransactionsPerBlockMax), (block.LatePrecommits.Length, block.Transactions.Length));
    }

    [Fact]
    public void ReceiptsHaveARootInTheirOrder()
    {
        var receipts = new[] { new Receipt(new TransactionHash(Hash256.Sha256([1])), 0, Amount.FromNtk(1)), new Receipt(new TransactionHash(Hash256.Sha256([2])), 5, Amount.Zero) };
        Assert.Equal((true, false), (receipts[0].IsSuccess, receipts[1].IsSuccess));
        Assert.Equal(Receipt.Size, receipts[0].Encode().Length);
        Assert.NotEqual(Receipt.Root(receipts), Receipt.Root([.. receipts.Reverse()]));
        Assert.Equal(Hash256.Zero, Receipt.Root([]));
    }

    // The content of one block under the header of another.
    private static BlockFault FaultOf(Header header, Block content)
    {
        byte[] bytes = [.. header.Encode(), .. content.Bytes.Span[Header.Size..]];
        Assert.Equal(Block.TryDecode(bytes, out _, out var fault), fault == BlockFault.None);
        return fault;
    }

    private static void IsMalformed(Block block)
    {
        Assert.False(Block.TryDecode(block.Bytes.Span, out _, out var fault));
        Assert.Equal(BlockFault.Malformed, fault);
    }
}
