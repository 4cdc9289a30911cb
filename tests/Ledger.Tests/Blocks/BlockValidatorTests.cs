using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>A valid block with one thing changed is refused for that thing.</summary>
public sealed class BlockValidatorTests
{
    private static readonly Hash256 Other = Hash256.Sha256([1, 2, 3]);

    private readonly LedgerFixture _chain = new();
    private readonly Block _block;

    public BlockValidatorTests()
    {
        // The third validator's precommit for height 2 is late and comes with the next block.
        _chain.Step(_chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1)));
        _chain.Step([0, 1, 3], [], 0);
        _chain.Step();
        _block = _chain.Build(Round.Zero, [_chain.Late(2, 2)], _chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(2))).Block;
    }

    public static TheoryData<BlockFault> OfTheHeader =>
    [
        BlockFault.WrongVersion, BlockFault.WrongGenesis, BlockFault.WrongHeight, BlockFault.WrongParent, BlockFault.WrongLeader,
        BlockFault.ValidatorsRootMismatch, BlockFault.NextValidatorsRootMismatch, BlockFault.StateRootMismatch, BlockFault.ReceiptsRootMismatch,
        BlockFault.EventsRootMismatch, BlockFault.BridgeRootMismatch, BlockFault.TimeNotAfterParent, BlockFault.TimeOutOfRange,
    ];

    [Fact]
    public void TheBlockAsItWasBuiltIsValid()
    {
        Assert.Single(_block.LatePrecommits);
        Assert.Equal(BlockFault.None, _chain.FaultOf(_block));
    }

    [Theory]
    [MemberData(nameof(OfTheHeader))]
    public void AChangedHeaderFieldIsNamed(BlockFault fault) =>
        Assert.Equal(fault, _chain.FaultOf(LedgerFixture.Forge(_block, header => Changed(header, fault))));

    // Nobody is asked to sign a withdrawal: a validator signs what its own ledger appended, or it prevotes nil.
    [Fact]
    public void F15_ABlockWhoseBridgeRootHasALeafOfNoBurnIsRefused()
    {
        var forged = new MountainRange();
        forged.Append(BridgeLeaf.Release(new VaultAddress(1, _chain.Alice.Address), new BridgeWithdrawal(Other, _chain.Alice.Address, Amount.FromNtk(1), 1)));
        Assert.Equal(BlockFault.BridgeRootMismatch, _chain.FaultOf(LedgerFixture.Forge(_block, header => header with { BridgeRoot = forged.Root })));
    }

    [Fact]
    public void TheLastTimeIsATime() => Assert.Equal(BlockFault.None, _chain.FaultOf(LedgerFixture.Forge(_block, header => header with { Time = Timestamp.Last })));

    [Fact]
    public void AnotherBuiltRoundHasAnotherLeader() =>
        Assert.Equal(BlockFault.WrongLeader, _chain.FaultOf(LedgerFixture.Forge(_block, header => header with { BuiltRound = new Round(1) })));

    [Fact]
    public void ABlockWithoutTheLastCertificateIsRefused() =>
        Assert.Equal(BlockFault.LastCommitMissing, _chain.FaultOf(LedgerFixture.Forge(_block, lastCommit: _ => null)));

    [Fact]
    public void TheFirstBlockHasNoCertificate()
    {
        var fresh = new LedgerFixture();
        var forged = LedgerFixture.Forge(fresh.Build().Block, lastCommit: _ => _block.LastCommit);
        Assert.Equal(BlockFault.LastCommitInvalid, fresh.FaultOf(forged));
    }

    [Theory]
    [InlineData("height")]
    [InlineData("block")]
    [InlineData("bridge root")]
    [InlineData("signature")]
    [InlineData("power")]
    [InlineData("index")]
    public void ACertificateThatDoesNotCertifyTheParentIsRefused(string what)
    {
        var forged = LedgerFixture.Forge(_block, lastCommit: commit => what switch
        {
            "height" => commit! with { Height = commit.Height.Next() },
            "block" => commit! with { Block = commit.Block with { Hash = new BlockHash(Other) } },
            "bridge root" => commit! with { Block = commit.Block with { BridgeRoot = Other } },
            "signature" => commit! with { Signatures = [commit.Signatures[0], commit.Signatures[1], commit.Signatures[2] with { Signature = commit.Signatures[1].Signature }] },
            "power" => commit! with { Signatures = commit.Signatures[..2] },
            _ => commit! with { Signatures = [.. commit.Signatures, new IndexedSignature(4, commit.Signatures[0].Signature)] },
        });
        Assert.Equal(BlockFault.LastCommitInvalid, _chain.FaultOf(forged));

        // Nor where this node has verified the right one.
        Assert.True(_block.LastCommit!.TryVerify(_chain.GenesisHash, _chain.State.ContextOf(_block.LastCommit.Height).Validators, out var parent, out _));
        Assert.True(BlockValidator.TryValidate(_chain.State, _block, NoTransactions.Instance, parent, out _, out _));
        Assert.False(BlockValidator.TryValidate(_chain.State, forged, NoTransactions.Instance, parent, out _, out var refusal));
        Assert.Equal(BlockFault.LastCommitInvalid, refusal.Fault);
    }

    [Fact]
    public void ACertificateOfThreeOfFourIsEnough() =>
        Assert.Equal(BlockFault.None, _chain.FaultOf(LedgerFixture.Forge(_block, lastCommit: commit => commit! with { Signatures = commit.Signatures[1..] })));

    [Theory]
    [InlineData(1, 0)] // in the certificate of that height already
    [InlineData(3, 0)] // of the parent: that is the certificate's place
    [InlineData(4, 0)] // of the block itself
    [InlineData(2, 3)] // of a validator that was on time
    [InlineData(2, 4)] // of nobody
    [InlineData(0, 0)]
    public void ALatePrecommitThatIsNotOpenIsRefused(ulong height, ushort index)
    {
        var late = _block.LatePrecommits[0] with { Height = new Height(height), Index = index };
        Assert.Equal(BlockFault.LatePrecommitInvalid, _chain.FaultOf(LedgerFixture.Forge(_block, late: [late])));
    }

    [Fact]
    public void ALatePrecommitOfAnotherKeyIsRefused()
    {
        var late = _block.LatePrecommits[0] with { Signature = _chain.Late(2, 1).Signature };
        Assert.Equal(BlockFault.LatePrecommitInvalid, _chain.FaultOf(LedgerFixture.Forge(_block, late: [late])));
    }

    [Fact]
    public void ALatePrecommitCountsOnce()
    {
        var late = _block.LatePrecommits[0];
        Assert.Equal(BlockFault.LatePrecommitInvalid, _chain.FaultOf(LedgerFixture.Forge(_block, late: [late, late])));
        _chain.Apply(_block);
        Assert.Equal(BlockFault.LatePrecommitInvalid, _chain.FaultOf(LedgerFixture.Forge(_chain.Build().Block, late: [late])));
        Assert.Empty(_chain.Build(Round.Zero, [late]).Block.LatePrecommits);
    }

    [Fact]
    public void ALatePrecommitMayComeForFiveBlocks()
    {
        var late = _block.LatePrecommits[0];
        while (_chain.State.Height.Value < 7) _chain.Step();
        Assert.Equal(BlockFault.None, _chain.FaultOf(LedgerFixture.Forge(_chain.Build().Block, late: [late]))); // block 8: six after it
        _chain.Step();
        Assert.Equal(BlockFault.LatePrecommitInvalid, _chain.FaultOf(LedgerFixture.Forge(_chain.Build().Block, late: [late])));
    }

    [Fact]
    public void BytesThatAreNoTransactionAreRefused()
    {
        var bytes = _block.Transactions[0].ToArray();
        bytes[^1] ^= 1; // another recovery id: another signer
        Assert.Equal(BlockFault.TransactionInvalid, _chain.FaultOf(LedgerFixture.Forge(_block, transactions: [bytes])));
        Assert.Equal(BlockFault.TransactionInvalid, _chain.FaultOf(LedgerFixture.Forge(_block, transactions: [Array.Empty<byte>()])));
    }

    [Fact]
    public void ATransactionThatStandsTwiceIsRefused() =>
        Assert.Equal(BlockFault.TransactionInvalid, _chain.FaultOf(LedgerFixture.Forge(_block, transactions: [_block.Transactions[0], _block.Transactions[0]])));

    [Fact]
    public void MoreTransactionsThanABlockHoldsAreRefused()
    {
        var many = Enumerable.Repeat((ReadOnlyMemory<byte>)Array.Empty<byte>(), Limits.TransactionsPerBlockMax + 1).ToImmutableArray();
        Assert.Equal(BlockFault.TooManyTransactions, _chain.FaultOf(LedgerFixture.Forge(_block, transactions: many)));
    }

    [Fact]
    public void AKnownTransactionIsTakenFromTheMempool()
    {
        var mempool = new Mempool();
        Assert.True(Transaction.TryDecode(_block.Transactions[0].Span, _chain.GenesisHash, out var known, out _));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(known, _chain.State));
        Assert.True(BlockValidator.TryValidate(_chain.State, _block, mempool, out var validated, out _));
        Assert.Same(known, Assert.Single(validated.Transactions));
    }

    [Fact]
    public void AKnownBodyUnderAnotherSignatureIsCheckedAfresh()
    {
        var mempool = new Mempool();
        Assert.True(Transaction.TryDecode(_block.Transactions[0].Span, _chain.GenesisHash, out var known, out _));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(known, _chain.State));
        var bytes = _block.Transactions[0].ToArray();
        bytes[^1] ^= 1;
        var forged = LedgerFixture.Forge(_block, transactions: [bytes]);
        Assert.False(BlockValidator.TryValidate(_chain.State, forged, mempool, out _, out var refusal));
        Assert.Equal(BlockFault.TransactionInvalid, refusal.Fault);
    }

    private Header Changed(Header header, BlockFault fault) => fault switch
    {
        BlockFault.WrongVersion => header with { Version = 2 },
        BlockFault.WrongGenesis => header with { Genesis = new GenesisHash(Other) },
        BlockFault.WrongHeight => header with { Height = header.Height.Next() },
        BlockFault.WrongParent => header with { Parent = new BlockHash(Other) },
        BlockFault.WrongLeader => header with { Author = _chain.ValidatorKeys.First(key => key.Address != header.Author).Address },
        BlockFault.ValidatorsRootMismatch => header with { ValidatorsRoot = Other },
        BlockFault.NextValidatorsRootMismatch => header with { NextValidatorsRoot = Other },
        BlockFault.StateRootMismatch => header with { StateRoot = new StateRoot(Other) },
        BlockFault.ReceiptsRootMismatch => header with { ReceiptsRoot = Other },
        BlockFault.EventsRootMismatch => header with { EventsRoot = Other },
        BlockFault.BridgeRootMismatch => header with { BridgeRoot = Other },
        BlockFault.TimeOutOfRange => header with { Time = Timestamp.Last.Plus(1) },
        _ => header with { Time = _chain.State.Time },
    };
}
