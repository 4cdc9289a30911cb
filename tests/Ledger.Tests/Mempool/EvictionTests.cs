using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Attacks on a full mempool: each tries to push others out without paying for it.</summary>
public sealed class EvictionTests
{
    private readonly PrivateKey[] _honest = [.. Enumerable.Range(0, 8).Select(i => LedgerFixture.Key(3_000 + i))];
    private readonly PrivateKey _attacker = LedgerFixture.Key(4_000);
    private readonly PrivateKey _poor = LedgerFixture.Key(4_001);
    private readonly LedgerFixture _chain;
    private readonly Mempool _mempool = new(new MempoolOptions { CountMax = 8 });

    public EvictionTests()
    {
        _chain = new LedgerFixture(g => g with
        {
            Allocations =
            [
                .. g.Allocations,
                .. _honest.Append(_attacker).Select(key => new GenesisAllocation(key.Address, Amount.FromNtk(1_000))),
                new GenesisAllocation(_poor.Address, Fee(100)),
            ],
        });
        foreach (var (key, i) in _honest.Select((key, i) => (key, i))) Assert.Equal(MempoolRejection.None, Add(Pay(key, 0, Fee(10 + (ulong)i))));
        Assert.Equal(8, _mempool.Count);
    }

    [Fact]
    public void WhoPaysATenthMoreForACostUnitTakesTheCheapestPlace()
    {
        Assert.Equal(MempoolRejection.Full, Add(Pay(_attacker, 0, new Amount((Fee(11).Units) - 100_000_000_000_000))));
        AssertAllHonestWait();
        Assert.Equal(MempoolRejection.None, Add(Pay(_attacker, 0, Fee(11))));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], HonestThatWait());
    }

    [Fact]
    public void AGappedNonceNeverEvicts()
    {
        Assert.Equal(MempoolRejection.Full, Add(Pay(_attacker, 1, Fee(1_000))));
        AssertAllHonestWait();
    }

    [Fact]
    public void AGappedNonceIsTheFirstToLeaveWhateverItPays()
    {
        var mempool = new Mempool(new MempoolOptions { CountMax = 2 });
        var gapped = Pay(_attacker, 5, Fee(900));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(gapped, _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[0], 0, Fee(1)), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[1], 0, Fee(1)), _chain.State));
        Assert.False(mempool.Contains(gapped.Hash));
        Assert.Equal(2, mempool.Count);
    }

    [Fact]
    public void GappedNoncesTogetherAreBounded()
    {
        var mempool = new Mempool(new MempoolOptions { GappedMax = 3 });
        for (var nonce = 1UL; nonce <= 3; nonce++) Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_attacker, nonce, Fee(1)), _chain.State));
        Assert.Equal(MempoolRejection.Full, mempool.TryAdd(Pay(_attacker, 4, Fee(1)), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_attacker, 0, Fee(1)), _chain.State)); // closes the gap of all
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_attacker, 4, Fee(1)), _chain.State));
    }

    [Fact]
    public void WhatSpendsMoreThanThereIsDoesNotEvict()
    {
        Assert.Equal(MempoolRejection.Full, Add(_chain.Transfer(_poor, _chain.Bob.Address, Fee(80), Fee(30), 0)));
        AssertAllHonestWait();
        Assert.Equal(MempoolRejection.None, Add(_chain.Transfer(_poor, _chain.Bob.Address, Fee(70), Fee(30), 0)));
    }

    [Fact]
    public void WhatComesBehindAnEmptiedAccountDoesNotEvict()
    {
        Assert.Equal(MempoolRejection.None, Add(_chain.Transfer(_poor, _chain.Bob.Address, Fee(65), Fee(30), 0)));
        Assert.Equal(MempoolRejection.Full, Add(Pay(_poor, 1, Fee(30))));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], HonestThatWait());
    }

    /// <summary>A bond leaves the account as a payment does: what comes behind it must be covered by the rest.</summary>
    [Theory]
    [InlineData(TransactionBody.MessageOneofCase.BatchTransfer)]
    [InlineData(TransactionBody.MessageOneofCase.Burn)]
    [InlineData(TransactionBody.MessageOneofCase.Bond)]
    [InlineData(TransactionBody.MessageOneofCase.CandidateCommit)]
    [InlineData(TransactionBody.MessageOneofCase.DatasetDeltaProposal)]
    public void WhatLeavesTheAccountIsCountedInEveryMessage(TransactionBody.MessageOneofCase kind)
    {
        var amount = ByteString.CopyFrom(Fee(60).ToArray());
        var body = new TransactionBody();
        switch (kind)
        {
            case TransactionBody.MessageOneofCase.BatchTransfer:
                body.BatchTransfer = new BatchTransfer { Payments = { new Payment { To = ByteString.CopyFrom(_chain.Bob.Address.ToArray()), Amount = amount } } };
                break;
            case TransactionBody.MessageOneofCase.Burn:
                body.Burn = new Burn { Amount = amount };
                break;
            case TransactionBody.MessageOneofCase.Bond:
                body.Bond = new Bond { Amount = amount };
                break;
            case TransactionBody.MessageOneofCase.CandidateCommit:
                body = TrainingMessages.Commit(_chain, _poor, 0, Fee(1)).Body.Clone();
                body.CandidateCommit.Bond = amount;
                break;
            default:
                var hash = ByteString.CopyFrom(new byte[32]);
                body.DatasetDeltaProposal = new DatasetDeltaProposal { Task = hash, Blob = hash, Chunks = { hash }, ResultRoot = hash, Bond = amount };
                break;
        }

        var mempool = new Mempool();
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(_chain.Pay(_poor, body, Fee(35), 0), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_poor, 1, Fee(4)), _chain.State)); // what is left
        var isOfTraining = Lanes.Of(_chain.Pay(_poor, body.Clone(), Fee(35), 0)) == Lane.Training; // whose room is its own
        var alone = new Mempool(new MempoolOptions { CountMax = isOfTraining ? 1 : 2 });
        Assert.Equal(MempoolRejection.None, alone.TryAdd(_chain.Pay(_poor, body, Fee(35), 0), _chain.State));
        Assert.Equal(MempoolRejection.None, alone.TryAdd(Pay(_honest[0], 0, Fee(1)), _chain.State));
        Assert.Equal(MempoolRejection.Full, alone.TryAdd(Pay(_poor, 1, Fee(30)), _chain.State));
        Assert.Equal(2, alone.Count);
    }

    [Fact]
    public void OneSenderHoldsSoManyBytesAndNoMore()
    {
        var mempool = new Mempool(new MempoolOptions { SenderBytesMax = 1_000 });
        var nonce = 0UL;
        while (mempool.TryAdd(Pay(_attacker, nonce, Fee(1)), _chain.State) == MempoolRejection.None) nonce++;
        Assert.InRange(nonce, 2UL, 10UL);
        Assert.Equal(MempoolRejection.TooManyFromSender, mempool.TryAdd(Pay(_attacker, nonce, Fee(1)), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[0], 0, Fee(1)), _chain.State));
    }

    [Fact]
    public void AReplacementMustNotUncoverWhatHasEvicted()
    {
        Assert.Equal(MempoolRejection.None, Add(Pay(_poor, 0, Fee(30))));
        Assert.Equal(MempoolRejection.None, Add(Pay(_poor, 1, Fee(30))));
        var drain = _chain.Transfer(_poor, _chain.Bob.Address, Fee(35), Fee(35), 0);
        Assert.Equal(MempoolRejection.ReplacementSpendsMore, Add(drain));
        Assert.Equal(MempoolRejection.None, Add(_chain.Transfer(_poor, _chain.Bob.Address, Fee(20), Fee(35), 0)));
        Assert.Equal(2, Candidates(_poor).Count);
    }

    [Fact]
    public void ACheapFirstOneLendsItsPriceToAllBehindIt()
    {
        var mempool = new Mempool(new MempoolOptions { CountMax = 3 });
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_attacker, 0, Fee(1)), _chain.State)); // while there is room
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[0], 0, Fee(10)), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[1], 0, Fee(10)), _chain.State));
        Assert.Equal(MempoolRejection.Full, mempool.TryAdd(Pay(_attacker, 1, Fee(500)), _chain.State));
        Assert.Equal(3, mempool.Count);
    }

    [Fact]
    public void AnExpensiveLastOneDoesNotShieldTheCheapOnesBeforeIt()
    {
        var mempool = new Mempool(new MempoolOptions { CountMax = 2 });
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_attacker, 0, Fee(1)), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_attacker, 1, Fee(500)), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[0], 0, Fee(2)), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[1], 0, Fee(2)), _chain.State));
        Assert.Equal(0UL, mempool.NextNonce(_chain.State, _attacker.Address));
    }

    [Fact]
    public void WhatExpiresSoonDoesNotEvict()
    {
        Assert.Equal(MempoolRejection.Full, Add(Pay(_attacker, 0, Fee(50), expiry: 99)));
        AssertAllHonestWait();
        Assert.Equal(MempoolRejection.None, Add(Pay(_attacker, 0, Fee(50), expiry: 100)));
    }

    [Fact]
    public void WhatWaitsBehindOneThatExpiresSoonDoesNotEvict()
    {
        var mempool = new Mempool(new MempoolOptions { CountMax = 2 });
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_attacker, 0, Fee(50), expiry: 2), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[0], 0, Fee(1)), _chain.State));
        Assert.Equal(MempoolRejection.Full, mempool.TryAdd(Pay(_attacker, 1, Fee(50)), _chain.State));
    }

    [Fact]
    public void AReplacementMustNotExpireEarlier()
    {
        Assert.Equal(MempoolRejection.None, Add(Pay(_attacker, 0, Fee(50))));
        Assert.Equal(MempoolRejection.ReplacementExpiresEarlier, Add(Pay(_attacker, 0, Fee(60), expiry: 500)));
    }

    // The sender can always break its own queue by a rival with the same nonce that it brings to a leader: it pays for that one.
    [Fact]
    public void OnePaidFeeUndoesFewEvictions()
    {
        for (var nonce = 0UL; nonce < 4; nonce++) Assert.Equal(MempoolRejection.None, Add(Pay(_attacker, nonce, Fee(100))));
        Assert.Equal(MempoolRejection.Full, Add(Pay(_attacker, 4, Fee(100))));
        Assert.Equal([4, 5, 6, 7], HonestThatWait());
    }

    [Fact]
    public void MoneyThatMovesBetweenOnesOwnAccountsIsCountedOnce()
    {
        var other = LedgerFixture.Key(4_002);
        for (var nonce = 0UL; nonce < 3; nonce++) Assert.Equal(MempoolRejection.None, Add(Pay(_poor, nonce, Fee(30))));
        Assert.Equal(MempoolRejection.FeesNotPayable, Add(Pay(other, 0, Fee(30))));

        _chain.Step(_chain.Transfer(_poor, other.Address, Fee(99), Fee(1), 0)); // a rival of its own, brought to a leader
        _mempool.OnBlock(_chain.State, _chain.LastBlock.Transactions);
        Assert.Empty(Candidates(_poor)); // what pushed others out has left with the money
        Assert.Equal(MempoolRejection.None, Add(Pay(other, 0, Fee(30))));
    }

    [Fact]
    public void WhoLosesMoneyWithoutSendingLosesItsPlacesToo()
    {
        Assert.Equal(MempoolRejection.None, Add(Pay(_poor, 0, Fee(60))));
        _chain.Step(_chain.Transfer(_poor, _chain.Bob.Address, Fee(50), Fee(1), 0));
        _mempool.OnBlock(_chain.State, [], _chain.LastBlock.Result.Changes.Select(c => c.Key)); // as if another module had taken it
        Assert.Empty(Candidates(_poor));
    }

    [Fact]
    public void ALargeOnePaysForItsBytes()
    {
        var one = Pay(_honest[0], 0, Fee(10));
        var mempool = new Mempool(new MempoolOptions { BytesMax = (one.Bytes.Length + 4) * 5 });
        for (var i = 0; i < 5; i++) Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[i], 0, Fee(10)), _chain.State));
        var memo = new string('m', Limits.MemoBytesMax);

        // Outbids per cost unit, as a signature costs the same for all, but not per byte.
        Assert.Equal(MempoolRejection.Full, mempool.TryAdd(_chain.Transfer(_attacker, _chain.Bob.Address, new Amount(1), Fee(16), 0, memo), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(_chain.Transfer(_attacker, _chain.Bob.Address, new Amount(1), Fee(30), 0, memo), _chain.State));
        Assert.Equal(3, mempool.Count); // three of five had to go
    }

    [Fact]
    public void AChainOfRaisesAgainstOneselfEndsAtTheBalance()
    {
        var mempool = new Mempool(new MempoolOptions { CountMax = 1 });
        var (fee, admitted) = (Fee(1), 0);
        for (; fee < Fee(90); admitted++)
        {
            var key = admitted % 2 == 0 ? _attacker : _poor;
            if (mempool.TryAdd(Pay(key, 0, fee), _chain.State) != MempoolRejection.None) break;
            Assert.Equal(MempoolRejection.Full, mempool.TryAdd(Pay(key == _poor ? _attacker : _poor, 0, new Amount(fee.Units + (fee.Units / 11))), _chain.State));
            fee = new Amount(fee.Units + (fee.Units / 10) + 1);
        }

        Assert.InRange(admitted, 44, 49); // log(90) / log(1.1)
    }

    [Fact]
    public void LanesDoNotPushEachOtherOut()
    {
        var commit = TrainingMessages.Commit(_chain, _attacker, 0, Fee(1));
        Assert.Equal(MempoolRejection.None, Add(commit));
        AssertAllHonestWait();
        Assert.Equal(commit.Hash, _mempool.Candidates(_chain.State).First().Hash);
    }

    [Fact]
    public void AMessageBehindAPaymentHasThePaymentsPlaceOnly()
    {
        var mempool = new Mempool(new MempoolOptions { CountMax = 2 });
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_attacker, 0, Fee(1)), _chain.State));
        Assert.Equal(MempoolRejection.None, mempool.TryAdd(Pay(_honest[0], 0, Fee(1)), _chain.State));
        Assert.Equal(MempoolRejection.Full, mempool.TryAdd(TrainingMessages.Commit(_chain, _attacker, 1, Fee(1)), _chain.State));
    }

    private MempoolRejection Add(Transaction transaction) => _mempool.TryAdd(transaction, _chain.State);

    private static Amount Fee(ulong times) => new ChainParameters().FeeMin * times;

    private Transaction Pay(PrivateKey from, ulong nonce, Amount fee, ulong expiry = 0) =>
        _chain.Transfer(from, _chain.Bob.Address, new Amount(1), fee, nonce, expiry: expiry);

    private void AssertAllHonestWait() => Assert.Equal(Enumerable.Range(0, _honest.Length), HonestThatWait());

    private int[] HonestThatWait() => [.. Enumerable.Range(0, _honest.Length).Where(i => Candidates(_honest[i]).Count > 0)];

    private List<Transaction> Candidates(PrivateKey of) => [.. _mempool.Candidates(_chain.State).Where(t => t.Sender == of.Address)];
}
