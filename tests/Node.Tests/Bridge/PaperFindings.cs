using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger.Tests;

namespace NeuroChain.Node.Tests;

/// <summary>What a watch has found, put together by hand from an Ethereum of tries.</summary>
internal sealed class PaperFindings(GenesisBridge bridge) : IEthereumFindings
{
    private readonly List<FakeBlock> _known = [];
    private readonly List<VaultBlock> _blocks = [];

    public WatcherState State { get; private set; } = new()
    {
        Identity = Hash256.Zero,
        Cursor = new EthereumBlockId(0, Hash256.Zero),
        LastEventBlock = new EthereumBlockId(0, Hash256.Zero),
    };

    public Heartbeat? NewestHeartbeat { get; private set; }

    /// <summary>Blocks whose state no endpoint has any more.</summary>
    public HashSet<ulong> Forgotten { get; } = [];

    /// <summary>Storage proofs that were asked for.</summary>
    public int Asked { get; private set; }

    public PaperFindings Scan(params FakeBlock[] blocks)
    {
        foreach (var block in blocks)
        {
            _known.Add(block);
            Assert.True(VaultBlock.TryRead(block.Header, block.Hash, block.All, block.Receipts, bridge.Vault, out var found));
            if (found is not null) _blocks.Add(found);
            State = State with { Cursor = new EthereumBlockId(block.Number, block.Hash), EventNonce = found?.LastNonce ?? State.EventNonce };
        }

        return this;
    }

    public void Beat(FakeBlock block)
    {
        if (HashOf(block.Number) is null) Scan(block);
        var vault = Evidence(block, bridge.Vault, block.Vault, Heartbeat.VaultSlots);
        NewestHeartbeat = new Heartbeat(block.Header, block.Hash, Evidence(block, bridge.Token, block.Token, [VaultStorage.BalanceOf(bridge.Vault)]), vault);
    }

    /// <param name="changed">Blocks that have another hash now.</param>
    public void Halt(params EthereumBlockId[] changed) => State = State with { Halt = new WatcherHalt(HaltReason.FinalityViolation, State.Cursor, State.Cursor, [.. changed], [], ReadOnlyMemory<byte>.Empty, "by a test") };

    public IEnumerable<VaultBlock> BlocksWithNoncesFrom(ulong nonce) => _blocks.Where(block => block.LastNonce >= nonce);

    public Hash256? HashOf(ulong number) => _known.Find(block => block.Number == number)?.Hash;

    public Task<AccountEvidence?> ProveAsync(EthereumHeader header, Address account, ImmutableArray<Hash256> slots, CancellationToken cancellation)
    {
        Asked++;
        var block = _known.Find(known => known.Number == header.Number);
        return Task.FromResult(block is null || Forgotten.Contains(header.Number) ? null : Evidence(block, account, block.Vault, slots));
    }

    private static AccountEvidence Evidence(FakeBlock block, Address account, PatriciaTrie storage, ImmutableArray<Hash256> slots) => new(
        account,
        slots,
        [.. block.State.Prove((ReadOnlyMemory<byte>)Keccak256.Hash(account.ToArray()).ToArray())
            .Concat(slots.SelectMany(slot => storage.Prove((ReadOnlyMemory<byte>)Keccak256.Hash(slot.ToArray()).ToArray())))
            .DistinctBy(node => Keccak256.Hash(node.Span))]);
}
