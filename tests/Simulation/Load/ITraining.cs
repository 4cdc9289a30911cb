using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// The learning of a run: what trainers bring, what a validator finds that evaluates it, and, for the checkers, what is so. All else about training
/// is the production code, whatever stands behind this.
/// </summary>
public interface ITraining
{
    Hash256 Task { get; }

    /// <summary>Root of the data that candidates are said to be trained on.</summary>
    Hash256 TrainingSet { get; }

    IReadOnlyList<PrivateKey> Trainers { get; }

    /// <summary>A checkpoint that begins at the task's best one, known from now on.</summary>
    /// <param name="state">The newest.</param>
    /// <param name="maker">The trainer whose work it is.</param>
    /// <param name="draw">For what becomes of it.</param>
    OfferedCheckpoint Make(LedgerState state, Address maker, SeededStream draw);

    /// <summary>Whether the node of that number can get a candidate's checkpoint: of some nobody serves the bytes, or only to some.</summary>
    bool IsHeld(BlobHash model, int node);

    /// <summary>What a validator finds in a round that has its seed; null where it lacks what it is judged on, and abstains.</summary>
    /// <param name="state">One in which it has.</param>
    /// <param name="job">Of that validator.</param>
    /// <param name="validator">Whose private samples are evaluated.</param>
    /// <param name="node">The number of its machine.</param>
    Finding? Evaluate(LedgerState state, EvaluationJob job, Address validator, int node);

    /// <summary>Whose private losses are wrong, as everybody finds who computes them again: bit i stands for target i.</summary>
    uint Recheck(LedgerState state, RecheckRecord recheck, int node);

    /// <summary>What a statement says that is not so; null where all of it is.</summary>
    /// <param name="statement">Of a certificate.</param>
    /// <param name="judged">A state in which the round had its seed; null where none was seen.</param>
    string? FaultOf(TrainingStatement statement, LedgerState? judged);

    /// <summary>Whether a checkpoint may win against another.</summary>
    bool IsBetter(BlobHash model, BlobHash than);

    /// <summary>The trainer whose work a checkpoint is.</summary>
    Address MakerOf(BlobHash model);
}

/// <summary>What a validator attests.</summary>
/// <param name="PrivateLosses">The incumbent's on its samples, then each candidate's.</param>
public readonly record struct Finding(TrainingStatement Statement, IReadOnlyList<uint> PrivateLosses);

/// <summary>What a manifest says of a checkpoint.</summary>
public sealed record OfferedCheckpoint(BlobHash Model, ulong Bytes, IReadOnlyList<Hash256> Chunks, IReadOnlyList<Tensor> Tensors);
