using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>
/// Holders of a snapshot of the token on Ethereum take their NTK (docs/protocol/claims.md): each leaf of the tree in the genesis once, by the
/// holder's signature. Where the chain has no vault a claim makes its NTK; on a bridged chain it is paid from a pot that locks have filled.
/// </summary>
public sealed class ClaimsModule : LedgerModule
{
    // The holder's signature, by two recoveries at most nearly always; and of a path of thirty nodes two hashes each, of half a unit.
    private const uint ClaimCost = 150;

    public override ImmutableArray<MessageOneofCase> Messages => [MessageOneofCase.ClaimSnapshot];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events => ["claims.claimed", "claims.funded", "claims.extended"];

    /// <summary>Why the block after a state would not take a claim; none where it would.</summary>
    public static TransactionRejection Check(LedgerState state, ClaimSnapshot claim) =>
        ClaimChecks.Check(state, state.Genesis, state.GenesisHash, state.Height.Next(), state.Time, claim);

    /// <summary>Whether no block after a state will take a claim that once could be taken, unless a vote opens claims again.</summary>
    public static bool IsOver(LedgerState state, ClaimSnapshot claim) =>
        ClaimChecks.CheckTime(state, state.Height.Next(), state.Time, claim) != TransactionRejection.None;

    public override uint CostOf(Transaction transaction) => ClaimCost;

    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        if (genesis.Claims is { } claims) new ClaimsStatus(Amount.Zero, Amount.Zero, 0, new Height(claims.ClosingHeight)).Store(state);
    }

    public override TransactionRejection Execute(BlockContext context, Transaction transaction)
    {
        var claim = transaction.Body.ClaimSnapshot;
        var rejection = ClaimChecks.Check(context.State, context.Genesis, context.GenesisHash, context.Height, context.ParentTime, claim);
        if (rejection == TransactionRejection.None) Pay(context, ClaimMessage.Read(claim));
        return rejection;
    }

    public override void EndBlock(BlockContext context)
    {
        if (context.Genesis.Claims is not { } claims) return;
        var (status, supply) = (ClaimsStatus.Get(context.State)!.Value, SupplyRecord.Get(context.State));
        Invariant.Check(status.Claimed <= claims.Total, $"no more is claimed than there was: {status.Claimed} of {claims.Total} NTK");
        if (context.Genesis.SupplyMode == GenesisDocument.ClaimedSupply)
        {
            Invariant.Check(supply.Credited == status.Claimed, $"every NTK that came was claimed: {supply.Credited} and {status.Claimed} NTK");
            Invariant.Check(supply.Withdrawn.IsZero && status.Pot.IsZero, "without a vault nothing leaves and nothing waits");
        }
        else
        {
            Invariant.Check(status.Claimed + status.Pot <= claims.Total, $"the pot has no more than is to be claimed: {status.Pot} NTK");
            Invariant.Check(status.Claimed + status.Pot <= supply.Credited, "what claims are paid from was locked");
            Invariant.Check(status.Pot <= supply.Escrow, $"the pot is in escrow: {status.Pot} of {supply.Escrow} NTK");
        }
    }

    /// <summary>What the pot may still take: what is to be claimed and not there yet. Zero where there is no pot.</summary>
    internal static Amount PotRoom(BlockContext context)
    {
        if (context.Genesis.Claims is not { } claims || ClaimsStatus.Get(context.State) is not { } status) return Amount.Zero;
        return claims.Total - status.Claimed - status.Pot;
    }

    /// <summary>A lock fills the pot.</summary>
    internal static TransactionRejection TryFund(BlockContext context, LockRecord locked, Amount amount)
    {
        var refusal = SupplyModule.TryCreditEscrow(context.State, context.Genesis, amount);
        if (refusal != TransactionRejection.None) return refusal;
        var status = ClaimsStatus.Get(context.State)!.Value;
        (status with { Pot = status.Pot + amount }).Store(context.State);
        context.Emit("claims.funded", ("nonce", locked.Nonce), ("sender", locked.Sender), ("amount", amount));
        return refusal;
    }

    private static void Pay(BlockContext context, SnapshotClaim claim)
    {
        var (state, status) = (context.State, ClaimsStatus.Get(context.State)!.Value);
        var isMade = context.Genesis.SupplyMode == GenesisDocument.ClaimedSupply;
        if (isMade) SupplyModule.MintClaim(state, context.Genesis, claim.Recipient, claim.Amount);
        else SupplyModule.Release(state, claim.Recipient, claim.Amount);
        (status with { Claimed = status.Claimed + claim.Amount, Pot = isMade ? status.Pot : status.Pot - claim.Amount, Leaves = status.Leaves + 1 }).Store(state);
        new ClaimRecord(claim.Recipient, context.Height).Store(state, claim.Holder);
        context.Emit("claims.claimed", ("holder", claim.Holder), ("recipient", claim.Recipient), ("amount", claim.Amount));
    }
}
