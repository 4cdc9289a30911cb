using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What the execution of one block sees and leaves: the block's place, the rules, the state to change, the events so far.</summary>
/// <param name="genesis">The chain.</param>
/// <param name="genesisHash">Its hash.</param>
/// <param name="height">Height of the block.</param>
/// <param name="author">Who is paid for it.</param>
/// <param name="validators">The set that votes on it.</param>
/// <param name="below">The state before it.</param>
/// <param name="transactions">How many transactions it has, where that is known: memory for them is taken at once.</param>
public sealed class BlockContext(
    GenesisDocument genesis, GenesisHash genesisHash, Height height, Address author, ValidatorSet validators, IStateReader below, int transactions = 0)
{
    private const int RecordsPerTransaction = 2;

    private readonly EventLog _events = new();

    public GenesisDocument Genesis { get; } = genesis;

    public GenesisHash GenesisHash { get; } = genesisHash;

    /// <summary>As the state before the block has them: a change holds from the next block on.</summary>
    public ChainParameters Parameters { get; } = ParametersModule.Get(below);

    /// <summary>Price of a cost unit in this block.</summary>
    public Amount BaseFee { get; } = FeesModule.BaseFee(below);

    /// <summary>What this program can carry out.</summary>
    public ChainRules Rules { get; init; } = ChainRules.OfThisRelease;

    /// <summary>Time of the block before.</summary>
    public Timestamp ParentTime { get; init; } = new(genesis.TimeMs);

    /// <summary>Cost units of the transactions so far.</summary>
    public ulong Cost { get; private set; }

    /// <summary>Fees of the transactions so far: what was asked, and what was given beyond it.</summary>
    public (Amount Asked, Amount Tips) Fees { get; private set; }

    /// <summary>Number of the transaction that is executed, from 1 on; 0 at the end of the block.</summary>
    public uint TransactionNumber { get; private set; }

    /// <summary>Height of the block that is executed.</summary>
    public Height Height { get; } = height;

    public Address Author { get; } = author;

    /// <summary>The set that votes on this block.</summary>
    public ValidatorSet Validators { get; } = validators;

    public StateOverlay State { get; } = new(below, RecordsPerTransaction * transactions);

    /// <summary>What happened so far.</summary>
    public EventList Events => _events.ToList();

    /// <summary>Says what happened: "accounts.transferred", with attributes in the order given.</summary>
    public void Emit(string kind, params ReadOnlySpan<(string Key, EventValue Value)> attributes) => _events.Add(kind, TransactionNumber, attributes);

    /// <summary>Everything that happened; nothing more does.</summary>
    internal EventList CloseEvents() => _events.Close();

    /// <summary>The next transaction begins; the same number again where the one before did not come into the block.</summary>
    internal void Begin(uint number) => TransactionNumber = number;

    /// <summary>The transaction is in the block.</summary>
    internal void Count(uint cost, Amount asked, Amount tip)
    {
        Cost += cost;
        Fees = (Fees.Asked + asked, Fees.Tips + tip);
    }

    /// <summary>Runs a step that may fail: its changes and events stay only where it returns <see cref="TransactionRejection.None"/>.</summary>
    public TransactionRejection Try(Func<TransactionRejection> step)
    {
        var before = Mark();
        return Keep(before, step());
    }

    /// <summary>The moment before a step that may fail, for <see cref="Keep"/>: the same as <see cref="Try"/> without a closure.</summary>
    internal (int State, int Events) Mark() => (State.Mark(), _events.Count);

    /// <summary>Keeps what was done since the mark where the step succeeded, and takes it back where not.</summary>
    internal TransactionRejection Keep((int State, int Events) mark, TransactionRejection rejection)
    {
        if (rejection != TransactionRejection.None) TakeBack(mark);
        return rejection;
    }

    /// <summary>Takes back what was done since the mark.</summary>
    internal void TakeBack((int State, int Events) mark)
    {
        State.RollBack(mark.State);
        _events.Shorten(mark.Events);
    }
}
