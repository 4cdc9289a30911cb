using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>
/// One part of the ledger: the messages it takes, what they cost, what they do, what it does at the end of every block, and the events of both.
/// Its records are its own: other modules change them through its functions only.
/// </summary>
public abstract class LedgerModule
{
    /// <summary>The kinds of messages that come here.</summary>
    public virtual ImmutableArray<MessageOneofCase> Messages => [];

    /// <summary>Everything that it says has happened, be it of a message or at the end of a block; what each tells is in docs/protocol.</summary>
    public virtual ImmutableArray<string> Events => [];

    /// <summary>Cost units of a message beside its signatures and bytes: about the microseconds that its execution takes.</summary>
    public virtual uint CostOf(Transaction transaction) => 0;

    public virtual void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
    }

    /// <summary>Takes one of its messages. Everything is checked before anything is changed; the named reason tells what stood against it.</summary>
    public virtual TransactionRejection Execute(BlockContext context, Transaction transaction) =>
        throw new InvariantException($"{GetType().Name} takes no {transaction.Kind}");

    /// <summary>After the transactions of a block.</summary>
    public virtual void EndBlock(BlockContext context)
    {
    }
}
