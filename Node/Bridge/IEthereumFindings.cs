using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What a node has found on Ethereum, as far as it was final.</summary>
internal interface IEthereumFindings
{
    WatcherState State { get; }

    /// <summary>The newest block at which the vault's reserves are proven; null before the first.</summary>
    Heartbeat? NewestHeartbeat { get; }

    /// <summary>Blocks in which the vault logged, ascending, from the one that has the event with that nonce on.</summary>
    IEnumerable<VaultBlock> BlocksWithNoncesFrom(ulong nonce);

    /// <summary>Hash of a final block; null where it is not kept.</summary>
    Hash256? HashOf(ulong number);

    /// <summary>Words of an account's storage after a block, proven; null where no endpoint has its state any more.</summary>
    Task<AccountEvidence?> ProveAsync(EthereumHeader header, Address account, ImmutableArray<Hash256> slots, CancellationToken cancellation);
}
