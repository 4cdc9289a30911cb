using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What a block of Ethereum was shown to say of the vault.</summary>
/// <param name="Block">Its number.</param>
/// <param name="Locked">Ever, by the vault's storage.</param>
/// <param name="Released">Ever, by the vault's storage.</param>
/// <param name="Balance">NTK of the vault, by the token's storage.</param>
internal readonly record struct ShownReserves(ulong Block, Amount Locked, Amount Released, Amount Balance);

/// <summary>
/// The last reserves that were shown, with their amounts: the state has the block's number alone, the event has the rest. Looked for backwards once, and
/// then in new blocks. Safe from any thread.
/// </summary>
/// <param name="events">Of a block; null where they are not kept.</param>
internal sealed class ReservesIndex(Func<Height, IEnumerable<Types.V1.Event>?> events)
{
    // A day of blocks of a second: reserves that are older say little of now.
    private const ulong SearchedMax = 86_400;

    private readonly Lock _gate = new();
    private ShownReserves? _found;
    private Height _searched;

    /// <summary>Null where none were shown, or so long ago that this node does not look for them.</summary>
    public ShownReserves? Of(LedgerState state)
    {
        var block = BridgeStatus.Get(state).ReservesBlock;
        if (block == 0) return null;
        lock (_gate)
        {
            if (_found?.Block == block) return _found;
            var end = state.Height.MinusOrGenesis(SearchedMax);
            if (_searched > end) end = _searched;
            for (var height = state.Height; height > end; height = height.MinusOrGenesis(1))
            {
                if (events(height) is not { } happened) break;
                if (happened.LastOrDefault(one => one.Kind == "bridge.reserves") is not { } shown) continue;
                _found = Read(shown);
                break;
            }

            _searched = state.Height;
            return _found?.Block == block ? _found : null;
        }
    }

    private static ShownReserves Read(Types.V1.Event shown)
    {
        return new ShownReserves(ulong.Parse(Text("block"), CultureInfo.InvariantCulture), Ntk("locked"), Ntk("released"), Ntk("balance"));

        string Text(string key) => shown.Attributes.First(attribute => attribute.Key == key).Value;

        Amount Ntk(string key) => Amount.TryParseNtk(Text(key), out var amount) ? amount : new Amount(UInt128.MaxValue); // a balance that no sum of tokens reaches
    }
}
