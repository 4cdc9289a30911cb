using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Finds the headers that a snapshot from files must agree with, as a node does that begins with one of its peers: by the light client's rules
/// from what the operator trusts. The snapshot's own blocks serve as light blocks, believed no more than anybody's; others come from a node.
/// </summary>
/// <param name="genesis">The chain.</param>
/// <param name="trusted">A header that the operator trusts; null trusts the genesis document.</param>
/// <param name="node">Gives light blocks; null where there is none to ask.</param>
/// <param name="light">Periods.</param>
/// <param name="time">The clock.</param>
internal sealed class SnapshotTrust(GenesisDocument genesis, (Height Height, BlockHash Hash)? trusted, ProofClient? node, LightOptions light, TimeProvider time)
{
    /// <summary>What the headers of the snapshot's height and the one after say.</summary>
    /// <exception cref="NotProvedException">They cannot be reached, or what the snapshot shows of them is refused.</exception>
    public async Task<SnapshotAnchor> FollowAsync(StoredSnapshot snapshot, CancellationToken cancellationToken)
    {
        var height = snapshot.State.Height;
        var headers = await BeginAsync(snapshot, cancellationToken).ConfigureAwait(false);
        foreach (var target in new[] { height.Next(), height })
        {
            while (headers.Next(target) is { } wanted)
            {
                var block = await BlockAsync(snapshot, wanted, cancellationToken).ConfigureAwait(false);
                var fault = wanted < headers.Lowest.Height ? headers.AcceptParent(block.Header) : headers.Accept(block, Now());
                if (fault is not (LightFault.None or LightFault.NotEnoughTrust)) throw Refused(wanted, fault);
            }
        }

        return SnapshotAnchor.Of(headers, height) ?? throw new NotProvedException($"the snapshot is of height {height}, which has no header");
    }

    private async Task<LightClient> BeginAsync(StoredSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (trusted is not { } from) return LightClient.FromGenesis(genesis, light);
        var (height, hash) = from;
        var block = await BlockAsync(snapshot, height, cancellationToken).ConfigureAwait(false);
        if (!LightClient.TryStart(block, height, hash, light, out var headers, out var fault)) throw Refused(height, fault);
        return headers.Genesis == genesis.Hash ? headers : throw new NotProvedException($"the trusted header {height} is of the chain {headers.Genesis}, genesis.json is {genesis.Hash}");
    }

    private async Task<LightBlock> BlockAsync(StoredSnapshot snapshot, Height height, CancellationToken cancellationToken)
    {
        if (snapshot.Blocks.FirstOrDefault(kept => kept.Block.Height == height) is { } own)
            return new LightBlock(own.Block.Header, own.Certificate, snapshot.State.ContextOf(height).Validators);
        if (node is not null) return await node.LightBlockAsync(height, cancellationToken).ConfigureAwait(false);
        throw new NotProvedException($"header {height} is needed on the way from {(trusted is { } begun ? $"header {begun.Height}" : "the genesis")} to the snapshot: name a --node that has it, or trust header {snapshot.Next.Block.Height}");
    }

    private static NotProvedException Refused(Height height, LightFault fault) => new($"header {height} is refused: {fault}{Advice(fault)}");

    private static string Advice(LightFault fault) => fault switch
    {
        LightFault.TrustExpired => " (trust a newer header: --trust-height and --trust-hash)",
        LightFault.FromTheFuture => " (is this machine's clock right?)",
        LightFault.NotTheTrustedHeader => " (the snapshot, or the node, is of another chain)",
        _ => "",
    };

    private Timestamp Now() => new((ulong)time.GetUtcNow().ToUnixTimeMilliseconds());
}
