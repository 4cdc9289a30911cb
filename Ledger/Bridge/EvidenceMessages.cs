using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Collections;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// Reads what is shown of Ethereum. Everything is bound to the hash of an attested block: the header by its hash, the receipts and the state by the
/// roots in it. Who brings it does not matter.
/// </summary>
internal static class EvidenceMessages
{
    /// <returns>The reason as a message that pays has it.</returns>
    public static TransactionRejection Execute(BlockContext context, BridgeEvidence message)
    {
        if (BridgeStatus.Get(context.State).IsInDoubt) return TransactionRejection.BridgeInDoubt;
        var attested = AttestedBlocks.HashOf(context.State, message.Number);
        if (attested.IsZero || Keccak256.Hash(message.Header.Span) != attested) return TransactionRejection.BlockNotAttested;
        if (!EthereumHeader.TryDecode(message.Header.Span, out var header, out _) || header.Number != message.Number)
        {
            // Ethereum has it, and it is not what is known of headers: what its fields mean may have changed too.
            BridgeStops.Halt(context, BridgeHalt.UnknownLayout);
            return TransactionRejection.None;
        }

        return message.ProofCase switch
        {
            BridgeEvidence.ProofOneofCase.Receipts => Receipts(context, header, message.Receipts),
            BridgeEvidence.ProofOneofCase.Unreleased => Unreleased(context, header, message.Unreleased),
            _ => VaultReservesCheck.Execute(context, header, message.Reserves),
        };
    }

    /// <summary>All nodes of a proof in order, to be read by several keys; false where they can be none.</summary>
    public static bool TryOpen(RepeatedField<ByteString> nodes, [NotNullWhen(true)] out ProofNodes? opened) => ProofNodes.TryCreate(Memory(nodes), out opened, out _);

    private static TransactionRejection Receipts(BlockContext context, EthereumHeader header, VaultReceipts proof)
    {
        if (!ReceiptProof.TryRead(header.ReceiptsRoot, [.. proof.Indexes], Memory(proof.Nodes), out var receipts, out _)) return TransactionRejection.BridgeProofInvalid;
        var vault = context.Genesis.Bridge!.Vault;
        var next = BridgeStatus.Get(context.State).Nonce + 1;
        var first = next;
        foreach (var log in receipts.Where(receipt => receipt.Succeeded).SelectMany(receipt => receipt.Logs).Where(log => log.Address == vault))
        {
            if (VaultEvent.TryReadNonce(log, out var nonce) && nonce < next) continue;
            if (nonce > next) return TransactionRejection.VaultNonceGap;
            var mark = context.Mark();
            var fault = VaultEffects.Take(context, log);
            if (fault != BridgeHalt.None)
            {
                // What it began is taken back; what was before it in the message stays, and the stop with it.
                context.TakeBack(mark);
                BridgeStops.Halt(context, fault);
                return TransactionRejection.None;
            }

            next++;
        }

        return next == first ? TransactionRejection.NothingNew : TransactionRejection.None;
    }

    private static TransactionRejection Unreleased(BlockContext context, EthereumHeader header, Unreleased proof)
    {
        var burnId = Hash256.FromBytes(proof.BurnId.Span);
        if (WithdrawalRecord.Get(context.State, burnId) is not { State: WithdrawalState.Certified } record) return TransactionRejection.UnknownBurn;
        if (header.Timestamp <= record.DeadlineSeconds) return TransactionRejection.DeadlineNotPassed;
        if (!TryOpen(proof.Nodes, out var nodes)) return TransactionRejection.BridgeProofInvalid;
        if (!AccountProof.TryRead(header.StateRoot, context.Genesis.Bridge!.Vault, nodes, out var account, out _) || account is null) return TransactionRejection.BridgeProofInvalid;
        if (!StorageProof.TryRead(account.StorageRoot, VaultStorage.Released(burnId), nodes, out var released, out _) || !nodes.AreAllUsed) return TransactionRejection.BridgeProofInvalid;
        if (!released.IsZero) return TransactionRejection.WithdrawalReleased;
        Withdrawals.Refund(context, burnId, record, "deadline");
        return TransactionRejection.None;
    }

    private static ReadOnlyMemory<byte>[] Memory(RepeatedField<ByteString> nodes) => [.. nodes.Select(node => node.Memory)];
}
