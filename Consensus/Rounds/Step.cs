namespace NeuroChain.Consensus;

/// <summary>Where a validator is within a round; ordered, as L36 asks for "at least prevote".</summary>
public enum Step : byte
{
    Propose = 1,
    Prevote = 2,
    Precommit = 3,
}
