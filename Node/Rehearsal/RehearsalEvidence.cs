using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Evidence of events of the vault, as anybody may make it out of what an Ethereum node serves and send it for a fee.</summary>
internal static class RehearsalEvidence
{
    /// <summary>A proof of one receipt of a block.</summary>
    /// <param name="ethereum">Where the block is.</param>
    /// <param name="number">Of the block.</param>
    /// <param name="index">Place of the transaction in it.</param>
    public static async Task<BridgeEvidence> OfAsync(LocalEthereum ethereum, ulong number, ulong index)
    {
        var quantity = $"0x{number:x}";
        var block = RpcHeader.Read(await ethereum.CallAsync("eth_getBlockByNumber", quantity, false).ConfigureAwait(false));
        var header = block.Value?.Header ?? throw new RehearsalFault($"the header of block {number} cannot be read: {block.Detail}");
        var receipts = RpcReceipts.Read(await ethereum.CallAsync("eth_getBlockReceipts", quantity).ConfigureAwait(false), block.Value.Id.Hash);
        if (receipts.Fault != EndpointFault.None) throw new RehearsalFault($"the receipts of block {number} cannot be read: {receipts.Detail}");
        var nodes = ReceiptProof.Create(EthereumReceipt.TrieOf(receipts.Value), index);
        return new BridgeEvidence
        {
            Number = number,
            Header = ByteString.CopyFrom(header.Encode()),
            Receipts = new VaultReceipts { Indexes = { index }, Nodes = { nodes.Select(node => ByteString.CopyFrom(node.Span)) } },
        };
    }

    /// <summary>Sends it and does not wait; null and the refusal's name where the node does not take it.</summary>
    public static async Task<(TransactionHash? Hash, string Refusal)> SendAsync(RehearsalNode node, PrivateKey signer, BridgeEvidence evidence, CancellationToken cancellation)
    {
        try
        {
            var signed = await node.Client.SignAsync(signer, null, body => body.BridgeEvidence = evidence, cancellation).ConfigureAwait(false);
            return (await node.Client.SubmitAsync(signed, cancellation).ConfigureAwait(false), "");
        }
        catch (RpcException refused)
        {
            return (null, refused.Status.Message);
        }
    }

    /// <summary>Sends it; what came of it: "taken", or the refusal's name.</summary>
    public static async Task<string> OutcomeAsync(RehearsalNode node, PrivateKey signer, BridgeEvidence evidence, CancellationToken cancellation)
    {
        var (hash, refusal) = await SendAsync(node, signer, evidence, cancellation).ConfigureAwait(false);
        return hash is { } sent ? await OutcomeAsync(node, sent, cancellation).ConfigureAwait(false) : refusal;
    }

    public static async Task<string> OutcomeAsync(RehearsalNode node, TransactionHash sent, CancellationToken cancellation)
    {
        var placed = await node.Client.WaitAsync(sent, RehearsalWorld.Patience, cancellation).ConfigureAwait(false);
        return placed.Code == 0 ? "taken" : placed.Reason;
    }
}
