using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>What one stored height says, against the heights beside it. Called for each height, ascending.</summary>
internal sealed class BlockChecks(GenesisDocument genesis, ChainStore chain, LedgerMark newest, bool withSignatures, StoreFaults faults)
{
    private readonly GenesisHash _genesis = genesis.Hash;
    private readonly HashSet<Hash256> _setsMissing = [];
    private Header? _previous;

    /// <summary>Blocks that can be read.</summary>
    public ulong Blocks { get; private set; }

    /// <summary>Transactions in them.</summary>
    public ulong Transactions { get; private set; }

    public void Check(Height height)
    {
        var mark = MarkOf(height);
        if (BlockOf(height) is not { } block)
        {
            _previous = null;
            return;
        }

        Blocks++;
        Transactions += (ulong)block.Transactions.Length;
        CheckPlace(block, height);
        CheckCertificate(block, height);
        CheckOutcome(block, height, mark);
        CheckIndexes(block, height);
        if (mark is not null && (mark.Block != block.Ref || mark.Time != block.Header.Time || mark.Height != height)) Fault(height, ChainColumns.Marks, "is of another block");
        _previous = block.Header;
    }

    private Block? BlockOf(Height height)
    {
        if (chain.Store.Get(ChainColumns.Blocks, ChainColumns.Key(height)) is not { } bytes)
        {
            Fault(height, ChainColumns.Blocks, "is missing");
            return null;
        }

        if (Block.TryDecode(bytes, out var block, out var fault)) return block;
        Fault(height, ChainColumns.Blocks, $"is no block: {fault}");
        return null;
    }

    private LedgerMark? MarkOf(Height height)
    {
        if (height < chain.EarliestMark) return null;
        var bytes = chain.Store.Get(ChainColumns.Marks, ChainColumns.Key(height));
        if (bytes is not null && LedgerMark.TryDecode(bytes, out var mark)) return mark;
        Fault(height, ChainColumns.Marks, bytes is null ? "is missing" : "is no mark");
        return null;
    }

    // The parent by its hash, and what the header says of the state before against what was noted then.
    private void CheckPlace(Block block, Height height)
    {
        var header = block.Header;
        if (header.Height != height) Fault(height, ChainColumns.Blocks, $"is the block of height {header.Height}");
        if (header.Genesis != _genesis) Fault(height, ChainColumns.Blocks, $"is of the chain {header.Genesis}");
        var parent = height == Height.First ? new BlockHash(_genesis.Value) : _previous?.Hash;
        if (parent is not null && header.Parent != parent) Fault(height, ChainColumns.Blocks, $"follows {header.Parent}, the block before is {parent}");
        if (_previous is not null && _previous.NextValidatorsRoot != header.ValidatorsRoot) Fault(height, ChainColumns.Blocks, "is voted on by other validators than the header before names");
        var before = height.MinusOrGenesis(1);
        if (before < chain.EarliestMark || chain.Store.Get(ChainColumns.Marks, ChainColumns.Key(before)) is not { } bytes || !LedgerMark.TryDecode(bytes, out var mark)) return;
        if (header.Parent != mark.Block.Hash) Fault(before, ChainColumns.Marks, "names another block than the next header");
        if (header.StateRoot != mark.StateRoot) Fault(before, ChainColumns.Marks, $"has the state root {mark.StateRoot}, the next header {header.StateRoot}");
        if (header.ReceiptsRoot != mark.ReceiptsRoot) Fault(before, ChainColumns.Marks, $"has the receipts root {mark.ReceiptsRoot}, the next header {header.ReceiptsRoot}");
        if (header.EventsRoot != mark.EventsRoot) Fault(before, ChainColumns.Marks, $"has the events root {mark.EventsRoot}, the next header {header.EventsRoot}");
        if (header.BridgeRoot != mark.BridgeRoot) Fault(before, ChainColumns.Marks, "has another bridge root than the next header");
    }

    private void CheckCertificate(Block block, Height height)
    {
        var bytes = chain.Store.Get(ChainColumns.Certificates, ChainColumns.Key(height));
        if (!CommitCertificate.TryDecode(bytes, out var certificate))
        {
            Fault(height, ChainColumns.Certificates, bytes is null ? "is missing" : "is no certificate");
            return;
        }

        if (certificate.Height != height || certificate.Block != block.Ref) Fault(height, ChainColumns.Certificates, $"is for the block {certificate.Block.Hash} of height {certificate.Height}");
        else if (SetOf(block.Header.ValidatorsRoot, height) is { } validators && FaultOf(certificate, validators) is var fault and not CertificateFault.None)
            Fault(height, ChainColumns.Certificates, $"does not decide: {fault}");
    }

    private CertificateFault FaultOf(CommitCertificate certificate, ValidatorSet validators)
    {
        if (withSignatures) return certificate.Check(_genesis, validators);
        ulong power = 0;
        foreach (var (index, _) in certificate.Signatures)
        {
            if (index >= validators.Count) return CertificateFault.UnknownValidator;
            power += validators[index].Power;
        }

        return validators.IsQuorum(power) ? CertificateFault.None : CertificateFault.NotEnoughPower;
    }

    // A set is named by many headers: its fault once.
    private ValidatorSet? SetOf(Hash256 root, Height height)
    {
        var bytes = chain.Store.Get(ChainColumns.ValidatorSets, root.ToArray());
        if (ValidatorSet.TryDecode(bytes, out var set) && set.Root == root) return set;
        var isOlder = bytes is null && height < chain.EarliestMark; // a store of a time when sets were not kept
        if (!isOlder && _setsMissing.Add(root)) faults.Add(new StoreFault(height, ChainColumns.ValidatorSets, root.ToArray(), bytes is null ? "is missing" : "is not the set of this root"));
        return null;
    }

    private void CheckOutcome(Block block, Height height, LedgerMark? mark)
    {
        if (Unpacked(ChainColumns.Receipts, height) is { } receipts)
        {
            var root = MerkleTree.Root([.. receipts.Select(bytes => MerkleTree.LeafHash(bytes))]);
            if (mark is not null && root != mark.ReceiptsRoot) Fault(height, ChainColumns.Receipts, $"have the root {root}, not {mark.ReceiptsRoot}");
            if (receipts.Count != block.Transactions.Length) Fault(height, ChainColumns.Receipts, $"are {receipts.Count}, the block has {block.Transactions.Length} transactions");
            for (var i = 0; i < Math.Min(receipts.Count, block.Transactions.Length); i++)
                if (!Receipt.TryDecode(receipts[i], out var receipt) || HashOf(block.Transactions[i]) != receipt.Transaction)
                    Fault(height, ChainColumns.Receipts, $"number {i} is not of the block's transaction");
        }

        if (Unpacked(ChainColumns.Events, height) is { } events)
        {
            var root = MerkleTree.Root([.. events.Select(bytes => MerkleTree.LeafHash(bytes))]);
            if (mark is not null && root != mark.EventsRoot) Fault(height, ChainColumns.Events, $"have the root {root}, not {mark.EventsRoot}");
        }
    }

    private List<byte[]>? Unpacked(Column column, Height height)
    {
        if (chain.Store.Get(column, ChainColumns.Key(height)) is not { } packed)
        {
            Fault(height, column, "are missing");
            return null;
        }

        try
        {
            return ChainStore.Unpack(packed);
        }
        catch (InvariantException)
        {
            Fault(height, column, "cannot be unpacked");
            return null;
        }
    }

    private void CheckIndexes(Block block, Height height)
    {
        if (chain.HeightOf(block.Hash) is var noted && noted != height)
            faults.Add(new StoreFault(height, ChainColumns.Heights, block.Hash.Value.ToArray(), noted is null ? "is missing" : $"says height {noted}"));
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            if (HashOf(block.Transactions[i]) is not { } hash)
            {
                Fault(height, ChainColumns.Blocks, $"transaction {i} is malformed");
                continue;
            }

            var place = chain.PlaceOf(hash);
            if (place == new TransactionPlace(height, (uint)i)) continue;
            faults.Add(new StoreFault(height, ChainColumns.Transactions, hash.Value.ToArray(), place is null ? "is missing" : $"says height {place.Value.Height}, index {place.Value.Index}, not index {i}"));
        }

        if (height > chain.EarliestState && chain.Store.Get(ChainColumns.Undo, ChainColumns.Key(height)) is null && height <= newest.Height)
            Fault(height, ChainColumns.Undo, "is missing");
    }

    private static TransactionHash? HashOf(ReadOnlyMemory<byte> transaction)
    {
        try
        {
            return Transaction.HashOf(TransactionEnvelope.Parser.ParseFrom(transaction.Span).Body.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private void Fault(Height height, Column column, string what) => faults.Add(StoreFault.At(height, column, what));
}
