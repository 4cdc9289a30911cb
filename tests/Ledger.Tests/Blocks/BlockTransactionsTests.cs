using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

public sealed class BlockTransactionsTests
{
    private readonly LedgerFixture _chain = new();

    [Fact]
    public void UnknownTransactionsAreDecodedInTheirOrder()
    {
        var transfers = Transfers(100);
        var refusal = BlockTransactions.Decode(_chain.BlockWith(transfers), _chain.GenesisHash, NoTransactions.Instance, out var decoded);
        Assert.True(refusal.IsNone);
        Assert.Equal(transfers.Select(t => (t.Hash, t.Sender)), decoded.Select(t => (t.Hash, t.Sender)));
    }

    [Fact]
    public void TheFirstFaultByPlaceIsToldWhicheverIsFoundFirst()
    {
        ReadOnlyMemory<byte>[] bytes = [.. Transfers(400).Select(t => t.Bytes)];
        bytes[57] = Broken(bytes[57]);
        bytes[58] = new byte[] { 0xff }; // found much faster, as no signature is checked
        bytes[399] = new byte[] { 0xff };
        var block = LedgerFixture.Forge(_chain.Build().Block, transactions: [.. bytes]);
        for (var i = 0; i < 20; i++) Assert.Equal("TransactionInvalid: transaction 57: WrongSignature", RefusalOf(block));
    }

    [Fact]
    public void ATwinBeforeAFaultIsToldFirst()
    {
        ReadOnlyMemory<byte>[] bytes = [.. Transfers(100).Select(t => t.Bytes)];
        bytes[40] = bytes[3];
        bytes[41] = Broken(bytes[41]);
        Assert.StartsWith("TransactionInvalid: transaction 40: ", RefusalOf(LedgerFixture.Forge(_chain.Build().Block, transactions: [.. bytes])), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTheMempoolHasIsNotCheckedAgain()
    {
        var mempool = new Mempool();
        var transfers = Transfers(60);
        foreach (var transfer in transfers) Assert.Equal(MempoolRejection.None, mempool.TryAdd(transfer, _chain.State));
        var built = BlockBuilder.Build(_chain.State, _chain.Template(Round.Zero, []), mempool.Candidates(_chain.State));
        Assert.Equal(60, built.Transactions.Length);
        Assert.True(Block.TryDecode(built.Block.Bytes.Span, out var received, out _));
        var lookup = new CountingLookup(mempool);
        Assert.True(BlockValidator.TryValidate(_chain.State, received, lookup, out var validated, out var refusal), refusal.ToString());
        Assert.Equal(60, lookup.Found);
        foreach (var transaction in validated.Transactions) Assert.Contains(transfers, t => ReferenceEquals(t, transaction)); // the very objects: none was decoded
    }

    [Fact]
    public void AKnownBodyWithAnotherSignatureIsCheckedAndRefused()
    {
        var mempool = new Mempool();
        var transfer = Transfers(1)[0];
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(transfer, _chain.State));
        var block = LedgerFixture.Forge(_chain.Build().Block, transactions: [Broken(transfer.Bytes)]);
        Assert.Equal("TransactionInvalid: transaction 0: WrongSignature", BlockTransactions.Decode(block, _chain.GenesisHash, mempool, out _).ToString());
    }

    [Fact]
    public void ABlockAboveTheCostIsRefusedByName()
    {
        var one = Reveal(0);
        var fitting = (int)(CostMax / CostUnits.Of(one));
        var all = Enumerable.Range(0, fitting + 1).Select(i => i == 0 ? one : Reveal((ulong)i)).ToArray();
        var units = all.Sum(t => (long)CostUnits.Of(t));
        Assert.Equal($"TooCostly: {units} units, at most {CostMax}", RefusalOf(Block(all)));
        var fewer = all.Length;
        for (; units > CostMax; units -= CostUnits.Of(all[--fewer])) { }
        Assert.Equal("valid", RefusalOf(Block(all[..fewer])));

        Block Block(Transaction[] transactions) => LedgerFixture.Forge(_chain.Build().Block, transactions: [.. transactions.Select(t => t.Bytes)]);
    }

    [Fact]
    public void ATransferCostsAboutSixtyUnits() => Assert.InRange(CostUnits.Of(Transfers(1)[0]), 55u, 65u);

    private long CostMax => _chain.State.Parameters.Fees.BlockCostMax;

    private string RefusalOf(Block block)
    {
        var refusal = BlockTransactions.Decode(block, _chain.GenesisHash, NoTransactions.Instance, out var decoded);
        return (refusal.IsNone ? BlockTransactions.CheckCost(_chain.State, decoded) : refusal).ToString();
    }

    private Transaction[] Transfers(int count) =>
        [.. Enumerable.Range(0, count).Select(i => _chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1), nonce: (ulong)i))];

    private Transaction Reveal(ulong round) => _chain.Protocol(_chain.ValidatorKeys[0], new TransactionBody
    {
        AttestationReveal = new AttestationReveal
        {
            Task = ByteString.CopyFrom(new byte[32]),
            TrainingRound = round,
            Salt = ByteString.CopyFrom(new byte[32]),
            Signature = ByteString.CopyFrom(new byte[65]),
        },
    });

    private static byte[] Broken(ReadOnlyMemory<byte> transaction)
    {
        var bytes = transaction.ToArray();
        bytes[^1] ^= 1; // the recovery id: another key
        return bytes;
    }

    private sealed class CountingLookup(ITransactionLookup lookup) : ITransactionLookup
    {
        public int Found { get; private set; }

        public bool TryGet(Hash256 leafHash, [NotNullWhen(true)] out Transaction? transaction)
        {
            var found = lookup.TryGet(leafHash, out transaction);
            if (found) Found++;
            return found;
        }
    }
}
