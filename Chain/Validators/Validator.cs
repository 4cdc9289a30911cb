namespace NeuroChain.Chain;

/// <summary>A member of a validator set: the address of its signing key and its voting power.</summary>
public readonly record struct Validator(Address Address, ulong Power);
