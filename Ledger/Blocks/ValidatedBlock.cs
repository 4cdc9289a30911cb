using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A block that may follow its state, with its transactions decoded and what it leaves behind.</summary>
public sealed record ValidatedBlock(Block Block, ImmutableArray<Transaction> Transactions, ExecutionResult Result);
