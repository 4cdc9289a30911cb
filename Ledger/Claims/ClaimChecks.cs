using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// Whether a claim counts. That its holder signed it was checked with the transaction's signature. It pays nothing, so a block that has a claim that
/// does not count is invalid: nobody fills blocks with them.
/// </summary>
internal static class ClaimChecks
{
    /// <summary>What can change until a block takes it: whether the time has passed, or another claim of the holder has come before.</summary>
    public static TransactionRejection CheckTime(IStateReader state, Height height, Timestamp parentTime, ClaimSnapshot claim)
    {
        if (ClaimsStatus.Get(state) is not { } status) return TransactionRejection.ClaimsMissing;
        if (height > status.ClosingHeight) return TransactionRejection.ClaimsClosed;
        if (parentTime.Milliseconds / 1_000 > claim.ValidUntil) return TransactionRejection.ClaimExpired;
        return ClaimRecord.Get(state, Address.FromBytes(claim.Holder.Span)) is null ? TransactionRejection.None : TransactionRejection.ClaimUsed;
    }

    /// <param name="state">Before the claim.</param>
    /// <param name="genesis">The chain; its hash follows.</param>
    /// <param name="genesisHash">Of it.</param>
    /// <param name="height">Of the block.</param>
    /// <param name="parentTime">Of the block before.</param>
    /// <param name="claim">Well-formed.</param>
    public static TransactionRejection Check(IStateReader state, GenesisDocument genesis, GenesisHash genesisHash, Height height, Timestamp parentTime, ClaimSnapshot claim)
    {
        if (genesis.Claims is not { } snapshot) return TransactionRejection.ClaimsMissing;
        var read = ClaimMessage.Read(claim);
        if (read.Chain != genesisHash || read.EthereumChainId != snapshot.EthereumChainId) return TransactionRejection.ClaimForOtherChain;
        var timely = CheckTime(state, height, parentTime, claim);
        if (timely != TransactionRejection.None) return timely;
        if (read.Recipient.IsZero) return TransactionRejection.ClaimRecipientZero;
        var leaf = CheckLeaf(snapshot, claim, read);
        return leaf == TransactionRejection.None ? CheckMoney(ClaimsStatus.Get(state)!.Value, genesis, read.Amount) : leaf;
    }

    private static TransactionRejection CheckLeaf(GenesisClaims snapshot, ClaimSnapshot claim, SnapshotClaim read)
    {
        Hash256[] path = [.. claim.Path.Select(node => Hash256.FromBytes(node.Span))];
        if (ClaimLeaf.Leads(ClaimLeaf.Hash(read.Holder, read.Amount), path, snapshot.Root)) return TransactionRejection.None;
        // Two children and a leaf's encoding have 64 bytes both.
        return ClaimLeaf.Leads(ClaimLeaf.Once(read.Holder, read.Amount), path, snapshot.Root) ? TransactionRejection.ClaimInnerNode : TransactionRejection.ClaimNotInSnapshot;
    }

    // A genesis whose total is not the sum of its leaves makes no more than it says.
    private static TransactionRejection CheckMoney(ClaimsStatus status, GenesisDocument genesis, Amount amount)
    {
        if (amount > genesis.Claims!.Total - status.Claimed) return TransactionRejection.ClaimAboveTotal;
        return genesis.SupplyMode == GenesisDocument.BridgedSupply && amount > status.Pot ? TransactionRejection.ClaimAbovePot : TransactionRejection.None;
    }
}
