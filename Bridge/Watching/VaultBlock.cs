using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>A receipt under the receipts root of its block, for <see cref="ReceiptProof"/>.</summary>
/// <param name="TransactionIndex">Its place.</param>
/// <param name="Nodes">From the root on; the last one holds the receipt. One of more than 64 KiB is no proof on this chain: then the vault's slot 3 is.</param>
public sealed record ProvenReceipt(ulong TransactionIndex, ImmutableArray<ReadOnlyMemory<byte>> Nodes);

/// <summary>A final block of Ethereum in which the vault logged, with all that is needed to show it to somebody who believes its hash.</summary>
/// <param name="Header">Its hash was computed here.</param>
/// <param name="Hash">Of the header.</param>
/// <param name="Events">In order, at least one.</param>
/// <param name="Receipts">Those that hold the events, ascending.</param>
public sealed record VaultBlock(EthereumHeader Header, Hash256 Hash, ImmutableArray<VaultEvent> Events, ImmutableArray<ProvenReceipt> Receipts)
{
    private const byte Version = 1;

    public ulong Number => Header.Number;

    public ulong FirstNonce => Events[0].Nonce;

    public ulong LastNonce => Events[^1].Nonce;

    /// <summary>What the vault logged in a block, out of receipts that rebuild its root.</summary>
    /// <param name="header">Whose root they rebuild.</param>
    /// <param name="hash">Of the header.</param>
    /// <param name="receipts">All of the block.</param>
    /// <param name="trie">Made of them.</param>
    /// <param name="vault">Whose logs count. The address alone says whose a log is.</param>
    /// <param name="block">Null where the vault logged nothing.</param>
    /// <returns>False where one of its logs is no event of a vault.</returns>
    public static bool TryRead(EthereumHeader header, Hash256 hash, ImmutableArray<EthereumReceipt> receipts, PatriciaTrie trie, Address vault, out VaultBlock? block)
    {
        block = null;
        var events = ImmutableArray.CreateBuilder<VaultEvent>();
        var proven = ImmutableArray.CreateBuilder<ProvenReceipt>();
        for (var place = 0; place < receipts.Length; place++)
        {
            var count = events.Count;
            // A transaction that failed leaves no logs; one that has them all the same is not believed.
            for (var i = 0; receipts[place].Succeeded && i < receipts[place].Logs.Length; i++)
            {
                if (receipts[place].Logs[i].Address != vault) continue;
                if (!VaultEvent.TryRead(receipts[place].Logs[i], (ulong)place, (uint)i, out var read)) return false;
                events.Add(read);
            }

            if (events.Count > count) proven.Add(new ProvenReceipt((ulong)place, ReceiptProof.Create(trie, (ulong)place)));
        }

        if (events.Count > 0) block = new VaultBlock(header, hash, events.DrainToImmutable(), proven.DrainToImmutable());
        return true;
    }

    internal byte[] Encode()
    {
        var writer = new ByteWriter().Byte(Version).LengthAndBytes(Header.Encode()).UInt32((uint)Events.Length);
        foreach (var vaultEvent in Events) vaultEvent.WriteTo(writer);
        writer.UInt32((uint)Receipts.Length);
        foreach (var receipt in Receipts) writer.UInt64(receipt.TransactionIndex).Nodes(receipt.Nodes);
        return writer.ToArray();
    }

    internal static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out VaultBlock? block)
    {
        block = null;
        var reader = new ByteReader(bytes);
        if (reader.Byte() != Version) return false;
        if (!EthereumHeader.TryDecode(reader.LengthAndBytes(EthereumHeader.BytesMax), out var header, out _)) return false;
        var events = new VaultEvent[reader.Count32(int.MaxValue, EventBytesMin)];
        for (var i = 0; i < events.Length; i++) events[i] = VaultEvent.ReadFrom(ref reader);
        var receipts = new ProvenReceipt[reader.Count32(int.MaxValue, sizeof(ulong))];
        for (var i = 0; i < receipts.Length; i++) receipts[i] = new ProvenReceipt(reader.UInt64(), [.. reader.Nodes(int.MaxValue)]);
        if (reader.IsWhole && events.Length > 0) block = new VaultBlock(header, header.ComputeHash(), [.. events], [.. receipts]);
        return block is not null;
    }

    // Nonce, two places, address and two topics.
    private const int EventBytesMin = 8 + 8 + 4 + Address.Size + (2 * Hash256.Size);
}
