using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>A chain of four validators on which one account pays others: every block goes through all the rules and is stored as a node stores it.</summary>
internal sealed class TransferChain
{
    private static readonly PrivateKey Payer = TrainedChain.Key(5);
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(0, 4).Select(i => TrainedChain.Key(1_000 + i)).OrderBy(key => key.Address)];

    private readonly int _signers;
    private readonly PrivateKey[] _keys = Keys;

    /// <param name="store">Where it is kept; in memory where none is given.</param>
    /// <param name="signers">Validators that sign each certificate.</param>
    public TransferChain(IKeyValueStore? store = null, int signers = 3)
    {
        _signers = signers;
        Store = store ?? new MemoryStore(ChainStore.Columns);
        Chain = new ChainStore(Store);
        State = LedgerState.FromGenesis(Genesis);
        Chain.Initialize(State);
    }

    // A chain that claims the genesis and has validators of the forger's own in its state.
    private TransferChain(PrivateKey[] keys)
    {
        _keys = keys;
        _signers = keys.Length;
        var made = LedgerState.FromGenesis(Genesis with { Validators = [.. keys.Select((key, i) => new GenesisValidator(key.Address, TrainedChain.Key(2_000 + i).Address, 1))] });
        var mark = LedgerState.FromGenesis(Genesis).Mark with { StateRoot = made.Root };
        Assert.True(LedgerState.TryLoad(Genesis, mark, made.Records.Select(record => KeyValuePair.Create(record.Key.Bytes.ToArray(), record.Value)), out var first));
        Store = new MemoryStore(ChainStore.Columns);
        Chain = new ChainStore(Store);
        State = first;
        Chain.Initialize(State);
    }

    /// <summary>A chain of the same genesis, whole in itself, that validators whom nobody elected made and signed.</summary>
    public static TransferChain Forged() => new([.. Enumerable.Range(0, 4).Select(i => TrainedChain.Key(7_000 + i)).OrderBy(key => key.Address)]);

    public static GenesisDocument Genesis { get; } = new()
    {
        ChainName = "storage-test",
        TimeMs = 1_700_000_000_000,
        Validators = [.. Keys.Select((key, i) => new GenesisValidator(key.Address, TrainedChain.Key(2_000 + i).Address, 1))],
        Allocations = [new GenesisAllocation(Payer.Address, Amount.FromNtk(1_000_000))],
        RewardReserve = Amount.FromNtk(10_000_000),
    };

    public IKeyValueStore Store { get; }

    public ChainStore Chain { get; }

    public LedgerState State { get; private set; }

    public CommitCertificate? LastCommit { get; private set; }

    public static Address Payee(int number) => TrainedChain.Key(10_000 + number).Address;

    /// <summary>Payments of one unit, to the payees of these numbers.</summary>
    public Transaction[] Pay(params ReadOnlySpan<int> payees) => Pay(payees, "");

    /// <summary>The same with a memo.</summary>
    public Transaction[] Pay(ReadOnlySpan<int> payees, string memo)
    {
        var nonce = AccountsModule.Get(State, Payer.Address).Nonce;
        var transactions = new Transaction[payees.Length];
        for (var i = 0; i < payees.Length; i++) transactions[i] = Pay(nonce + (ulong)i, payees[i], memo);
        return transactions;
    }

    /// <summary>Builds, certifies and executes the next block; does not store it.</summary>
    public (ValidatedBlock Validated, CommitCertificate Certificate) Next(params Transaction[] transactions)
    {
        var template = new BlockTemplate
        {
            Author = State.Next.Schedule.Leader(Round.Zero),
            BuiltRound = Round.Zero,
            Time = State.Time.Plus(1_000),
            LastCommit = LastCommit,
        };
        var built = BlockBuilder.Build(State, template, transactions);
        Assert.Equal(transactions.Length, built.Transactions.Length);
        var digest = new Precommit(built.Block.Height, Round.Zero, built.Block.Ref).Digest(State.GenesisHash);
        var signatures = Enumerable.Range(0, _signers).Select(i => new IndexedSignature((ushort)i, _keys[i].Sign(digest)));
        return (built, new CommitCertificate(built.Block.Height, Round.Zero, built.Block.Ref, [.. signatures]));
    }

    public void Step(params Transaction[] transactions)
    {
        var (validated, certificate) = Next(transactions);
        Take(validated, certificate);
    }

    /// <summary>The certificate of the next block, with the proof that it holds.</summary>
    public VerifiedCommit Verified(CommitCertificate certificate)
    {
        Assert.True(certificate.TryVerify(State.GenesisHash, State.Next.Validators, out var commit, out var fault), fault.ToString());
        return commit;
    }

    /// <summary>Stores a block that was made by this chain or another one in the same state.</summary>
    public void Take(ValidatedBlock validated, CommitCertificate certificate)
    {
        Chain.Commit(State, validated, Verified(certificate));
        LastCommit = certificate;
        State = validated.Result.Next;
    }

    /// <summary>Blocks up to a height, each with a payment to the payee of its height.</summary>
    public void StepTo(ulong height)
    {
        while (State.Height.Value < height) Step(Pay((int)(State.Height.Value % 50)));
    }

    private Transaction Pay(ulong nonce, int payee, string memo)
    {
        var body = new TransactionBody
        {
            Genesis = State.GenesisHash.Value.ToByteString(),
            Nonce = nonce,
            Fee = Genesis.Parameters.FeeMin.ToByteString(),
            Transfer = new Transfer { To = Payee(payee).ToByteString(), Amount = new Amount(1).ToByteString(), Memo = memo },
        };
        return Transaction.Sign(body, Payer);
    }
}
