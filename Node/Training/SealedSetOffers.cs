using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Makes a sealed set of a data set, and the message that offers it.</summary>
internal static class SealedSetOffers
{
    /// <param name="task">What it is for.</param>
    /// <param name="samples">What is sealed.</param>
    /// <param name="classes">Of the task.</param>
    /// <param name="custodians">Their public points.</param>
    /// <param name="threshold">Of them open a sample.</param>
    /// <param name="master">Secret and fresh.</param>
    /// <exception cref="OperatorException">It is out of the bounds of the protocol, a sample is in it twice, or a key is none.</exception>
    public static SealedSet Seal(Hash256 task, Dataset samples, int classes, IReadOnlyList<(Address Address, byte[] Point)> custodians, int threshold, Hash256 master)
    {
        if (samples.Count is < SealedLimits.SamplesMin or > SealedLimits.SamplesMax)
            throw new OperatorException($"samples: {SealedLimits.SamplesMin} to {SealedLimits.SamplesMax} in one set, not {samples.Count.ToString(CultureInfo.InvariantCulture)}");
        if (SealedSetCheck.HashesOf(samples).Count < samples.Count) throw new OperatorException("samples: one is there twice, and validators would not say that they hold the set");
        if (custodians.Count is 0 or > SealedLimits.CustodiansMax || threshold < 1 || threshold > custodians.Count)
            throw new OperatorException($"custodians: 1 to {SealedLimits.CustodiansMax}, and a threshold of 1 to as many");
        if (samples.Classes > classes || samples.Shape.Count > SealedLimits.PixelsMax) throw new OperatorException("samples: they do not fit the model of the task");
        var all = Enumerable.Range(0, samples.Count).Select(i => new byte[] { samples.Label(i) }.Concat(samples.Image(i).ToArray()).ToArray()).ToList();
        return SealedSet.Seal(task, all, classes, custodians, threshold, master) ?? throw new OperatorException("custodians: a public key of 64 bytes, x and y of a point of secp256k1");
    }

    public static SealedSetOffer MessageOf(SealedSet set, BlobManifest blob, Amount bond)
    {
        var offer = new SealedSetOffer
        {
            Task = set.Terms.Task.ToByteString(),
            Blob = blob.Hash.Value.ToByteString(),
            Bytes = (ulong)blob.Length,
            Threshold = (uint)set.Terms.Threshold,
            Bond = bond.ToByteString(),
        };
        offer.Chunks.AddRange(blob.ChunkHashes.Select(hash => hash.ToByteString()));
        offer.Classes.AddRange(set.Terms.Classes);
        offer.Custodians.AddRange(set.Terms.Custodians.Select(seat => new CustodianSeat { Address = seat.Address.ToByteString(), ShareRoot = seat.ShareRoot.ToByteString() }));
        return offer;
    }
}
