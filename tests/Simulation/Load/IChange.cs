using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Simulation;

/// <summary>Something that validators do about themselves, from the first message to the last consequence.</summary>
public interface IChange
{
    /// <summary>Says again what is not on the chain yet, and does what follows from what is; false when there is nothing left to do.</summary>
    bool GoOn(Cluster cluster, SeededStream draw);

    /// <summary>The set that it makes of this one, if it comes about; the same where it changes no power.</summary>
    ValidatorSet Result(LedgerState state, ValidatorSet members) => members;
}
