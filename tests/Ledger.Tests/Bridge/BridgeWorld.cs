using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>A bridged chain of four validators and the vault on an Ethereum beside it; what happens there is attested and brought here.</summary>
internal sealed class BridgeWorld
{
    public static readonly GenesisBridge Bridge = new(1, LedgerFixture.Key(9_001).Address, LedgerFixture.Key(9_002).Address, 1_000);

    public const ulong EvidenceMs = 14 * 24 * 3_600_000;

    /// <summary>Small enough that tests meet every limit.</summary>
    public static readonly BridgeParameters Limits = new()
    {
        InCapacity = Amount.FromNtk(1_000),
        InPerSecond = Amount.FromNtk(10),
        OutCapacity = Amount.FromNtk(500),
        OutPerSecond = Amount.FromNtk(5),
        HoldAbove = Amount.FromNtk(100),
        HoldBlocks = 5,
        WithdrawalMin = Amount.FromNtk(1),
        ReleaseSeconds = 100,
        DisputeBlocks = 3,
        HeartbeatBlocks = 4,
    };

    public BridgeWorld(Func<GenesisDocument, GenesisDocument>? configure = null, bool deployed = true, int validators = 4)
    {
        Chain = new LedgerFixture(genesis => configure is null ? Bridged(genesis) : configure(Bridged(genesis)), validators);
        Ethereum = new FakeEthereum(Bridge) { Time = Chain.Genesis.TimeMs / 1_000 };
        if (!deployed) return;
        Ethereum.Deploy(Chain.GenesisHash.Value, Chain.Genesis.ValidatorSet().Root);
        Bring();
    }

    public LedgerFixture Chain { get; }

    public FakeEthereum Ethereum { get; }

    public BridgeStatus Status => BridgeStatus.Get(Chain.State);

    public PrivateKey Alice => Chain.Alice;

    /// <summary>Of the last burn.</summary>
    public Amount LastFee { get; private set; }

    public PrivateKey Relayer => Chain.KeyOf(Chain.Members[0].Address);

    public static GenesisDocument Bridged(GenesisDocument genesis) => LedgerFixture.Fast(genesis) is var fast ? fast with
    {
        SupplyMode = GenesisDocument.BridgedSupply,
        Allocations = [],
        RewardReserve = Amount.Zero,
        Bridge = Bridge,
        // A vault hears of forks for twelve days: bonds are locked for longer.
        Parameters = fast.Parameters with { Bridge = Limits, Validators = fast.Parameters.Validators with { EvidenceMs = EvidenceMs } },
    } : genesis;

    /// <summary>Mines what happened, has all attest it, and a validator relay it; the block that took it.</summary>
    public ExecutionResult Bring(bool together = false)
    {
        var block = Ethereum.Mine(together);
        Attest(block);
        return Chain.Step(Relay(Receipts(block)));
    }

    public FakeBlock Mined(bool together = false)
    {
        var block = Ethereum.Mine(together);
        Attest(block);
        return block;
    }

    /// <summary>Alice gets NTK of her own by a lock.</summary>
    public void Fund(Amount? amount = null)
    {
        Ethereum.Lock(Alice.Address, amount ?? Amount.FromNtk(900));
        Bring();
    }

    public ExecutionResult Attest(FakeBlock block, params int[] who) => Attest((block.Number, block.Hash), who);

    /// <summary>All members say so, or those with these indices.</summary>
    public ExecutionResult Attest((ulong Number, Hash256 Hash) block, params int[] who)
    {
        var voices = who.Length == 0 ? Enumerable.Range(0, Chain.Members.Count) : who;
        return Chain.Step([.. voices.Select(i => Word(Chain.KeyOf(Chain.Members[i].Address), block))]);
    }

    public Transaction Word(PrivateKey from, params (ulong Number, Hash256 Hash)[] blocks) =>
        Word(from, AttestationWords.Get(Chain.State, KeyRotations.Identity(Chain.State, from.Address)).Sequence + 1, blocks);

    public Transaction Word(PrivateKey from, ulong sequence, params (ulong Number, Hash256 Hash)[] blocks)
    {
        var attestation = new BridgeAttestation { Sequence = sequence };
        attestation.Blocks.AddRange(blocks.Select(block => new EthereumBlock { Number = block.Number, Hash = LedgerFixture.Bytes(block.Hash) }));
        return Chain.Protocol(from, new TransactionBody { BridgeAttestation = attestation });
    }

    public BridgeEvidence Receipts(FakeBlock block, params ulong[] indexes)
    {
        ulong[] places = indexes.Length == 0 ? [.. block.OfVault] : indexes;
        var receipts = new VaultReceipts();
        receipts.Indexes.AddRange(places);
        receipts.Nodes.AddRange(ReceiptProof.Create(block.Receipts, places).Select(node => ByteString.CopyFrom(node.Span)));
        return Under(block, new BridgeEvidence { Receipts = receipts });
    }

    /// <summary>Events by the vault's storage: all from a nonce on, up to a mark or to the last one.</summary>
    public BridgeEvidence Events(FakeBlock block, ulong from, ulong to, bool isMarked)
    {
        var proof = new VaultLogs { IsMarked = isMarked };
        foreach (var log in Ethereum.History.Skip((int)from - 1).Take((int)(to - from + 1)))
            proof.Logs.Add(new VaultLog { Topics = { log.Topics.Select(topic => LedgerFixture.Bytes(topic)) }, Data = ByteString.CopyFrom(log.Data.Span) });
        proof.Nodes.AddRange(Ethereum.ProveEvents(block, isMarked ? to : null).Select(node => ByteString.CopyFrom(node.Span)));
        return Under(block, new BridgeEvidence { Events = proof });
    }

    public BridgeEvidence Unreleased(FakeBlock block, Hash256 burnId)
    {
        var proof = new Unreleased { BurnId = LedgerFixture.Bytes(burnId) };
        proof.Nodes.AddRange(Ethereum.ProveReleased(block, burnId).Select(node => ByteString.CopyFrom(node.Span)));
        return Under(block, new BridgeEvidence { Unreleased = proof });
    }

    public BridgeEvidence Reserves(FakeBlock block)
    {
        var proof = new VaultReserves();
        proof.Nodes.AddRange(Ethereum.ProveReserves(block).Select(node => ByteString.CopyFrom(node.Span)));
        return Under(block, new BridgeEvidence { Reserves = proof });
    }

    public Transaction Relay(BridgeEvidence evidence, PrivateKey? from = null) => Chain.Protocol(from ?? Relayer, new TransactionBody { BridgeRelay = evidence });

    public Transaction Show(BridgeEvidence evidence, PrivateKey? from = null) => Paid(from ?? Alice, new TransactionBody { BridgeEvidence = evidence });

    public Transaction Withdraw(Amount amount, Address? to = null, PrivateKey? from = null, ulong? nonce = null) => Paid(
        from ?? Alice,
        new TransactionBody { BridgeWithdraw = new BridgeWithdraw { To = LedgerFixture.Bytes(to ?? Alice.Address), Amount = LedgerFixture.Bytes(amount) } },
        nonce);

    /// <summary>Burns and gives the burn's id; the burn is in the last block then.</summary>
    public Hash256 Burn(Amount amount, Address? to = null)
    {
        var transaction = Withdraw(amount, to);
        LastFee = transaction.Fee;
        var result = Chain.Step(transaction);
        Assert.True(Assert.Single(result.Receipts).IsSuccess, ((TransactionRejection)result.Receipts[0].Code).ToString());
        return BridgeLeaf.BurnId(Chain.GenesisHash, Chain.State.Height, transaction.Hash, 0);
    }

    public WithdrawalRecord? Withdrawal(Hash256 burnId) => WithdrawalRecord.Get(Chain.State, burnId);

    public Transaction Veto(PrivateKey from, Hash256 burnId) =>
        Chain.Protocol(from, new TransactionBody { BridgeVeto = new BridgeVeto { BurnId = LedgerFixture.Bytes(burnId) } });

    public Transaction Pause(PrivateKey from, BridgeSides what, uint? count = null) =>
        Chain.Protocol(from, new TransactionBody { BridgePause = new BridgePause { What = (uint)what, StopCount = count ?? Status.StopCount } });

    public GovernanceAction Resume(uint? count = null) => new() { ResumeBridge = new ResumeBridge { StopCount = count ?? Status.StopCount } };

    public static GovernanceAction Redirect(ulong nonce, Address to) => new() { RedirectLock = new RedirectLock { Nonce = nonce, To = LedgerFixture.Bytes(to) } };

    public static GovernanceAction Order(BridgeAction action) =>
        new() { OrderVault = new OrderVault { Kind = (uint)action.Kind, Arguments = ByteString.CopyFrom(action.Arguments.AsSpan()) } };

    public Amount BalanceOf(PrivateKey key) => Chain.AccountOf(key).Balance;

    public Amount BalanceOf(Address address) => AccountsModule.Get(Chain.State, address).Balance;

    /// <summary>An empty block so much later.</summary>
    public void Wait(ulong milliseconds)
    {
        var template = Chain.Template(Round.Zero, []);
        Chain.Apply(BlockBuilder.Build(Chain.State, template with { Time = template.Time.Plus(milliseconds) }, []).Block);
    }

    /// <summary>The vault follows the next set of the chain, in the block that is mined next.</summary>
    public void FollowNext()
    {
        var next = VaultSets.NextToFollow(Chain.State)!.Value;
        Ethereum.Follow(next.LastHeight.Value, next.Root);
    }

    private Transaction Paid(PrivateKey from, TransactionBody body, ulong? nonce = null)
    {
        var fee = Chain.FeeMin;
        var asked = FeesModule.Asked(Chain.State, Chain.Pay(from, body, fee, nonce));
        return Chain.Pay(from, body, asked > fee ? asked : fee, nonce);
    }

    private static BridgeEvidence Under(FakeBlock block, BridgeEvidence evidence)
    {
        evidence.Number = block.Number;
        evidence.Header = ByteString.CopyFrom(block.Header.Encode());
        return evidence;
    }
}
