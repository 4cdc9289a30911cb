using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// The snapshot of a rehearsal: holders whose claims a pot pays, since the chain has a vault. Beside the tree of their leaves the root has a node whose 64
/// bytes are a holder and an amount, as if two hashes had come out so: no search finds such ones, and the chain must refuse them all the same.
/// </summary>
internal sealed class RehearsalClaims
{
    public const int Holders = 3;

    private const ulong GhostNtk = 1_000_000;

    private readonly ImmutableArray<PrivateKey> _holders = [.. Enumerable.Range(0, Holders).Select(_ => PrivateKey.Generate())];
    private readonly PrivateKey _ghost = PrivateKey.Generate();
    private readonly ClaimTree _tree;

    public RehearsalClaims() => _tree = ClaimTree.Of(_holders.Select((holder, i) => (holder.Address, AmountOf(i))));

    private Hash256 Inner => ClaimLeaf.Once(_ghost.Address, Amount.FromNtk(GhostNtk));

    public static Amount AmountOf(int holder) => Amount.FromNtk(100 * ((ulong)holder + 1));

    public PrivateKey KeyOf(int holder) => _holders[holder];

    /// <param name="ethereum">Whose token it is.</param>
    /// <param name="first">Hash of its block 0: the block after which the balances are said to be has number 1.</param>
    public GenesisClaims ToGenesis(LocalEthereum ethereum, Hash256 first) => new(
        ethereum.ChainId,
        VaultSite.TokenAddress(ethereum),
        1,
        first,
        ClaimLeaf.Node(_tree.Root, Inner),
        Enumerable.Range(0, Holders).Aggregate(Amount.Zero, (sum, i) => sum + AmountOf(i)),
        Amount.Zero,
        GenesisClaims.ClosingHeightMin);

    /// <summary>What a holder signs.</summary>
    public SnapshotClaim ClaimOf(GenesisDocument genesis, int holder, Address recipient) =>
        new(genesis.Hash, genesis.Claims!.EthereumChainId, _holders[holder].Address, AmountOf(holder), recipient, SnapshotClaim.ValidUntilMax);

    public ClaimSnapshot Message(SnapshotClaim claim, int holder, PrivateKey signer, ClaimForm form) =>
        ClaimCommand.Message(claim, [.. _tree.Prove(_holders[holder].Address, AmountOf(holder))!.Value, Inner], form, signer.Sign(claim.Digest(form)).WithoutRecoveryId);

    /// <summary>The inner node, signed by the key that it seems to name.</summary>
    public ClaimSnapshot InnerNode(GenesisDocument genesis, Address recipient)
    {
        var claim = ClaimOf(genesis, 0, recipient) with { Holder = _ghost.Address, Amount = Amount.FromNtk(GhostNtk) };
        return ClaimCommand.Message(claim, [_tree.Root], ClaimForm.Typed, _ghost.Sign(claim.Digest(ClaimForm.Typed)).WithoutRecoveryId);
    }
}
