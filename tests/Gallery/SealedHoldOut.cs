using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Gallery;

/// <summary>A sealed set in a world: offered by the fourth trainer, its shares with the last two validators, either of whom opens a sample where it takes one.</summary>
internal sealed class SealedHoldOut
{
    private readonly World _world;
    private readonly SealedSet _set;
    private readonly PrivateKey[] _custodians;

    public SealedHoldOut(World world, Dataset samples, int threshold)
    {
        _world = world;
        _custodians = world.Validators[^2..];
        _set = SealedSetOffers.Seal(
            world.Task, samples, Pictures.Classes, [.. _custodians.Select(key => (key.Address, key.PublicKey.Bytes.ToArray()))], threshold, Hash256.Sha256("a supplier's secret"u8));
        world.Keep(_set);
        world.Step(world.Pay(World.Trainers[3], 0, body => body.SealedSetOffer = SealedSetOffers.MessageOf(_set, BlobManifest.Of(_set.Bytes), world.Genesis.Parameters.HoldOuts.SealedBond)));
        world.Step([.. _custodians.Select(key => world.Pay(key, 0, body => body.SealedSetAcceptance = CustodianMessages.Acceptance(Record)))]);
        world.Step([.. Enumerable.Range(0, (world.Validators.Length * 2 / 3) + 1).Select(i => world.Protocol(i, body => body.SealedSetHeld = new SealedSetHeld { Task = world.Task.ToByteString(), Set = 1 }))]);
        Invariant.Check(Record.Status == SealedSetStatus.Active, "a set that all accept and hold is drawn from");
    }

    public SealedSetRecord Record => SealedSets.Get(_world.State, _world.Task, 1)!;

    public SealedSet Set => _set;

    /// <summary>What these custodians have to show in the round in progress.</summary>
    public IEnumerable<Transaction> Release(World world, params int[] custodians)
    {
        foreach (var number in custodians)
        {
            var key = _custodians[number - 1];
            var duty = SealedSets.KeyDuties(world.State, key.Address).Single();
            var secret = CustodianMessages.SecretOf(_set, number, key)!.Value;
            yield return world.Pay(key, 0, body =>
            {
                body.SealedKeyRelease = CustodianMessages.Release(duty, _set, secret);
                body.Fee = (world.Genesis.Parameters.FeeMin * 200).ToByteString(); // shares and paths are many bytes
            });
        }
    }
}
