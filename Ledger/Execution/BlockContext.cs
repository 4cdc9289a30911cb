using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>What the execution of one block sees and leaves: the block's place, the rules, the state to change, the events so far.</summary>
public sealed class BlockContext(
    GenesisDocument genesis, GenesisHash genesisHash, Height height, Address author, ValidatorSet validators, IStateReader below)
{
    private readonly List<Event> _events = [];

    public GenesisDocument Genesis { get; } = genesis;

    public GenesisHash GenesisHash { get; } = genesisHash;

    public ChainParameters Parameters => Genesis.Parameters;

    /// <summary>Height of the block that is executed.</summary>
    public Height Height { get; } = height;

    public Address Author { get; } = author;

    /// <summary>The set that votes on this block.</summary>
    public ValidatorSet Validators { get; } = validators;

    public StateOverlay State { get; } = new(below);

    public IReadOnlyList<Event> Events => _events;

    /// <summary>Says what happened: "accounts.transferred", with attributes in the order given.</summary>
    public void Emit(string kind, params ReadOnlySpan<(string Key, string Value)> attributes)
    {
        var happened = new Event { Kind = kind };
        foreach (var (key, value) in attributes) happened.Attributes.Add(new EventAttribute { Key = key, Value = value });
        _events.Add(happened);
    }

    /// <summary>Runs a step that may fail: its changes and events stay only where it returns <see cref="TransactionRejection.None"/>.</summary>
    public TransactionRejection Try(Func<TransactionRejection> step)
    {
        var (mark, events) = (State.Mark(), _events.Count);
        var rejection = step();
        if (rejection == TransactionRejection.None) return rejection;
        State.RollBack(mark);
        _events.RemoveRange(events, _events.Count - events);
        return rejection;
    }
}
