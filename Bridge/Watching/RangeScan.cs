using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// A stretch of blocks while it is read. A quorum agreed on its last one; all before it follow by their hashes, and what is in a block follows
/// from its header. So any one endpoint may serve them, and one that serves others is found out.
/// </summary>
/// <param name="from">First number: after the cursor.</param>
/// <param name="last">Agreed on by the quorum.</param>
/// <param name="servers">Places of those who agreed.</param>
internal sealed class RangeScan(ulong from, RpcHeader last, ImmutableArray<int> servers)
{
    private readonly SortedDictionary<ulong, VaultBlock> _vaultBlocks = [];
    private readonly Dictionary<ulong, List<Hash256>> _wrongRoots = [];

    public ulong From => from;

    public ulong To => last.Id.Number;

    public RpcHeader Last => last;

    public ImmutableArray<int> Servers => servers;

    /// <summary>Endpoints that were asked in vain for headers, and later for the heartbeat.</summary>
    public int Tries { get; set; }

    /// <summary>All of the range, ascending, once they are there.</summary>
    public ImmutableArray<RpcHeader> Headers { get; private set; } = from == last.Id.Number ? [last] : [];

    /// <summary>What each endpoint's index says.</summary>
    public Dictionary<int, ImmutableArray<ulong>> Indexes { get; } = [];

    /// <summary>Blocks whose receipts are yet to be read, with the endpoints that were asked in vain.</summary>
    public List<(RpcHeader Block, int Tries)> Pending { get; } = [];

    /// <summary>Whose logs are none of its events: the first such block.</summary>
    public EthereumBlockId? Malformed { get; private set; }

    public Heartbeat? Heartbeat { get; set; }

    public IReadOnlyDictionary<ulong, VaultBlock> VaultBlocks => _vaultBlocks;

    public IEnumerable<EthereumBlockId> Scanned => Headers.Select(header => header.Id);

    /// <summary>
    /// Who is asked about a block after so many were in vain. Its hash says who is the first: one after the other, an endpoint might never be the one
    /// that serves what it would lie about.
    /// </summary>
    public int Server(RpcHeader block, int tries) => servers[(block.Id.Hash.ToArray()[^1] + tries) % servers.Length];

    /// <summary>Takes headers that lead, by their hashes, to the agreed one; the first need not follow the cursor.</summary>
    /// <returns>False where they do not.</returns>
    public bool TryTakeHeaders(ImmutableArray<RpcHeader> headers)
    {
        if (!Leads(headers, from, last.Id)) return false;
        Headers = headers;
        return true;
    }

    /// <summary>Whether headers have whole fields and ascending numbers, and each is the parent of the next, up to a given one.</summary>
    public static bool Leads(ImmutableArray<RpcHeader> headers, ulong from, EthereumBlockId to)
    {
        if ((ulong)headers.Length != to.Number - from + 1) return false;
        var expected = to;
        for (var i = headers.Length - 1; i >= 0; i--)
        {
            if (headers[i].Header is not { } header || headers[i].Id != expected) return false;
            if (i > 0) expected = new EthereumBlockId(expected.Number - 1, header.ParentHash);
        }

        return true;
    }

    /// <summary>Which blocks may hold logs of the vault: a bloom that lacks its address proves that a block holds none.</summary>
    public void FindCandidates(Address vault) => Pending.AddRange(Headers.Where(block => block.Header!.LogsBloom.MayContain(vault)).Select(block => (block, 0)));

    /// <summary>Takes the receipts of a block if they rebuild its root.</summary>
    public bool TryTakeReceipts(RpcHeader block, ImmutableArray<EthereumReceipt> receipts, Address vault)
    {
        var trie = EthereumReceipt.TrieOf(receipts);
        if (trie.Root != block.Header!.ReceiptsRoot)
        {
            if (!_wrongRoots.TryGetValue(block.Id.Number, out var roots)) _wrongRoots[block.Id.Number] = roots = [];
            roots.Add(trie.Root);
            return false;
        }

        if (!VaultBlock.TryRead(block.Header, block.Id.Hash, receipts, trie, vault, out var read))
        {
            if (Malformed is null || block.Id.Number < Malformed.Value.Number) Malformed = block.Id;
        }
        else if (read is not null)
        {
            _vaultBlocks[block.Id.Number] = read;
        }

        return true;
    }

    /// <summary>How many endpoints gave the same receipts that do not rebuild the block's root.</summary>
    public int SameWrongReceipts(ulong number) =>
        _wrongRoots.TryGetValue(number, out var roots) ? roots.GroupBy(root => root).Max(same => same.Count()) : 0;
}
