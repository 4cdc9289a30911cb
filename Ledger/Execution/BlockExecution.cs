using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// One block on its way through the rules: transactions one by one, then the end. Building a block and executing one go through this same
/// object, so that they cannot differ.
/// </summary>
internal sealed class BlockExecution
{
    private readonly LedgerState _state;
    private readonly BlockContext _context;
    private readonly WriteTrace? _trace;
    private readonly ImmutableArray<Receipt>.Builder _receipts = ImmutableArray.CreateBuilder<Receipt>();

    public BlockExecution(LedgerState state, Address author, WriteTrace? trace = null, int transactions = 0)
    {
        _receipts.Capacity = transactions;
        _state = state;
        _trace = trace;
        UpgradesModule.RequireKnown(state, state.Next.Height);
        _context = new BlockContext(state.Genesis, state.GenesisHash, state.Next.Height, author, state.Next.Validators, state, transactions) { ParentTime = state.Time, Rules = state.Rules };
        UpgradesModule.BeginBlock(_context);
        trace?.Add(null, _context.State.WrittenSince(0));
    }

    /// <summary>None where the transaction is in the block now, whatever its receipt says; else why not, and nothing changed.</summary>
    public TransactionRejection Add(Transaction transaction)
    {
        _context.Begin((uint)_receipts.Count + 1);
        var mark = _context.State.Mark();
        var refusal = TransactionExecutor.Execute(_context, transaction, out var receipt);
        if (refusal != TransactionRejection.None) return refusal;
        var asked = transaction.IsProtocolMessage ? Amount.Zero : FeesModule.Asked(_context, transaction);
        _context.Count(CostUnits.Of(transaction), asked, transaction.Fee - asked);
        _trace?.Add(_receipts.Count, _context.State.WrittenSince(mark));
        _receipts.Add(receipt);
        return refusal;
    }

    /// <summary>The end of the block: the modules in their order, attendance, the schedule two heights on, the books, the roots.</summary>
    public ExecutionResult Complete(Block block)
    {
        _context.Begin(0);
        var mark = _context.State.Mark();
        foreach (var module in LedgerModules.All) module.EndBlock(_context);
        AttendanceModule.Record(_context, block.LastCommit, block.LatePrecommits);
        ValidatorsModule.FixSchedule(_context);
        SupplyModule.CheckConservation(_context.State);
        _trace?.Add(null, _context.State.WrittenSince(mark));

        var receipts = _receipts.DrainToImmutable();
        var events = _context.CloseEvents();
        Hash256 receiptsRoot = default, eventsRoot = default;
        Parallel.Invoke(() => receiptsRoot = Receipt.Root(receipts), () => eventsRoot = events.Root());
        var (changes, undo) = (_context.State.Changes, _context.State.Undo);
        return new ExecutionResult(_state.After(block, changes, receiptsRoot, eventsRoot, BridgeLeaves.Root(_context.State)), receipts, events, changes, undo);
    }
}
