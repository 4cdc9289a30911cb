using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What an audit of both chains came to.</summary>
/// <param name="Stored">The height of the stored state.</param>
/// <param name="Replayed">How far the replay came.</param>
/// <param name="StateRoot">After that block.</param>
/// <param name="Accounts">Accounts with NTK, each balance computed again by the replay.</param>
/// <param name="EthereumBlocks">Blocks of Ethereum whose receipts were held against their headers.</param>
/// <param name="Attested">How many of these this chain attested under the same hash.</param>
/// <param name="Books">The bridge.</param>
/// <param name="Findings">What is wrong on this chain.</param>
internal sealed record BridgeVerification(
    Height Stored, Height Replayed, StateRoot StateRoot, int Accounts, int EthereumBlocks, int Attested, BridgeAuditReport Books, IReadOnlyList<VerificationFinding> Findings)
{
    public bool IsVerified => Findings.Count == 0 && Books.Findings.Count == 0 && Replayed == Stored;
}

/// <summary>
/// Audits the bridge without asking anybody: this chain from its blocks, executed again from genesis; the vault from the blocks of Ethereum that a watching node has
/// stored, whose events are proven again under their headers, whose hashes this chain's validators attested.
/// </summary>
/// <param name="genesis">A bridged chain's.</param>
/// <param name="store">As a node keeps it, from the first block on.</param>
internal sealed class BridgeAuditor(GenesisDocument genesis, ChainStore store)
{
    private readonly BridgeAudit _audit = new();
    private readonly Dictionary<ulong, Hash256> _attested = [];
    private readonly List<VerificationFinding> _findings = [];

    /// <param name="blocks">Those in which the vault logged, ascending.</param>
    /// <exception cref="OperatorException">The store holds no chain, or another; or the chain has no vault.</exception>
    public BridgeVerification Run(IEnumerable<VaultBlock> blocks)
    {
        if (genesis.Bridge is not { } bridge) throw new OperatorException("this chain has no vault: there is nothing to audit");
        var known = blocks.ToList();
        foreach (var block in known) Take(block, bridge.Vault);
        var replay = new ChainReplay(genesis, store, _findings);
        foreach (var replayed in replay.Run())
            foreach (var happened in replayed.Result.Events)
            {
                _audit.Take(replayed.Height, happened);
                if (happened.Kind == "bridge.attested") Attested(happened);
            }

        var attested = known.Count(block => _attested.TryGetValue(block.Number, out var hash) && hash == block.Hash);
        foreach (var block in known.Where(block => _attested.TryGetValue(block.Number, out var hash) && hash != block.Hash))
            Find(replay.State.Height, $"this chain attested {_attested[block.Number]} as block {block.Number} of Ethereum, the watch has {block.Hash}");
        var accounts = replay.State.Records.Count(record => record.Key.Bytes[0] == (byte)StateModule.Accounts);
        return new BridgeVerification(replay.Stored, replay.State.Height, replay.State.Root, accounts, known.Count, attested, _audit.Close(BridgeStatus.Get(replay.State), ClaimsStatus.Get(replay.State)), _findings);
    }

    // What is stored is believed as little as what an endpoint says: the events are read from receipts, and those proven under the header.
    private void Take(VaultBlock block, Address vault)
    {
        foreach (var receipt in block.Receipts)
        {
            if (block.Header.ComputeHash() != block.Hash || !ReceiptProof.TryRead(block.Header.ReceiptsRoot, [receipt.TransactionIndex], receipt.Nodes, out var receipts, out var fault))
            {
                Find(Height.Genesis, $"block {block.Number} of Ethereum: receipt {receipt.TransactionIndex} is not proven");
                continue;
            }

            foreach (var log in receipts[0].Logs.Where(log => receipts[0].Succeeded && log.Address == vault)) _audit.Take(log);
        }
    }

    private void Attested(Types.V1.Event happened)
    {
        var told = happened.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        if (Hash256.TryParse(told["hash"], out var hash)) _attested[ulong.Parse(told["number"], System.Globalization.CultureInfo.InvariantCulture)] = hash;
    }

    private void Find(Height height, string detail) => _findings.Add(new VerificationFinding(FindingKind.EthereumDiffers, height, detail));
}
