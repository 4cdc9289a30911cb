using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A validator as a query shows it.</summary>
/// <param name="Address">Its signing key.</param>
/// <param name="Node">Its node's network key.</param>
/// <param name="Power">Its voting power in the elected set.</param>
/// <param name="IsAbsent">Whether the next schedule that is made passes it over.</param>
public sealed record ValidatorStatus(Address Address, Address Node, ulong Power, bool IsAbsent)
{
    /// <summary>The elected validators, ascending by address.</summary>
    public static ImmutableArray<ValidatorStatus> ReadAll(IStateReader state)
    {
        var members = ValidatorsModule.Members(state);
        return [.. members.Validators.Select(v => new ValidatorStatus(
            v.Address,
            ValidatorRecord.Get(state, v.Address)?.Node ?? Address.Zero,
            v.Power,
            AttendanceModule.IsAbsent(state, members, v.Address)))];
    }
}
