using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What every holder has by the token's events, transfers and burns alike. Base units.</summary>
internal sealed class TokenBalances
{
    private readonly Dictionary<Address, UInt128> _balances = [];

    /// <summary>Who has anything, ascending.</summary>
    public IEnumerable<(Address Holder, UInt128 Units)> Holders => _balances.Where(entry => entry.Value != 0).OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value));

    /// <summary>False where somebody gives what it does not have, or gets more than there can be: events are missing, or of another token.</summary>
    public bool TryApply(TokenMove move)
    {
        if (!move.From.IsZero)
        {
            var has = _balances.GetValueOrDefault(move.From);
            if (has < move.Value) return false;
            if (has == move.Value) _balances.Remove(move.From);
            else _balances[move.From] = has - move.Value;
        }

        if (move.To.IsZero || move.Value == 0) return true;
        var had = _balances.GetValueOrDefault(move.To);
        if (had > UInt128.MaxValue - move.Value) return false;
        _balances[move.To] = had + move.Value;
        return true;
    }
}
