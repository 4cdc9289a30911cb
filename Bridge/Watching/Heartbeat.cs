using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// A final block by which the vault's reserves are shown: what NTK it has and what it says it owes, proven under the state root of the header.
/// </summary>
/// <param name="Header">Its hash was computed here.</param>
/// <param name="Hash">Of the header.</param>
/// <param name="Token">The token's account with the vault's balance.</param>
/// <param name="Vault">The vault's account with slots 1 (totals), 2 (nonce and counters) and 3 (chain of events).</param>
public sealed record Heartbeat(EthereumHeader Header, Hash256 Hash, AccountEvidence Token, AccountEvidence Vault)
{
    private const byte Version = 1;

    public ulong Number => Header.Number;

    /// <summary>Slots of the vault, in the order in which they are proven.</summary>
    public static readonly ImmutableArray<Hash256> VaultSlots = [StorageSlot.Of(1), StorageSlot.Of(2), StorageSlot.Of(3)];

    /// <summary>Where the token keeps the vault's balance.</summary>
    public static ImmutableArray<Hash256> TokenSlots(WatcherOptions options) => [StorageSlot.OfMapping(options.Vault, StorageSlot.Of(options.TokenBalancesSlot))];

    /// <summary>Reads what is proven; false where it is not.</summary>
    public bool TryRead(out ProvenReserves reserves)
    {
        reserves = default;
        if (!Token.TryRead(Header.StateRoot, out _, out var balance, out _)) return false;
        if (!Vault.TryRead(Header.StateRoot, out var vault, out var words, out _)) return false;
        var isThere = vault is not null && vault.CodeHash != EthereumAccount.NoCode;
        // Right-aligned fields from the right: the released total begins at the 16th byte, the nonce has the last eight.
        reserves = new ProvenReserves(isThere, balance[0], words[0].Low, words[0].High, (ulong)(words[1].Low & ulong.MaxValue), words[2].ToHash());
        return true;
    }

    internal byte[] Encode()
    {
        var writer = new ByteWriter().Byte(Version).LengthAndBytes(Header.Encode());
        Token.WriteTo(writer);
        Vault.WriteTo(writer);
        return writer.ToArray();
    }

    internal static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Heartbeat? heartbeat)
    {
        heartbeat = null;
        var reader = new ByteReader(bytes);
        if (reader.Byte() != Version) return false;
        if (!EthereumHeader.TryDecode(reader.LengthAndBytes(EthereumHeader.BytesMax), out var header, out _)) return false;
        var (token, vault) = (AccountEvidence.ReadFrom(ref reader), AccountEvidence.ReadFrom(ref reader));
        var areSlots = token.Slots.Length == 1 && vault.Slots.Length == VaultSlots.Length;
        if (reader.IsWhole && areSlots) heartbeat = new Heartbeat(header, header.ComputeHash(), token, vault);
        return heartbeat is not null;
    }
}

/// <summary>What storage proofs say of the vault after a block.</summary>
/// <param name="IsThere">There is a contract at its address.</param>
/// <param name="Balance">NTK that it has, in base units.</param>
/// <param name="TotalLocked">Ever.</param>
/// <param name="TotalReleased">Ever.</param>
/// <param name="EventNonce">Of its last event.</param>
/// <param name="EventChain">Of all its events.</param>
public readonly record struct ProvenReserves(bool IsThere, UInt256 Balance, UInt128 TotalLocked, UInt128 TotalReleased, ulong EventNonce, Hash256 EventChain);
