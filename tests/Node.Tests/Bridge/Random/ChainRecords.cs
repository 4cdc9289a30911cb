using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>A state of the chain: its records, and what the ledger says of their sums.</summary>
internal sealed record ChainView(ChainRecords Records, SupplyRecord Supply, BridgeStatus Status, ClaimsStatus Claims)
{
    public static ChainView Of(LedgerState state) =>
        new(new ChainRecords(state), SupplyRecord.Get(state), BridgeStatus.Get(state), ClaimsStatus.Get(state) ?? throw new InvalidOperationException("the genesis has a snapshot"));
}

/// <summary>
/// What a state of the chain holds, added up from its records by their documented layout (docs/protocol/bridge.md, records): no sum of the ledger's
/// is believed.
/// </summary>
internal sealed class ChainRecords
{
    private const byte Pending = 5, Quarantine = 6, Withdrawal = 7;

    public ChainRecords(LedgerState state)
    {
        foreach (var (key, value) in state.Records)
        {
            var reader = new ByteReader(value);
            switch ((StateModule)key.Bytes[0], key.Bytes[1])
            {
                case (StateModule.Accounts, _):
                    reader.UInt64(); // nonce
                    if (reader.UInt128() is var balance && balance > 0) Accounts[Address.FromBytes(key.Bytes[2..])] = balance;
                    break;
                case (StateModule.Bridge, Pending): AddLock(PendingLocks, ref reader); break;
                case (StateModule.Bridge, Quarantine): AddLock(QuarantinedLocks, ref reader); break;
                case (StateModule.Bridge, Withdrawal):
                    reader.Address();
                    reader.Address();
                    OpenBurns[Hash256.FromBytes(key.Bytes[2..])] = reader.UInt128();
                    break;
            }
        }
    }

    /// <summary>Units of all that have some.</summary>
    public Dictionary<Address, UInt128> Accounts { get; } = [];

    /// <summary>Units that are still to be credited, by the nonce of their lock.</summary>
    public Dictionary<ulong, UInt128> PendingLocks { get; } = [];

    public Dictionary<ulong, UInt128> QuarantinedLocks { get; } = [];

    /// <summary>Units, by burn id.</summary>
    public Dictionary<Hash256, UInt128> OpenBurns { get; } = [];

    public static UInt128 Sum<TKey>(Dictionary<TKey, UInt128> amounts)
        where TKey : notnull => amounts.Values.Aggregate(UInt128.Zero, (sum, amount) => sum + amount);

    // Nonce 8, sender 20, recipient 32, amount 16.
    private static void AddLock(Dictionary<ulong, UInt128> locks, ref ByteReader reader)
    {
        var nonce = reader.UInt64();
        reader.Address();
        reader.Hash();
        locks[nonce] = reader.UInt128();
    }
}
