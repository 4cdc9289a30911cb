using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>Samples of sealed sets that were opened for a round, each by its set and number there: label and pixels.</summary>
internal sealed record SealedSamples(int Pixels, ImmutableArray<byte[]> Samples, ImmutableArray<(BlobHash Set, int Sample)> Names)
{
    public static readonly SealedSamples None = new(0, [], []);

    public int Count => Samples.Length;

    /// <summary>The blobs of the sets that judge in the round in progress.</summary>
    public static IEnumerable<BlobHash> Blobs(IStateReader state, Hash256 task) => SealedSets.Judging(state, task).Select(opened => opened.Set.Blob);

    /// <summary>
    /// Opens what judges in the round in progress. A sample that its key does not open counts for nobody: everybody finds the same ones, and takes others in
    /// their place.
    /// </summary>
    /// <param name="state">One in which the round's keys are there.</param>
    /// <param name="task">Whose round.</param>
    /// <param name="read">The bytes of a blob that is here.</param>
    public static SealedSamples Of(IStateReader state, Hash256 task, Func<BlobHash, byte[]?> read)
    {
        var (samples, names) = (ImmutableArray.CreateBuilder<byte[]>(), ImmutableArray.CreateBuilder<(BlobHash, int)>());
        var pixels = 0;
        foreach (var (set, keys) in SealedSets.Judging(state, task))
        {
            // Validators have compared both before they said that they hold it; where they lied, no sample of it counts.
            if (!SealedSet.TryDecode(read(set.Blob), out var blob) || !blob.Terms.Equals(set.Terms)) continue;
            pixels = (int)set.Terms.Pixels;
            foreach (var (sample, key) in keys)
            {
                if (blob.Open(sample, key) is not { } opened) continue;
                samples.Add(opened);
                names.Add((set.Blob, sample));
            }
        }

        return new SealedSamples(pixels, samples.ToImmutable(), names.ToImmutable());
    }
}
