using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

public sealed class MempoolTests
{
    private readonly LedgerFixture _chain = new();
    private readonly Mempool _mempool = new();

    [Fact]
    public void ATransactionIsTakenOnceAndFoundByItsHash()
    {
        var transfer = Transfer(0);
        Assert.Equal(MempoolRejection.None, Add(transfer));
        Assert.Equal(MempoolRejection.AlreadyKnown, Add(transfer));
        Assert.True(_mempool.TryGet(transfer.Hash, out var found));
        Assert.Same(transfer, found);
        Assert.Equal(1, _mempool.Count);
        Assert.Equal(transfer.Bytes.Length + 4, _mempool.Bytes); // as a block has it, length first
    }

    [Fact]
    public void WhatNoBlockCouldTakeIsRefusedByName()
    {
        _chain.Step(Transfer(0));
        Assert.Equal(MempoolRejection.NonceTooLow, Add(Transfer(0, memo: "again")));
        Assert.Equal(MempoolRejection.NonceTooFarAhead, Add(Transfer(66)));
        Assert.Equal(MempoolRejection.None, Add(Transfer(65)));
        Assert.Equal(MempoolRejection.FeeTooLow, Add(Transfer(1, fee: _chain.FeeMin - new Amount(1))));
        Assert.Equal(MempoolRejection.Expired, Add(_chain.Transfer(_chain.Bob, _chain.Alice.Address, new Amount(1), expiry: 1)));
        Assert.Equal(MempoolRejection.None, Add(_chain.Transfer(_chain.Bob, _chain.Alice.Address, new Amount(1), expiry: 2)));
        Assert.Equal(MempoolRejection.FeesNotPayable, Add(_chain.Transfer(LedgerFixture.Key(77), _chain.Alice.Address, new Amount(1))));
    }

    [Fact]
    public void ASendersFeesTogetherMustBePayable()
    {
        var half = new Amount(LedgerFixture.InitialBalance.Units / 2);
        Assert.Equal(MempoolRejection.None, Add(Transfer(0, fee: half)));
        Assert.Equal(MempoolRejection.None, Add(Transfer(1, fee: half)));
        Assert.Equal(MempoolRejection.FeesNotPayable, Add(Transfer(2)));
    }

    [Fact]
    public void AReplacementPaysATenthMore()
    {
        var first = Transfer(0, fee: new Amount(_chain.FeeMin.Units * 10));
        Assert.Equal(MempoolRejection.None, Add(first));
        Assert.Equal(MempoolRejection.ReplacementFeeTooLow, Add(Transfer(0, fee: new Amount((_chain.FeeMin.Units * 11) - 1))));
        var second = Transfer(0, fee: new Amount(_chain.FeeMin.Units * 11));
        Assert.Equal(MempoolRejection.None, Add(second));
        Assert.False(_mempool.TryGet(first.Hash, out _));
        Assert.Equal(1, _mempool.Count);
        Assert.Equal([second.Hash], Candidates());
    }

    [Fact]
    public void CandidatesComeByFeeAndEachSendersInTheOrderOfItsNonces()
    {
        var alice = new[] { Transfer(0, fee: Fee(1)), Transfer(1, fee: Fee(9)), Transfer(3, fee: Fee(9)) };
        var bob = new[] { BobTransfer(0, Fee(5)), BobTransfer(1, Fee(2)) };
        foreach (var transaction in alice.Reverse().Concat(bob)) Assert.Equal(MempoolRejection.None, Add(transaction));
        Assert.Equal([bob[0].Hash, bob[1].Hash, alice[0].Hash, alice[1].Hash], Candidates()); // nonce 3 waits for 2
    }

    [Fact]
    public void TrainingGoesBeforePaymentsAsSoonAsItsNonceIsReached()
    {
        var transactions = new[] { BobTransfer(0, Fee(50)), Transfer(0, fee: Fee(9)), Commit(1), BobTransfer(1, Fee(8)), Commit(2) };
        var other = CommitOf(_chain.ValidatorKeys[0], 0);
        foreach (var transaction in transactions.Append(other)) Assert.Equal(MempoolRejection.None, Add(transaction));
        Assert.Equal(
            new[] { other, transactions[0], transactions[1], transactions[2], transactions[4], transactions[3] }.Select(t => t.Hash),
            Candidates());
    }

    [Fact]
    public void EqualFeesAreOrderedByHashWhateverCameFirst()
    {
        var transactions = Enumerable.Range(0, 4).Select(i => _chain.Transfer(_chain.ValidatorKeys[i], _chain.Bob.Address, new Amount(1))).ToArray();
        foreach (var transaction in transactions.OrderByDescending(t => t.Hash)) Assert.Equal(MempoolRejection.None, Add(transaction));
        Assert.Equal(transactions.Select(t => t.Hash).Order(), Candidates());
    }

    [Fact]
    public void AFullPoolLetsTheCheapestGoForABetterOne()
    {
        var small = new Mempool(new MempoolOptions { CountMax = 3 });
        var cheap = new[] { Transfer(0, fee: Fee(2)), Transfer(1, fee: Fee(8)) };
        foreach (var transaction in cheap.Append(BobTransfer(0, Fee(3)))) Assert.Equal(MempoolRejection.None, small.TryAdd(transaction, _chain.State));
        var third = _chain.ValidatorKeys[0];
        Assert.Equal(MempoolRejection.Full, small.TryAdd(_chain.Transfer(third, _chain.Bob.Address, new Amount(1), fee: Fee(2)), _chain.State));
        var better = _chain.Transfer(third, _chain.Bob.Address, new Amount(1), fee: Fee(4));
        Assert.Equal(MempoolRejection.None, small.TryAdd(better, _chain.State));

        Assert.False(small.Contains(cheap[1].Hash)); // the end of the queue: it was worth no more than what it waited for
        Assert.Equal([better.Hash, BobTransfer(0, Fee(3)).Hash, cheap[0].Hash], small.Candidates(_chain.State).Select(t => t.Hash));
    }

    [Fact]
    public void ATransactionDoesNotPushOutWhatItWaitsFor()
    {
        var small = new Mempool(new MempoolOptions { CountMax = 1 });
        Assert.Equal(MempoolRejection.None, small.TryAdd(Transfer(0, fee: Fee(2)), _chain.State));
        Assert.Equal(MempoolRejection.Full, small.TryAdd(Transfer(1, fee: Fee(9)), _chain.State));
        Assert.Equal(1, small.Count);
    }

    [Fact]
    public void BytesAreBoundedToo()
    {
        var first = Transfer(0, fee: Fee(2));
        var small = new Mempool(new MempoolOptions { BytesMax = first.Bytes.Length + 10 });
        Assert.Equal(MempoolRejection.None, small.TryAdd(first, _chain.State));
        Assert.Equal(MempoolRejection.Full, small.TryAdd(BobTransfer(0, Fee(2)), _chain.State));
        Assert.Equal(MempoolRejection.None, small.TryAdd(BobTransfer(0, Fee(3)), _chain.State));
        Assert.Equal(1, small.Count);
    }

    [Fact]
    public void ABlockTakesOutWhatItCommittedAndWhatItMadeStale()
    {
        var rival = Transfer(0, memo: "rival");
        var expiring = _chain.Transfer(_chain.Bob, _chain.Alice.Address, new Amount(1), expiry: 1);
        var staying = Transfer(1);
        foreach (var transaction in new[] { rival, expiring, staying }) Assert.Equal(MempoolRejection.None, Add(transaction));
        _chain.Step(Transfer(0, memo: "committed"));
        _mempool.OnBlock(_chain.State, _chain.LastBlock.Transactions);
        Assert.Equal(1, _mempool.Count);
        Assert.Equal([staying.Hash], Candidates());
    }

    [Fact]
    public void FeesThatABlockMadeUnpayableAreDropped()
    {
        var waiting = new[] { Transfer(1, fee: Fee(1)), Transfer(2, fee: Fee(1)) };
        foreach (var transaction in waiting) Assert.Equal(MempoolRejection.None, Add(transaction));
        _chain.Step(_chain.Transfer(_chain.Alice, _chain.Bob.Address, LedgerFixture.InitialBalance - _chain.FeeMin - Fee(1)));
        _mempool.OnBlock(_chain.State, _chain.LastBlock.Transactions);
        Assert.Equal([waiting[0].Hash], Candidates());
        Assert.False(_mempool.TryGet(waiting[1].Hash, out _));
    }

    [Fact]
    public void EverythingInThePoolFitsIntoBlocksUntilItIsEmpty()
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(MempoolRejection.None, Add(Transfer((ulong)i, fee: Fee((ulong)(1 + (i % 7))))));
            Assert.Equal(MempoolRejection.None, Add(BobTransfer((ulong)i, Fee((ulong)(1 + (i % 5))))));
        }

        _chain.Step([.. _mempool.Candidates(_chain.State)]);
        Assert.Equal(60, _chain.LastBlock.Transactions.Length);
        _mempool.OnBlock(_chain.State, _chain.LastBlock.Transactions);
        Assert.Equal(0, _mempool.Count);
        Assert.Equal(0, _mempool.Bytes);
    }

    private MempoolRejection Add(Transaction transaction) => _mempool.TryAdd(transaction, _chain.State);

    private Amount Fee(ulong times) => _chain.FeeMin * times;

    private Transaction Transfer(ulong nonce, Amount? fee = null, string memo = "") =>
        _chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1), fee, nonce, memo);

    private Transaction BobTransfer(ulong nonce, Amount fee) => _chain.Transfer(_chain.Bob, _chain.Alice.Address, new Amount(1), fee, nonce);

    private Transaction Commit(ulong nonce) => CommitOf(_chain.Alice, nonce);

    private Transaction CommitOf(PrivateKey from, ulong nonce) => _chain.Pay(from, new TransactionBody
    {
        CandidateCommit = new CandidateCommit
        {
            Task = ByteString.CopyFrom(new byte[32]),
            Commitment = ByteString.CopyFrom(new byte[32]),
            Producer = ByteString.CopyFrom(_chain.ValidatorKeys[0].Address.ToArray()),
            Bond = ByteString.CopyFrom(new byte[16]),
            ProducerSignature = ByteString.CopyFrom(new byte[65]),
        },
    }, Fee(2), nonce);

    private TransactionHash[] Candidates() => [.. _mempool.Candidates(_chain.State).Select(transaction => transaction.Hash)];
}
