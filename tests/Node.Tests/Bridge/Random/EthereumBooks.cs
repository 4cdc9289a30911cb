using System.Collections.Immutable;
using System.Text.Json;
using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>A lock, as Ethereum's log of it says.</summary>
internal sealed record SeenLock(ulong Nonce, Hash256 Recipient, UInt128 Amount);

/// <summary>A release, as Ethereum's log of it says.</summary>
internal sealed record SeenRelease(ulong Nonce, Hash256 BurnId, Address To, UInt128 Amount, ulong Seconds);

/// <summary>
/// What stands on Ethereum now, read from logs and storage and from nothing that a node of this chain says: the vault's events in the order of their
/// nonces, its slots, and the token's.
/// </summary>
internal sealed record EthereumBooks
{
    public static readonly UInt128 Cap = 100_000_000 * Amount.UnitsPerNtk;

    private const ulong SupplySlot = 0, BalancesSlot = 1;

    private static readonly Hash256 LockedTopic = Topic("Locked(uint64,address,bytes32,uint256,uint256)");
    private static readonly Hash256 ReleasedTopic = Topic("Released(uint64,bytes32,address,uint256,uint64,uint256)");
    private static readonly Hash256 TransferTopic = Topic("Transfer(address,address,uint256)");

    private readonly VaultConfig _limits;
    private readonly ImmutableArray<LoggedEvent> _events;

    private EthereumBooks(VaultConfig limits, ImmutableArray<LoggedEvent> events)
    {
        (_limits, _events) = (limits, events);
        Locks = [.. events.Where(log => log.Topics[0] == LockedTopic).Select(log => new SeenLock(log.Nonce, log.Topics[3], log.Word(0)))];
        Releases = [.. events.Where(log => log.Topics[0] == ReleasedTopic).Select(log => new SeenRelease(log.Nonce, log.Topics[2], Words.Address(log.Topics[3]), log.Word(0), log.Seconds))];
    }

    public ImmutableArray<SeenLock> Locks { get; init; }

    public ImmutableArray<SeenRelease> Releases { get; init; }

    /// <summary>The vault's own words of itself.</summary>
    public required VaultSlots Slots { get; init; }

    /// <summary>Of the token, for the vault.</summary>
    public required UInt128 Balance { get; init; }

    public required UInt128 TokenSupply { get; init; }

    /// <summary>What the token's logs say that came to the vault, and what left it.</summary>
    public required UInt128 Came { get; init; }

    public required UInt128 Left { get; init; }

    /// <summary>Number of the block that is final.</summary>
    public required ulong Final { get; init; }

    /// <summary>Of the last event of the vault that is final.</summary>
    public ulong FinalNonce => (ulong)_events.Count(log => log.Block <= Final);

    public ulong LastNonce => (ulong)_events.Length;

    /// <param name="world">Both chains.</param>
    /// <param name="limits">Of the vault.</param>
    /// <param name="final">What was final once stays so, also where the node falls back behind it.</param>
    public static async Task<EthereumBooks> ReadAsync(BridgedNetwork world, VaultConfig limits, ulong final)
    {
        var (ethereum, vault, token) = (world.Ethereum, world.Vault.Address, world.Token.Address);
        var events = await LogsAsync(ethereum, vault);
        var moves = (await LogsAsync(ethereum, token)).Where(log => log.Topics[0] == TransferTopic).ToList();
        var balance = await ethereum.SlotAsync(token, Words.Entry(Words.Of(vault), BalancesSlot));
        return new EthereumBooks(limits, events)
        {
            Slots = await VaultSlots.ReadAsync(world.Vault),
            Balance = Words.Low(balance),
            TokenSupply = Words.Low(await ethereum.SlotAsync(token, Words.Of(SupplySlot))),
            Came = Sum(moves.Where(move => Words.Address(move.Topics[2]) == vault)),
            Left = Sum(moves.Where(move => Words.Address(move.Topics[1]) == vault)),
            Final = Math.Max(final, await FinalAsync(ethereum)),
        };
    }

    /// <summary>The block that the node calls final now.</summary>
    public static async Task<ulong> FinalAsync(LocalEthereum ethereum) =>
        (ulong)LocalEthereum.Number((await ethereum.CallAsync("eth_getBlockByNumber", "finalized", false)).GetProperty("number"));

    /// <summary>All that was locked by the events up to a nonce, less all that was released by them.</summary>
    public UInt128 Outstanding(ulong nonce) =>
        Locks.Where(one => one.Nonce <= nonce).Aggregate(UInt128.Zero, (sum, one) => sum + one.Amount)
        - Releases.Where(one => one.Nonce <= nonce).Aggregate(UInt128.Zero, (sum, one) => sum + one.Amount);

    /// <exception cref="BrokenEquationException">Ethereum's own side of the books is wrong.</exception>
    public void Check()
    {
        for (var i = 0; i < _events.Length; i++) Equation.Equal("S6", (ulong)i + 1, _events[i].Nonce, "the nonces of the vault's events have no gap");
        Equation.Equal("S6", LastNonce, Slots.EventNonce, "the vault's nonce is that of its last event");
        var (locked, released) = (Locks.Aggregate(UInt128.Zero, (sum, one) => sum + one.Amount), Releases.Aggregate(UInt128.Zero, (sum, one) => sum + one.Amount));
        Equation.Equal("S3", (locked, released), (Slots.TotalLocked, Slots.TotalReleased), "the vault's totals are the sums of its events");
        Equation.Holds("S4", Balance >= locked - released, $"the vault has {Balance} and owes {locked} - {released}");
        Equation.Equal("S4", (Came - Left, released), (Balance, Left), "what the vault has is what came less what was released");
        Equation.Holds("S5", locked <= TokenSupply && TokenSupply <= Cap, $"{locked} locked, {TokenSupply} there are, {Cap} may be");
        Equation.Equal("S7", Releases.Length, Releases.Select(one => one.BurnId).Distinct().Count(), "each burn is released once");
        FlowLimit.Check("S8 (vault)", _limits.Capacity.Units, _limits.PerSecond.Units, [.. Releases.Select(one => (one.Seconds * 1_000, one.Amount))]);
    }

    private static async Task<ImmutableArray<LoggedEvent>> LogsAsync(LocalEthereum ethereum, Address contract)
    {
        var logs = await ethereum.CallAsync("eth_getLogs", new { address = contract.ToString(), fromBlock = "0x0", toBlock = "latest" });
        return [.. logs.EnumerateArray().Select(LoggedEvent.Read)];
    }

    private static UInt128 Sum(IEnumerable<LoggedEvent> moves) => moves.Aggregate(UInt128.Zero, (sum, move) => sum + move.Word(0));

    private static Hash256 Topic(string signature) => Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(signature));

    private sealed record LoggedEvent(ulong Block, ulong Seconds, ImmutableArray<Hash256> Topics, byte[] Data)
    {
        public ulong Nonce => (ulong)Words.Low(Topics[1]);

        public static LoggedEvent Read(JsonElement log) => new(
            (ulong)LocalEthereum.Number(log.GetProperty("blockNumber")),
            (ulong)LocalEthereum.Number(log.GetProperty("blockTimestamp")),
            [.. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.FromBytes(LocalEthereum.Bytes(topic)))],
            LocalEthereum.Bytes(log.GetProperty("data")));

        public UInt128 Word(int index) => Words.Low(Hash256.FromBytes(Data.AsSpan(Hash256.Size * index, Hash256.Size)));
    }
}
