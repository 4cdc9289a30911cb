using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What the state says of a burn for Ethereum that is open, and the leaf by which the vault pays it.</summary>
/// <param name="BurnId">See <see cref="BridgeLeaf.BurnId"/>.</param>
/// <param name="Record">Where it is.</param>
internal sealed record ProvenWithdrawal(Hash256 BurnId, WithdrawalRecord Record)
{
    /// <summary>Null where none with this id is open: it was released or came back, or never was.</summary>
    public static ProvenWithdrawal? Read(IStateReader state, Hash256 burnId) => WithdrawalRecord.Get(state, burnId) is { } record ? new ProvenWithdrawal(burnId, record) : null;

    /// <summary>Whether its leaf is appended.</summary>
    public bool IsCertified => Record.State == WithdrawalState.Certified;

    /// <summary>The leaf of a certified one, by its content: what the node says of it is not asked.</summary>
    public Hash256 LeafFor(VaultAddress vault) => BridgeLeaf.Release(vault, new BridgeWithdrawal(BurnId, Record.To, Record.Amount, Record.DeadlineSeconds));

    /// <summary>Whether a trusted header has the leaf of a certified one, so that the vault takes it by that header's certificate.</summary>
    /// <param name="vault">Of the chain.</param>
    /// <param name="path">From the node.</param>
    /// <param name="after">The header whose state root proves the record.</param>
    /// <returns>Null where it has; else what is wrong.</returns>
    public string? Check(VaultAddress vault, MountainProof path, Header after)
    {
        if (path.Index != Record.Leaf) return $"the path is that of bridge leaf {path.Index}, and the state names leaf {Record.Leaf}";
        return path.Proves(after.BridgeRoot, LeafFor(vault)) ? null : $"the path of bridge leaf {Record.Leaf} does not lead to the bridge root in header {after.Height}";
    }
}
