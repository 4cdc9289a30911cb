using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>A trained chain with a supplier, three custodians of whom two open a sample, and a sealed set of samples that nobody else has.</summary>
internal sealed class SealedChain
{
    /// <param name="harm">Done to the set before it is offered.</param>
    /// <param name="chain">Null for one that checks nothing but losses.</param>
    /// <param name="samples">That are sealed; null for some of all classes.</param>
    public SealedChain(Action<byte[]>? harm = null, TrainedChain? chain = null, Dataset? samples = null)
    {
        Chain = chain ?? new TrainedChain(generated: true);
        Samples = samples ?? SmallImages.MakeDataset(90, 77);
        var each = Enumerable.Range(0, Samples.Count).Select(i => new byte[] { Samples.Label(i) }.Concat(Samples.Image(i).ToArray()).ToArray()).ToList();
        var made = SealedSet.Seal(Chain.Task, each, 10, [.. Custodians.Select(key => (key.Address, key.PublicKey.Bytes.ToArray()))], 2, Hash256.Sha256([8]))!;
        harm?.Invoke(made.Bytes);
        Assert.True(SealedSet.TryDecode(made.Bytes, out var set));
        Set = set;
        Blob = Chain.Blobs.Put(set.Bytes);
    }

    public TrainedChain Chain { get; }

    public PrivateKey Supplier { get; } = TrainedChain.Key(300);

    public PrivateKey[] Custodians { get; } = [.. Enumerable.Range(301, 3).Select(TrainedChain.Key)];

    public Dataset Samples { get; }

    public SealedSet Set { get; }

    public BlobManifest Blob { get; }

    public SealedSetRecord Record => SealedSets.Get(Chain.State, Chain.Task, 1)!;

    /// <summary>Money for all, then the offer.</summary>
    public void Offer()
    {
        Chain.Step([.. Custodians.Append(Supplier).Select((key, i) => Chain.Pay(new TransactionBody { Transfer = new Transfer { To = key.Address.ToByteString(), Amount = Amount.FromNtk(200).ToByteString() } }, (ulong)i))]);
        Chain.Step(Chain.PayAs(Supplier, new TransactionBody { SealedSetOffer = SealedSetOffers.MessageOf(Set, Blob, Chain.Genesis.Parameters.HoldOuts.SealedBond) }));
    }

    public void Activate()
    {
        Offer();
        Chain.Step([.. Custodians.Select(key => Chain.PayAs(key, new TransactionBody { SealedSetAcceptance = CustodianMessages.Acceptance(Record) }))]);
        Chain.Step([.. Enumerable.Range(0, 3).Select(i => Chain.Message(i, body => body.SealedSetHeld = new SealedSetHeld { Task = Chain.Task.ToByteString(), Set = 1 }))]);
        Assert.Equal(SealedSetStatus.Active, Record.Status);
    }

    /// <summary>These custodians show their shares of what the round in progress drew.</summary>
    public void Show(params int[] custodians)
    {
        Chain.StepTo(TrainingPhase.Release);
        Chain.Step([.. custodians.Select(number => Release(Custodians[number - 1]))]);
    }

    public Transaction Release(PrivateKey custodian)
    {
        var duty = Assert.Single(SealedSets.KeyDuties(Chain.State, custodian.Address));
        var secret = CustodianMessages.SecretOf(Set, duty.Custodian, custodian);
        Assert.NotNull(secret);
        return Chain.PayAs(custodian, new TransactionBody { SealedKeyRelease = CustodianMessages.Release(duty, Set, secret.Value) });
    }

    /// <summary>The samples that judge in a round, from what they were made of: those of the sealed set by their hashes.</summary>
    public Dataset Judging(IReadOnlyList<int> mixed, IReadOnlyList<int> sealedNumbers)
    {
        var byHash = Enumerable.Range(0, Samples.Count).ToDictionary(Samples.SampleHash);
        var (images, labels) = (new List<byte>(), new List<byte>());
        foreach (var number in mixed)
        {
            var (from, at) = number < 0 ? (Samples, byHash[Set.SampleHash(sealedNumbers[~number])]) : (Chain.Evaluation, number);
            images.AddRange(from.Image(at));
            labels.Add(from.Label(at));
        }

        Assert.True(Dataset.TryCreate(Samples.Shape, [.. images], [.. labels], 10, out var dataset, out _));
        return dataset;
    }
}
