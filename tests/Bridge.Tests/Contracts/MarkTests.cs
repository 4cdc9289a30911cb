using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>
/// However many events one block has, and whatever their receipts weigh, they are proven in pieces that fit a transaction: each ends at a mark,
/// and the last one at slot 3.
/// </summary>
public sealed class MarkTests(VaultFixture fixture) : VaultTest(fixture)
{
    private const ulong Locks = 200;

    [Fact]
    public async Task ManyLocksInOneTransactionAreProvenInPiecesAtALaterBlock()
    {
        var many = await Contract.DeployAsync(Ethereum, World.Owner, "test/ManyLocks");
        await World.ApproveAsync(many.Address);
        var sent = await many.SendAsync(World.Alice, "lock", AbiValue.Address(Vault.Address), AbiValue.Number(Locks), AbiValue.Number(30_000));
        var receipts = await Ethereum.CallAsync("eth_getBlockReceipts", $"0x{sent.BlockNumber:x}");
        Assert.True(EthereumJsonReader.ReadReceipt(Assert.Single(receipts.EnumerateArray())).Encode().Length > Limits.TransactionBytesMax);
        for (var i = 0; i < 70; i++) await World.LockAsync(1); // the state of that block is one that no node keeps any more

        var logs = await Ethereum.LogsAsync(Vault.Address, 0);
        var (chain, nonce) = (Hash256.Zero, 0UL);
        foreach (var piece in logs.Chunk(EventChain.MarkEvery))
        {
            var bytes = 0;
            foreach (var log in piece)
            {
                chain = EventChain.Fold(chain, log, Vault.Artifact);
                bytes += (log.Topics.Length * Hash256.Size) + log.Data.Length;
            }

            nonce += (ulong)piece.Length;
            var isWhole = piece.Length == EventChain.MarkEvery;
            Assert.Equal(chain, await ProvenAsync(isWhole ? Mark(nonce) : Words.Of(3)));
            Assert.InRange(bytes, 1, Limits.TransactionBytesMax / 2); // which leaves room for the proof of the slot
        }

        Assert.Equal(1 + Locks + 70, nonce);
        Assert.Equal((UInt128)nonce, Words.Field(await ProvenAsync(Words.Of(2)), 0, 8));
        foreach (var none in (ulong[])[0, 1, 63, 65, nonce, 320]) Assert.Equal(Hash256.Zero, await Vault.Ethereum.SlotAsync(Vault.Address, Mark(none)));
    }

    [Fact]
    public async Task TheGateMarksItsBurnsToo()
    {
        var gate = await Contract.DeployAsync(Ethereum, World.Owner, "BurnGate", AbiValue.Address(World.Token.Address), AbiValue.Number(1));
        await World.ApproveAsync(gate.Address);
        for (var i = 0; i < EventChain.MarkEvery + 1; i++) await gate.SendAsync(World.Alice, "burn", AbiValue.Number(1), AbiValue.Word(Words.Of(1)));

        var logs = await Ethereum.LogsAsync(gate.Address, 0);
        var chain = logs[..EventChain.MarkEvery].Aggregate(Hash256.Zero, (sum, log) => EventChain.Fold(sum, log, gate.Artifact));
        Assert.Equal(chain, await Ethereum.SlotAsync(gate.Address, Words.Entry(Words.Of(EventChain.MarkEvery), 2)));
        Assert.Equal(EventChain.Fold(chain, logs[^1], gate.Artifact), await gate.SlotAsync(1));
    }

    private static Hash256 Mark(ulong nonce) => Words.Entry(Words.Of(nonce), 13);

    // What a header of the newest block proves of a slot.
    private async Task<Hash256> ProvenAsync(Hash256 slot)
    {
        var header = EthereumJsonReader.ReadHeader(await Ethereum.CallAsync("eth_getBlockByNumber", "latest", false));
        var proof = await Ethereum.CallAsync("eth_getProof", Vault.Address.ToString(), (string[])[slot.ToString()], "latest");
        ReadOnlyMemory<byte>[] sent = [.. EthereumJsonReader.ReadNodes(proof.GetProperty("accountProof")), .. EthereumJsonReader.ReadNodes(proof.GetProperty("storageProof")[0].GetProperty("proof"))];
        Assert.True(ProofNodes.TryCreate(sent, out var nodes, out var fault), fault.ToString());
        Assert.True(AccountProof.TryRead(header.StateRoot, Vault.Address, nodes, out var account, out fault), fault.ToString());
        Assert.True(StorageProof.TryRead(account!.StorageRoot, slot, nodes, out var word, out fault), fault.ToString());
        return word.ToHash();
    }
}
