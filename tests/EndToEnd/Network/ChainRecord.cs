using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.EndToEnd;

/// <summary>
/// All that was ever seen of a chain through the APIs of its nodes. A height has one block for ever: whichever node shows it, before and
/// after whatever happens to the nodes.
/// </summary>
internal sealed class ChainRecord(GenesisDocument genesis)
{
    private readonly ValidatorSet _validators = genesis.ValidatorSet();
    private readonly Dictionary<ulong, (BlockHash Hash, string Where)> _seen = [];
    private readonly Lock _gate = new();

    public ulong Highest
    {
        get
        {
            lock (_gate) return _seen.Count == 0 ? 0 : _seen.Keys.Max();
        }
    }

    public BlockHash HashOf(ulong height)
    {
        lock (_gate) return _seen[height].Hash;
    }

    /// <summary>Reads a node's whole chain up to a height, and checks that it is one.</summary>
    public async Task ReadAsync(NodeProcess node, ulong upTo)
    {
        var parent = default(BlockHash);
        ulong expected = 1;
        await foreach (var block in node.Client.BlocksAsync(new Height(1), TestContext.Current.CancellationToken))
        {
            Assert.Equal(expected, block.Height);
            var header = Check(block, node.Name);
            if (expected > 1) Assert.Equal(parent, header.Parent);
            parent = header.Hash;
            if (expected++ >= upTo) return;
        }

        Assert.Fail($"the stream of {node.Name} ended before {upTo}");
    }

    /// <summary>Writes down what a node shows until it is gone.</summary>
    public async Task FollowAsync(NodeProcess node, ulong from)
    {
        try
        {
            await foreach (var block in node.Client.BlocksAsync(new Height(from), TestContext.Current.CancellationToken)) Check(block, node.Name);
        }
        catch (RpcException)
        {
            // That is how the end of the node shows; what it showed before is written down.
        }
    }

    /// <summary>A shown block is what its own bytes say, and final by its certificate.</summary>
    public Header Check(Node.V1.Block block, string where)
    {
        Assert.True(Header.TryDecode(block.Header.Span, out var header), $"{where} shows a header of {block.Header.Length} bytes");
        Assert.Equal(block.Height, header.Height.Value);
        Assert.Equal(genesis.Hash, header.Genesis);
        Assert.Equal(header.Hash.Value.ToArray(), block.Hash.ToByteArray());
        Assert.True(CommitCertificate.TryDecode(block.CommitCertificate.Span, out var certificate), $"{where} shows no certificate for {block.Height}");
        Assert.Equal(header.Height, certificate.Height);
        Assert.Equal(header.Ref, certificate.Block);
        Assert.Equal(CertificateFault.None, certificate.Check(genesis.Hash, _validators));
        lock (_gate)
        {
            var (first, whereFirst) = _seen.GetValueOrDefault(block.Height, (header.Hash, where));
            Assert.True(first == header.Hash, $"height {block.Height} is {first} at {whereFirst} and {header.Hash} at {where}");
            _seen[block.Height] = (first, whereFirst);
        }

        return header;
    }
}
