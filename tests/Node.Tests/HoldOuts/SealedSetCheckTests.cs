using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>What a validator finds in a set that is offered, before it says that it holds it.</summary>
public sealed class SealedSetCheckTests
{
    private readonly SealedChain _world = new();

    private TrainedChain Chain => _world.Chain;

    [Fact]
    public async Task ASetThatIsAsItSaysIsHeld() => Assert.Equal(DeltaState.Held, await OfferedAsync(_world.Set));

    [Fact]
    public async Task ASampleThatIsThereTwiceIsRefused()
    {
        var twice = Sealed([.. Samples(0, 30), Samples(0, 30)[4]], 1);
        Assert.Equal(DeltaState.Wrong, await OfferedAsync(twice));
    }

    [Fact]
    public async Task ASampleOfTheTrainingSetIsRefused()
    {
        byte[] known = [Chain.Training.Label(7), .. Chain.Training.Image(7)];
        Assert.Equal(DeltaState.Wrong, await OfferedAsync(Sealed([.. Samples(0, 30), known], 1)));
    }

    [Fact]
    public async Task ASampleOfAnotherSetIsRefusedInTheLaterOne()
    {
        Assert.Equal(DeltaState.Held, await OfferedAsync(_world.Set));
        Chain.Step(Chain.Pay(new TransactionBody { Transfer = new Transfer { To = _world.Custodians[0].Address.ToByteString(), Amount = Amount.FromNtk(1).ToByteString() } }, 0));
        Assert.Equal(DeltaState.Wrong, await OfferedAsync(Sealed([.. Samples(60, 20)], 2, [_world.Supplier]), _world.Custodians[0]));
        Assert.Equal(DeltaState.Held, (await CheckAsync(1)).State);
    }

    [Fact]
    public async Task WhatIsNotHereIsNotSaid()
    {
        await OfferedAsync(_world.Set);
        Assert.Equal(DeltaState.Missing, (await CheckAsync(1, _ => null)).State);
        Assert.Equal(DeltaState.Missing, (await CheckAsync(1, training: null)).State);
    }

    [Fact]
    public async Task ABlobThatSaysSomethingElseIsRefused()
    {
        await OfferedAsync(_world.Set);
        var other = Sealed([.. Samples(0, 30)], 3);
        Assert.Equal(DeltaState.Wrong, (await CheckAsync(1, _ => other.Bytes)).State);
        Assert.Equal(DeltaState.Wrong, (await CheckAsync(1, _ => [1, 2, 3])).State);
    }

    private IEnumerable<byte[]> Enumerate(int from, int count) => Enumerable.Range(from, count).Select(i => new byte[] { _world.Samples.Label(i) }.Concat(_world.Samples.Image(i).ToArray()).ToArray());

    private byte[][] Samples(int from, int count) => [.. Enumerate(from, count)];

    private SealedSet Sealed(IReadOnlyList<byte[]> samples, byte master, PrivateKey[]? custodians = null) => SealedSet.Seal(
        Chain.Task, samples, 10, [.. (custodians ?? _world.Custodians).Select(key => (key.Address, key.PublicKey.Bytes.ToArray()))], 1, Hash256.Sha256([60, master]))!;

    private async Task<DeltaState> OfferedAsync(SealedSet set, PrivateKey? by = null)
    {
        var number = (ulong)SealedSets.All(Chain.State, Chain.Task).Count() + 1;
        if (number == 1 && AccountsModule.Get(Chain.State, _world.Supplier.Address).Balance.IsZero)
            Chain.Step([.. _world.Custodians.Append(_world.Supplier).Select((key, i) => Chain.Pay(new TransactionBody { Transfer = new Transfer { To = key.Address.ToByteString(), Amount = Amount.FromNtk(200).ToByteString() } }, (ulong)i))]);
        var blob = Chain.Blobs.Put(set.Bytes);
        Chain.Step(Chain.PayAs(by ?? _world.Supplier, new TransactionBody { SealedSetOffer = SealedSetOffers.MessageOf(set, blob, Chain.Genesis.Parameters.HoldOuts.SealedBond) }));
        return (await CheckAsync(number)).State;
    }

    private Task<(DeltaState State, string Why)> CheckAsync(ulong number, Func<BlobHash, byte[]?>? read = null) => CheckAsync(number, read, SealedSetCheck.HashesOf(Chain.Training));

    private Task<(DeltaState State, string Why)> CheckAsync(ulong number, IReadOnlySet<Hash256>? training) => CheckAsync(number, null, training);

    private Task<(DeltaState State, string Why)> CheckAsync(ulong number, Func<BlobHash, byte[]?>? read, IReadOnlySet<Hash256>? training) =>
        new SealedSetCheck(read ?? Chain.Blobs.Read, (_, _, _) => Task.FromResult(training)).RunAsync(SealedSets.Get(Chain.State, Chain.Task, number)!, Chain.State, TestContext.Current.CancellationToken);
}
