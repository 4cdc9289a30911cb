using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// The proof of reserves: what the vault says of itself in its storage, and what it has by the token's, against what its events said here. It is
/// taken once in a while, or at once where something is wrong; then the bridge stops in both directions.
/// </summary>
internal static class VaultReservesCheck
{
    public static TransactionRejection Execute(BlockContext context, EthereumHeader header, VaultReserves proof)
    {
        var status = BridgeStatus.Get(context.State);
        if (status.Nonce == 0 || !EvidenceMessages.TryOpen(proof.Nodes, out var nodes) || !TryRead(context, header.StateRoot, nodes, out var vault)) return TransactionRejection.BridgeProofInvalid;
        // A block before the last event that is known here says nothing of now.
        if (vault.Nonce < status.Nonce) return TransactionRejection.NothingNew;
        var fault = FaultOf(status, vault);
        if (fault == BridgeHalt.None && header.Number < status.ReservesBlock + context.Parameters.Bridge!.HeartbeatBlocks) return TransactionRejection.NothingNew;
        (status with { ReservesBlock = Math.Max(status.ReservesBlock, header.Number) }).Store(context.State);
        context.Emit(
            "bridge.reserves",
            ("block", header.Number),
            ("locked", vault.Locked),
            ("released", vault.Released),
            ("balance", vault.Balance),
            ("nonce", vault.Nonce));
        if (fault != BridgeHalt.None) BridgeStops.Halt(context, fault);
        return TransactionRejection.None;
    }

    private static BridgeHalt FaultOf(BridgeStatus status, Vault vault)
    {
        if (vault.Locked < vault.Released) return BridgeHalt.Supply;
        var owed = vault.Locked - vault.Released;
        if (owed > SupplyModule.Cap) return BridgeHalt.Supply;
        if (vault.Balance < owed) return BridgeHalt.Reserves;
        // With events that are not known here yet it can only be more.
        if (vault.Nonce > status.Nonce) return vault.Locked < status.Locked || vault.Released < status.Released ? BridgeHalt.Supply : BridgeHalt.None;
        // A vault that handed all over to another one counts that as released.
        var released = (status.Vault & VaultFlags.Retired) != VaultFlags.None ? status.Locked : status.Released;
        return vault.Locked == status.Locked && vault.Released == released && vault.EventChain == status.EventChain
            ? BridgeHalt.None
            : BridgeHalt.Supply;
    }

    private static bool TryRead(BlockContext context, Hash256 stateRoot, ProofNodes nodes, out Vault read)
    {
        read = default;
        var (vault, token) = (context.Genesis.Bridge!.Vault, context.Genesis.Bridge.Token);
        if (!AccountProof.TryRead(stateRoot, vault, nodes, out var account, out _) || account is null) return false;
        if (!StorageProof.TryRead(account.StorageRoot, VaultStorage.Totals, nodes, out var totals, out _)) return false;
        if (!StorageProof.TryRead(account.StorageRoot, VaultStorage.Cursor, nodes, out var cursor, out _)) return false;
        if (!StorageProof.TryRead(account.StorageRoot, VaultStorage.EventChain, nodes, out var chain, out _)) return false;
        if (!AccountProof.TryRead(stateRoot, token, nodes, out var tokens, out _) || tokens is null) return false;
        if (!StorageProof.TryRead(tokens.StorageRoot, VaultStorage.BalanceOf(vault), nodes, out var balance, out _) || !nodes.AreAllUsed) return false;
        // A balance that no sum of tokens reaches covers whatever is owed.
        var has = balance.TryToUInt128(out var units) ? new Amount(units) : new Amount(UInt128.MaxValue);
        read = new Vault(new Amount(totals.Low), new Amount(totals.High), (ulong)(cursor.Low & ulong.MaxValue), chain.ToHash(), has);
        return true;
    }

    private readonly record struct Vault(Amount Locked, Amount Released, ulong Nonce, Hash256 EventChain, Amount Balance);
}
