using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Blocks that came before those that go before them, each with who sent it. Bounded in blocks and bytes; where it is full the highest goes,
/// which is asked for again when there is room. The lowest stays, so that there always is a next one.
/// </summary>
internal sealed class SyncBuffer
{
    /// <summary>Blocks ahead of the chain: as many as all requests together bring.</summary>
    public const ulong BlocksMax = 200;

    /// <summary>Bytes of blocks. What a block is decoded to takes several times as much.</summary>
    public const long BytesMax = 16 * 1024 * 1024;

    // Two at least: one is executed while another comes.
    private const ulong WindowMin = 2;

    private readonly SortedDictionary<Height, (Address From, FetchedBlock Block)> _blocks = [];
    private long _bytes;
    private long _typical = 1;

    /// <summary>How many heights ahead to ask for, as large as blocks have been lately.</summary>
    public ulong Window => Math.Clamp((ulong)(BytesMax / _typical), WindowMin, BlocksMax);

    public bool Has(Height height) => _blocks.ContainsKey(height);

    /// <summary>Keeps a block; nothing where there is one of its height.</summary>
    public void Add(Address from, Height height, FetchedBlock block)
    {
        var size = SizeOf(block);
        _typical = Math.Max(size, _typical - (_typical / 8));
        if (!_blocks.TryAdd(height, (from, block))) return;
        _bytes += size;
        while (_blocks.Count > 1 && (_bytes > BytesMax || _blocks.Count > (int)BlocksMax)) Remove(_blocks.Keys.Last());
    }

    public (Address From, FetchedBlock Block) Take(Height height)
    {
        var taken = _blocks[height];
        Remove(height);
        return taken;
    }

    /// <summary>Forgets what a peer sent.</summary>
    public void Drop(Address from)
    {
        foreach (var height in _blocks.Where(entry => entry.Value.From == from).Select(entry => entry.Key).ToList()) Remove(height);
    }

    /// <summary>Forgets what was decided without it.</summary>
    public void DropBelow(Height height)
    {
        while (_blocks.Count > 0 && _blocks.Keys.First() < height) Remove(_blocks.Keys.First());
    }

    private static long SizeOf(FetchedBlock block) => block.Block.Length + block.Certificate.Length;

    private void Remove(Height height)
    {
        if (_blocks.Remove(height, out var removed)) _bytes -= SizeOf(removed.Block);
    }
}
