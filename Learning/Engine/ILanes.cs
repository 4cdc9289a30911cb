namespace NeuroChain.Learning;

/// <summary>
/// The few operations that the engine's kernels are written in, each exactly rounded and applied lane by lane. A lane is one sample, so
/// no operation ever mixes two samples and the number of lanes cannot change a result.
/// </summary>
internal unsafe interface ILanes<TVector> where TVector : struct
{
    static abstract int Count { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(float* destination, TVector value);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a * b + c with one rounding.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>candidate where it is greater than best, else best: the first of equals stays.</summary>
    static abstract TVector Greater(TVector best, TVector candidate);

    /// <summary>value where gate is greater than zero, else +0.</summary>
    static abstract TVector WherePositive(TVector gate, TVector value);

    /// <summary>whenEqual where a equals b as numbers, else otherwise.</summary>
    static abstract TVector WhereEqual(TVector a, TVector b, TVector whenEqual, TVector otherwise);
}
