using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>A candidate that was revealed. The index is its place in the order of commitment, the bit in availability votes.</summary>
public sealed record RevealedCandidate(
    int Index, BlobHash Model, Hash256 ManifestRoot, CandidateManifest Manifest, Address Trainer, Address Producer, ulong ClaimedGain);

/// <summary>All that an evaluator needs, besides the blobs, to find what the round's statement must say.</summary>
/// <param name="Genesis">The chain.</param>
/// <param name="Task">The task, whose model spec stands in the genesis document.</param>
/// <param name="TrainingRound">Number of the round.</param>
/// <param name="Seed">The round's seed.</param>
/// <param name="CommonSampleSeed">Seeds the draw of the samples that all evaluate.</param>
/// <param name="PrivateSampleSeed">Seeds the draw of this validator's own samples.</param>
/// <param name="Samples">Common samples.</param>
/// <param name="PrivateSamples">Own samples.</param>
/// <param name="EvaluationSet">Root of the data that both are drawn from.</param>
/// <param name="EvaluationSetSamples">How many samples it has.</param>
/// <param name="Incumbent">The checkpoint to beat.</param>
/// <param name="Candidates">Those that are judged, in the order of the statement.</param>
public sealed record EvaluationJob(
    GenesisHash Genesis,
    Hash256 Task,
    ulong TrainingRound,
    Hash256 Seed,
    Hash256 CommonSampleSeed,
    Hash256 PrivateSampleSeed,
    uint Samples,
    uint PrivateSamples,
    Hash256 EvaluationSet,
    uint EvaluationSetSamples,
    BlobHash Incumbent,
    ImmutableArray<RevealedCandidate> Candidates);
