namespace NeuroChain.Learning;

/// <summary>One learned tensor inside the flat parameter vector, row-major from <paramref name="Offset"/> (in values, not bytes).</summary>
/// <param name="Name">The layer's number and what it is: "0.weight", "0.bias".</param>
public sealed record ParameterTensor(string Name, IReadOnlyList<int> Shape, int Offset, int Count);
