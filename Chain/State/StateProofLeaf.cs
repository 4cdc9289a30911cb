namespace NeuroChain.Chain;

/// <summary>The leaf at which the way down to a key ends: the key's own or that of another.</summary>
/// <param name="Path">SHA-256 of its key.</param>
/// <param name="ValueHash">SHA-256 of its value.</param>
public readonly record struct StateProofLeaf(Hash256 Path, Hash256 ValueHash);
