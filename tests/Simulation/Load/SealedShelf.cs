using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// The sealed sets of a run: made by one supplier for custodians of whom all, or all but one, open a sample; of some the bytes are not to be had at some nodes, and
/// in some a sample of an earlier set stands again. What was sealed is remembered, so that checkers know it without any key.
/// </summary>
/// <param name="task">What the sets are for.</param>
/// <param name="supplier">Who seals and offers.</param>
/// <param name="custodians">Who may have a seat: the first two, or all three.</param>
public sealed class SealedShelf(Hash256 task, PrivateKey supplier, IReadOnlyList<PrivateKey> custodians)
{
    /// <summary>Of a sample.</summary>
    public static readonly Shape Shape = new(1, 2, 3);

    private const int Classes = 10;

    // So few that some sets are used up within a run.
    private const int Samples = SealedLimits.SamplesMin;

    private readonly Dictionary<BlobHash, (SealedSet Set, uint MissingAt)> _sets = [];
    private readonly Dictionary<Hash256, byte[]> _contents = [];
    private byte[]? _earlier;

    public Hash256 Task => task;

    public PrivateKey Supplier => supplier;

    public IReadOnlyList<PrivateKey> Custodians => custodians;

    /// <summary>A new set, here from now on, and the message that offers it.</summary>
    public SealedSetOffer Make(Amount bond, SeededStream draw)
    {
        var (images, labels) = (new byte[Samples * Shape.Count], new byte[Samples]);
        draw.Fill(images);
        draw.Fill(labels);
        foreach (ref var label in labels.AsSpan()) label %= Classes;
        if (_earlier is { } earlier && draw.NextChance(1, 8))
        {
            labels[0] = earlier[0];
            earlier.AsSpan(1).CopyTo(images);
        }

        var isMade = Dataset.TryCreate(Shape, images, labels, Classes, out var samples, out _);
        Invariant.Check(isMade, "samples of one shape with labels below ten are a data set");
        for (var i = 0; i < Samples; i++) _contents[samples!.SampleHash(i)] = _earlier = [samples.Label(i), .. samples.Image(i)];
        var seats = custodians.Take(2 + (int)draw.NextBelow(2)).Select(key => (key.Address, key.PublicKey.Bytes.ToArray())).ToList();
        var set = SealedSetOffers.Seal(task, samples!, Classes, seats, seats.Count - (int)draw.NextBelow(2), draw.NextHash());
        var blob = BlobManifest.Of(set.Bytes);
        _sets.Add(blob.Hash, (set, draw.NextChance(7, 8) ? 0 : (uint)draw.NextBelow(1UL << 32)));
        return SealedSetOffers.MessageOf(set, blob, bond);
    }

    /// <summary>The bytes of a set at the node of that number; null where it cannot get them.</summary>
    public byte[]? Read(BlobHash blob, int node) => _sets.TryGetValue(blob, out var kept) && (kept.MissingAt >> (node % 32) & 1) == 0 ? kept.Set.Bytes : null;

    /// <summary>What judges in a round that has its seed, as it was sealed: by set and number, with label and pixels.</summary>
    /// <param name="state">One in which the keys are there, or were not shown in time.</param>
    public IReadOnlyList<(BlobHash Set, int Sample, byte[] Content)> Judging(LedgerState state)
    {
        if (SealedSets.Round(state, task) is not { IsVoided: false } round) return [];
        return
        [
            .. from part in round.Parts
               where part.IsOpen
               let blob = SealedSets.Get(state, task, part.Set)!.Blob
               from sample in part.Drawn
               select (blob, sample, _contents[_sets[blob].Set.SampleHash(sample)]),
        ];
    }
}
