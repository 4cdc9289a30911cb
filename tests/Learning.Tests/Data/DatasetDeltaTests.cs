using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

/// <summary>A delta takes samples out and puts samples in, the same everywhere, or says why not.</summary>
public sealed class DatasetDeltaTests
{
    private static readonly Dataset Set = Make(20, 1);

    [Fact]
    public void WhatGoesIsGoneAndWhatComesStandsAtTheEnd()
    {
        var adds = Make(3, 2);
        var result = Applied(DatasetDelta.Between(Set, [0, 7, 19], adds), Set);
        Assert.Equal(20, result.Count);
        var kept = Enumerable.Range(0, 20).Except([0, 7, 19]).Select(Set.SampleHash);
        Assert.Equal([.. kept, .. Enumerable.Range(0, 3).Select(adds.SampleHash).Order()], Enumerable.Range(0, 20).Select(result.SampleHash));
    }

    [Fact]
    public void AVersionChainIsMadeAgainFromItsBytes()
    {
        var (set, blobs) = (Set, new List<byte[]>());
        for (byte i = 0; i < 5; i++)
        {
            var delta = DatasetDelta.Between(set, [i], Make(2, (byte)(10 + i)));
            blobs.Add(delta.Encode());
            set = Applied(delta, set);
        }

        var again = Set;
        foreach (var blob in blobs)
        {
            Assert.True(DatasetDelta.TryDecode(blob, out var delta, out var error), error.ToString());
            again = Applied(delta, again);
        }

        Assert.Equal((set.Root, 25), (again.Root, again.Count));
    }

    [Fact]
    public void WhatDoesNotFitIsRefusedByName()
    {
        var other = Make(20, 3);
        Assert.Equal(DatasetDeltaError.OtherBase, ErrorOf(DatasetDelta.Between(Set, [1], null), other));
        Assert.Equal(DatasetDeltaError.SampleRepeated, ErrorOf(DatasetDelta.Between(Set, [], Set), Set));
        Assert.Equal(DatasetDeltaError.TooLarge, ErrorOf(DatasetDelta.Between(Set, Enumerable.Range(0, 20), null), Set));
        var bytes = DatasetDelta.Between(Set, [1], null).Encode();
        bytes[40] ^= 1; // in the hash of what goes
        Assert.True(DatasetDelta.TryDecode(bytes, out var unknown, out _));
        Assert.Equal(DatasetDeltaError.UnknownSample, ErrorOf(unknown, Set));
    }

    [Fact]
    public void ASampleNamedTwiceIsNoDelta()
    {
        var bytes = DatasetDelta.Between(Set, [1, 2], null).Encode();
        bytes.AsSpan(36, 32).CopyTo(bytes.AsSpan(68));
        Assert.False(DatasetDelta.TryDecode(bytes, out _, out var error));
        Assert.Equal(DatasetDeltaError.NotAscending, error);
    }

    private static Dataset Applied(DatasetDelta delta, Dataset set)
    {
        Assert.True(delta.TryApply(set, out var result, out var error), error.ToString());
        return result;
    }

    private static DatasetDeltaError ErrorOf(DatasetDelta delta, Dataset set)
    {
        Assert.False(delta.TryApply(set, out _, out var error));
        return error;
    }

    private static Dataset Make(int count, byte seed)
    {
        var stream = new SeededStream(Hash256.Sha256([seed]));
        var (images, labels) = (new byte[count * 9], new byte[count]);
        stream.Fill(images);
        for (var i = 0; i < count; i++) labels[i] = (byte)stream.NextBelow(4);
        Assert.True(Dataset.TryCreate(new Shape(1, 3, 3), images, labels, 4, out var dataset, out _));
        return dataset;
    }
}
