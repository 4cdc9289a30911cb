using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What a vault is deployed with (VaultWords.sol).</summary>
internal sealed record VaultConfig(Address Token, Hash256 Genesis, ImmutableArray<Validator> Validators)
{
    public ulong SetNumber { get; init; }

    public ulong SetHeight { get; init; }

    public Amount Capacity { get; init; } = Amount.FromNtk(500_000);

    public Amount PerSecond { get; init; } = Amount.FromNtk(5);

    public Amount MinLock { get; init; } = Amount.FromNtk(1);

    public ImmutableArray<Address> Guardians { get; init; } = [];

    public Address Predecessor { get; init; }

    public Address Recovery { get; init; }

    public AbiValue ToAbi() => AbiValue.Tuple(
        AbiValue.Address(Token),
        AbiValue.Word(Genesis),
        AbiValue.Array(Validators.Select(validator => AbiValue.Address(validator.Address))),
        AbiValue.Array(Validators.Select(validator => AbiValue.Number(validator.Power))),
        AbiValue.Number(SetNumber),
        AbiValue.Number(SetHeight),
        AbiValue.Amount(Capacity),
        AbiValue.Amount(PerSecond),
        AbiValue.Amount(MinLock),
        AbiValue.Array(Guardians.Select(AbiValue.Address)),
        AbiValue.Address(Predecessor),
        AbiValue.Address(Recovery));
}
