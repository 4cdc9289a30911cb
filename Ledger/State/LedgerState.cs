using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Everything that the chain knows after a height, as a value: it never changes, so that whoever holds one may read it on any thread.</summary>
public sealed class LedgerState : IStateReader
{
    private readonly StateTree _tree;
    private HeightContext? _next;

    private LedgerState(GenesisDocument genesis, GenesisHash genesisHash, LedgerMark mark, StateTree tree, ChainRules? rules = null)
    {
        Rules = rules ?? ChainRules.OfThisRelease;
        Genesis = genesis;
        GenesisHash = genesisHash;
        Mark = mark;
        _tree = tree;
    }

    public GenesisDocument Genesis { get; }

    public GenesisHash GenesisHash { get; }

    /// <summary>What this program can carry out. No part of what validators agree on: it decides whether the next block is executed, never how.</summary>
    public ChainRules Rules { get; }

    /// <summary>The parameters that the next block goes by.</summary>
    public ChainParameters Parameters => ParametersModule.Get(this);

    public LedgerMark Mark { get; }

    /// <summary>Height of the last block that was executed; 0 at genesis.</summary>
    public Height Height => Mark.Height;

    /// <summary>The block of that height; at genesis its hash is the genesis hash.</summary>
    public BlockRef LastBlock => Mark.Block;

    public Timestamp Time => Mark.Time;

    public StateRoot Root => Mark.StateRoot;

    public Hash256 ReceiptsRoot => Mark.ReceiptsRoot;

    public Hash256 EventsRoot => Mark.EventsRoot;

    public Hash256 BridgeRoot => Mark.BridgeRoot;

    /// <summary>Every record: what a store holds for this state.</summary>
    public IEnumerable<KeyValuePair<StateKey, byte[]>> Records => _tree.Records;

    /// <summary>Who votes and who leads at the next height.</summary>
    public HeightContext Next => _next ??= ContextOf(Height.Next());

    internal StateTree Tree => _tree;

    public byte[]? Get(StateKey key) => _tree.Get(key);

    /// <summary>The proof, against <see cref="Root"/> alone, that the key has its value or that it has none.</summary>
    public StateProof Prove(StateKey key) => _tree.Prove(key);

    /// <summary>Who votes and who leads, for the two heights after this state and the last few before.</summary>
    public HeightContext ContextOf(Height height) => HeightContext.Read(this, height);

    public static LedgerState FromGenesis(GenesisDocument genesis)
    {
        var state = new StateOverlay(StateTree.Empty);
        foreach (var module in LedgerModules.All) module.InitializeGenesis(state, genesis);

        var tree = StateTree.Empty.Update(state.Changes);
        var hash = genesis.Hash;
        var block = new BlockRef(new BlockHash(hash.Value), Hash256.Zero, genesis.ValidatorSet().Root);
        var mark = new LedgerMark(
            Height.Genesis, block, new Timestamp(genesis.TimeMs), new StateRoot(tree.Root), Hash256.Zero, Hash256.Zero, Hash256.Zero);
        return new LedgerState(genesis, hash, mark, tree);
    }

    /// <summary>The same state, and all that follow it, in the hands of a program that knows these rules.</summary>
    /// <exception cref="OperatorException">A program that knows no more reads it wrongly.</exception>
    public LedgerState Under(ChainRules rules)
    {
        var state = ReferenceEquals(rules, Rules) ? this : new LedgerState(Genesis, GenesisHash, Mark, _tree, rules);
        UpgradesModule.RequireReadable(state);
        return state;
    }

    /// <summary>Puts a stored state together again; false where the records are not those that the mark's root covers.</summary>
    public static bool TryLoad(
        GenesisDocument genesis, LedgerMark mark, IEnumerable<KeyValuePair<byte[], byte[]>> records, [NotNullWhen(true)] out LedgerState? state)
    {
        var tree = StateTree.Empty.Update(records.Select(record => KeyValuePair.Create(StateKey.FromBytes(record.Key), (byte[]?)record.Value)));
        return TryLoad(genesis, mark, tree, out state);
    }

    /// <summary>The same for a tree that stands already.</summary>
    internal static bool TryLoad(GenesisDocument genesis, LedgerMark mark, StateTree tree, [NotNullWhen(true)] out LedgerState? state)
    {
        state = tree.Root == mark.StateRoot.Value ? new LedgerState(genesis, genesis.Hash, mark, tree) : null;
        return state is not null;
    }

    /// <summary>
    /// The state as it was at an earlier mark of this chain: what <see cref="ExecutionResult.Undo"/> of every block since has, the newest
    /// block first.
    /// </summary>
    public bool TryRewind(
        LedgerMark mark,
        IEnumerable<IEnumerable<KeyValuePair<StateKey, byte[]?>>> undo,
        [NotNullWhen(true)] out LedgerState? older,
        out RewindFault fault)
    {
        older = null;
        fault = mark.Height > Height ? RewindFault.MarkIsLater : RewindFault.None;
        if (fault != RewindFault.None) return false;
        var tree = _tree.Rewind(undo);
        if (tree.Root != mark.StateRoot.Value) fault = RewindFault.RootDiffers;
        else older = new LedgerState(Genesis, GenesisHash, mark, tree, Rules);
        return older is not null;
    }

    /// <summary>The state after a block.</summary>
    internal LedgerState After(Block block, IEnumerable<KeyValuePair<StateKey, byte[]?>> changes, Hash256 receiptsRoot, Hash256 eventsRoot, Hash256 bridgeRoot)
    {
        Invariant.Check(block.Height == Height.Next(), "blocks are executed one after the other");
        var tree = _tree.Update(changes);
        var mark = new LedgerMark(block.Height, block.Ref, block.Header.Time, new StateRoot(tree.Root), receiptsRoot, eventsRoot, bridgeRoot);
        return new LedgerState(Genesis, GenesisHash, mark, tree, Rules);
    }

    /// <summary>This state with records changed by hand: tests set the scene with it.</summary>
    internal LedgerState With(Action<StateOverlay> change)
    {
        var overlay = new StateOverlay(this);
        change(overlay);
        var tree = _tree.Update(overlay.Changes);
        return new LedgerState(Genesis, GenesisHash, Mark with { StateRoot = new StateRoot(tree.Root) }, tree, Rules);
    }
}
