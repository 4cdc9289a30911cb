using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

public sealed class ProtocolLaneTests
{
    private readonly LedgerFixture _chain = new();
    private readonly Mempool _mempool = new(new MempoolOptions { ProtocolPerValidatorMax = 3, ProtocolHeightsMax = 4 });

    [Fact]
    public void OnlyValidatorsSendProtocolMessages() => Assert.Equal(MempoolRejection.NotAValidator, Add(Share(_chain.Alice, 1)));

    [Fact]
    public void AValidatorSaysAThingOnce()
    {
        Assert.Equal(MempoolRejection.None, Add(Share(_chain.ValidatorKeys[0], 1)));
        Assert.Equal(MempoolRejection.AlreadyKnown, Add(Share(_chain.ValidatorKeys[0], 1, share: 9)));
        Assert.Equal(MempoolRejection.None, Add(Share(_chain.ValidatorKeys[0], 2)));
        Assert.Equal(MempoolRejection.None, Add(Share(_chain.ValidatorKeys[1], 1)));
        Assert.Equal(3, _mempool.Count);
    }

    [Fact]
    public void AValidatorHasAsManyAsThereArePlacesForIt()
    {
        for (var round = 1UL; round <= 3; round++) Assert.Equal(MempoolRejection.None, Add(Share(_chain.ValidatorKeys[0], round)));
        Assert.Equal(MempoolRejection.TooManyFromValidator, Add(Share(_chain.ValidatorKeys[0], 4)));
        Assert.Equal(MempoolRejection.None, Add(Share(_chain.ValidatorKeys[1], 4)));
    }

    [Fact]
    public void ProtocolMessagesGoBeforeAnyFee()
    {
        var paid = _chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1), fee: Amount.FromNtk(100));
        var share = Share(_chain.ValidatorKeys[0], 1);
        Assert.Equal(MempoolRejection.None, Add(paid));
        Assert.Equal(MempoolRejection.None, Add(share));
        Assert.Equal([share.Hash, paid.Hash], _mempool.Candidates(_chain.State).Select(t => t.Hash));
    }

    [Fact]
    public void WhatABlockSettledDoesNotComeBack()
    {
        var (mine, committed) = (Share(_chain.ValidatorKeys[0], 1), Share(_chain.ValidatorKeys[0], 1, share: 9));
        Assert.Equal(MempoolRejection.None, Add(mine));
        _mempool.OnBlock(_chain.State, [committed]);
        Assert.Equal(0, _mempool.Count);
        Assert.Equal(MempoolRejection.AlreadyKnown, Add(mine));
    }

    [Fact]
    public void WhatWaitsTooLongIsDroppedAndMayBeSentAgain()
    {
        var share = Share(_chain.ValidatorKeys[0], 1);
        Assert.Equal(MempoolRejection.None, Add(share));
        for (var i = 0; i < 4; i++) Next();
        Assert.Equal(1, _mempool.Count);
        Next();
        Assert.Equal(0, _mempool.Count);
        Assert.Empty(_mempool.Candidates(_chain.State));
        Assert.Equal(MempoolRejection.None, Add(share));
    }

    [Fact]
    public void AnExpiredMessageIsNotOffered()
    {
        var share = Share(_chain.ValidatorKeys[0], 1, expiry: 1);
        Assert.Equal(MempoolRejection.None, Add(share));
        Assert.Single(_mempool.Candidates(_chain.State));
        Next();
        Assert.Empty(_mempool.Candidates(_chain.State));
    }

    private void Next()
    {
        _chain.Step();
        _mempool.OnBlock(_chain.State, _chain.LastBlock.Transactions);
    }

    private MempoolRejection Add(Transaction transaction) => _mempool.TryAdd(transaction, _chain.State);

    private Transaction Share(PrivateKey from, ulong round, byte share = 1, ulong expiry = 0) => _chain.Protocol(from, new TransactionBody
    {
        SeedShare = new SeedShare
        {
            Task = ByteString.CopyFrom(new byte[32]),
            TrainingRound = round,
            Share = ByteString.CopyFrom([share, .. new byte[31]]),
        },
        ExpiryHeight = expiry,
    });
}
