namespace NeuroChain.Simulation;

/// <summary>What is done on the chain besides transfers.</summary>
public enum LoadMix
{
    /// <summary>As the seed draws it.</summary>
    Drawn,
    None,
    Governance,
    Training,
    All,

    /// <summary>Two tasks are trained, one of them with sealed hold-outs. No seed draws it.</summary>
    Sealed,
}

/// <summary>How much of the power may break the rules.</summary>
public enum LiarMix
{
    /// <summary>As the seed draws it.</summary>
    Drawn,

    /// <summary>Less than a third.</summary>
    Few,

    /// <summary>More than a third, and less than two thirds.</summary>
    Many,
}

/// <summary>Who says what losses a checkpoint has, where something is trained.</summary>
public enum EvaluatorKind
{
    /// <summary>They are drawn from the seed of the samples, which costs no time.</summary>
    Stub,

    /// <summary>The canonical engine computes them, of checkpoints that the trainer made.</summary>
    Real,
}
