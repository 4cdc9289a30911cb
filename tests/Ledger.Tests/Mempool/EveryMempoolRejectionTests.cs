using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Every reason why the mempool does not take a transaction, provoked once and exactly.</summary>
public sealed class EveryMempoolRejectionTests
{
    private static readonly Dictionary<MempoolRejection, Func<World, MempoolRejection>> Provocations = new()
    {
        [MempoolRejection.AlreadyKnown] = w => w.After(w.Transfer(0)).Add(w.Transfer(0)),
        [MempoolRejection.Expired] = w => w.Step().Add(w.Transfer(0, expiry: 1)),
        [MempoolRejection.NonceTooLow] = w => w.Step(w.Transfer(0)).Add(w.Transfer(0, fee: 2)),
        [MempoolRejection.NonceTooFarAhead] = w => w.Add(w.Transfer(65)),
        [MempoolRejection.FeeTooLow] = w => w.Add(w.Transfer(0, fee: 0)),
        [MempoolRejection.FeesNotPayable] = w => w.After(w.Transfer(0, fee: 60)).Add(w.Transfer(1, fee: 60)),
        [MempoolRejection.ReplacementFeeTooLow] = w => w.After(w.Transfer(0, fee: 20)).Add(w.Transfer(0, fee: 21)),
        [MempoolRejection.ReplacementExpiresEarlier] = w => w.After(w.Transfer(0, fee: 20)).Add(w.Transfer(0, fee: 40, expiry: 500)),
        [MempoolRejection.ReplacementSpendsMore] = w => w.After(w.Transfer(0, fee: 30)).After(w.Transfer(1, fee: 30)).Add(w.Transfer(0, fee: 35, amount: 60)),
        [MempoolRejection.TooManyFromSender] = w => w.With(new MempoolOptions { SenderBytesMax = 300 }).After(w.Transfer(0)).Add(w.Transfer(1)),
        [MempoolRejection.Full] = w => w.With(new MempoolOptions { CountMax = 1 }).After(w.Transfer(0)).Add(w.Chain.Transfer(w.Chain.Bob, w.Chain.Alice.Address, new Amount(1))),
        [MempoolRejection.NotAValidator] = w => w.Add(w.Share(w.Chain.Alice, 1)),
        [MempoolRejection.TooManyFromValidator] = w => w.With(new MempoolOptions { ProtocolPerValidatorMax = 1 }).After(w.Share(w.Chain.ValidatorKeys[0], 1)).Add(w.Share(w.Chain.ValidatorKeys[0], 2)),
        [MempoolRejection.ClaimRefused] = w => w.Add(new ClaimsWorld(w.Chain).Claim(ClaimsWorld.Keys[0])), // there is no snapshot
    };

    public static TheoryData<MempoolRejection> All => [.. Provocations.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void ItIsProvokedExactly(MempoolRejection reason) => Assert.Equal(reason, Provocations[reason](new World()));

    [Fact]
    public void NoReasonIsForgotten() => Assert.Equal(Enum.GetValues<MempoolRejection>().Where(reason => reason != MempoolRejection.None), Provocations.Keys.Order());

    /// <summary>A chain, a mempool, and somebody who has a hundred times the least fee.</summary>
    private sealed class World
    {
        private readonly PrivateKey _payer = LedgerFixture.Key(4_001);
        private Mempool _mempool = new();

        public World() => Chain = new LedgerFixture(genesis => genesis with { Allocations = [.. genesis.Allocations, new GenesisAllocation(_payer.Address, Fees(100))] });

        public LedgerFixture Chain { get; }

        public World With(MempoolOptions options)
        {
            _mempool = new Mempool(options);
            return this;
        }

        public World Step(params Transaction[] transactions)
        {
            Chain.Step(transactions);
            return this;
        }

        public World After(Transaction transaction)
        {
            Assert.Equal(MempoolRejection.None, Add(transaction));
            return this;
        }

        public MempoolRejection Add(Transaction transaction) => _mempool.TryAdd(transaction, Chain.State);

        // Fee and amount in least fees; without an amount almost nothing is moved.
        public Transaction Transfer(ulong nonce, uint fee = 1, uint amount = 0, ulong expiry = 0) =>
            Chain.Transfer(_payer, Chain.Bob.Address, amount == 0 ? new Amount(1) : Fees(amount), Fees(fee), nonce, expiry: expiry);

        public Transaction Share(PrivateKey validator, ulong round) => Chain.Protocol(validator, new TransactionBody
        {
            SeedShare = new SeedShare { Task = TrainingWorld.Bytes(Hash256.Sha256([1])), TrainingRound = round, Share = TrainingWorld.Bytes(Hash256.Sha256([2])) },
        });

        private static Amount Fees(uint count) => new(new ChainParameters().FeeMin.Units * count);
    }
}
