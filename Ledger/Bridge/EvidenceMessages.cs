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
            BridgeEvidence.ProofOneofCase.Events => Events(context, header, message.Events),
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
        return Take(context, receipts.Where(receipt => receipt.Succeeded).SelectMany(receipt => receipt.Logs).Where(log => log.Address == vault));
    }

    // The vault keeps a chain of its events: what hashes to it from where the chain stands here is what it said, whatever receipts it is in.
    private static TransactionRejection Events(BlockContext context, EthereumHeader header, VaultLogs proof)
    {
        var vault = context.Genesis.Bridge!.Vault;
        var (last, chain) = (BridgeStatus.Get(context.State).Nonce, BridgeStatus.Get(context.State).EventChain);
        var logs = new List<EthereumLog>(proof.Logs.Count);
        foreach (var shown in proof.Logs)
        {
            var log = new EthereumLog(vault, [.. shown.Topics.Select(topic => Hash256.FromBytes(topic.Span))], shown.Data.Memory);
            // The chain of events does not say which words were topics: one that is not in its event's one form was cut up by whoever brings it.
            if (!VaultNotice.TryRead(log, out var read)) return TransactionRejection.BridgeProofInvalid;
            var nonce = read.Nonce;
            if (nonce <= last) continue;
            if (nonce != last + 1) return TransactionRejection.VaultNonceGap;
            (last, chain) = (nonce, VaultNotice.Fold(chain, log));
            logs.Add(log);
        }

        if (logs.Count == 0) return TransactionRejection.NothingNew;
        if (!TryOpen(proof.Nodes, out var nodes)) return TransactionRejection.BridgeProofInvalid;
        if (!AccountProof.TryRead(header.StateRoot, vault, nodes, out var account, out _) || account is null) return TransactionRejection.BridgeProofInvalid;
        if (!TryReadChain(account, proof.IsMarked, last, nodes, out var said) || said != chain) return TransactionRejection.BridgeProofInvalid;
        return Take(context, logs);
    }

    // The chain of events after the one of that nonce, by the vault's storage.
    private static bool TryReadChain(EthereumAccount vault, bool isMarked, ulong nonce, ProofNodes nodes, out Hash256 chain)
    {
        chain = default;
        if (!isMarked)
        {
            if (!StorageProof.TryRead(vault.StorageRoot, VaultStorage.Cursor, nodes, out var cursor, out _)) return false;
            if ((ulong)(cursor.Low & ulong.MaxValue) != nonce) return false;
        }

        var slot = isMarked ? VaultStorage.Mark(nonce) : VaultStorage.EventChain;
        if (!StorageProof.TryRead(vault.StorageRoot, slot, nodes, out var word, out _) || !nodes.AreAllUsed) return false;
        chain = word.ToHash();
        return true;
    }

    private static TransactionRejection Take(BlockContext context, IEnumerable<EthereumLog> logs)
    {
        var next = BridgeStatus.Get(context.State).Nonce + 1;
        var first = next;
        foreach (var log in logs)
        {
            if (VaultNotice.TryReadNonce(log, out var nonce) && nonce < next) continue;
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
