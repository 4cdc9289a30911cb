using System.Text.Json.Nodes;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>A world whose first task is judged by a generator, with suppliers and custodians who have money, and a sealed set of real keys.</summary>
internal sealed class HoldOutWorld
{
    public const int Samples = 40;

    public const int Classes = 10;

    private static readonly byte[][] Pictures = MakePictures();

    public HoldOutWorld(TrainingParameters? parameters = null)
    {
        World = new TrainingWorld(parameters, change: task => task with { EvaluationSource = GenesisTask.Generator, Model = JsonNode.Parse("""{"input":[1,4,4]}""")!.AsObject() });
        World.Block([], after: context =>
        {
            foreach (var key in Custodians.Append(Supplier).Append(Other))
            {
                Assert.True(AccountsModule.TryDebit(context.State, World.Trainers[2].Address, Amount.FromNtk(150)));
                AccountsModule.Credit(context.State, key.Address, Amount.FromNtk(150));
            }
        });
        Set = Seal(1, Custodians, 2);
    }

    public TrainingWorld World { get; }

    public PrivateKey Supplier { get; } = TrainingWorld.Key("sealer", 1);

    public PrivateKey Other { get; } = TrainingWorld.Key("sealer", 2);

    public PrivateKey[] Custodians { get; } = [.. Enumerable.Range(1, 3).Select(i => TrainingWorld.Key("custodian", i))];

    public SealedSet Set { get; }

    public Hash256 Task => World.Task;

    public Amount Bond => World.Genesis.Parameters.HoldOuts.SealedBond;

    public SealedSetRecord? Record => SealedSets.Get(World, Task, 1);

    public SealedRoundRecord? Sealed => SealedSets.Round(World, Task);

    public SealedSet Seal(byte master, PrivateKey[] custodians, int threshold, int samples = Samples) =>
        SealedSet.Seal(World.Task, [.. Pictures.Take(samples)], Classes, [.. custodians.Select(key => (key.Address, key.PublicKey.Bytes.ToArray()))], threshold, Hash256.Sha256([50, master]))!;

    public Transaction Offer(Action<SealedSetOffer>? change = null, SealedSet? set = null, PrivateKey? by = null)
    {
        set ??= Set;
        var blob = BlobManifest.Of(set.Bytes);
        var offer = new SealedSetOffer
        {
            Task = TrainingWorld.Bytes(Task),
            Blob = TrainingWorld.Bytes(blob.Hash.Value),
            Bytes = (ulong)blob.Length,
            Threshold = (uint)set.Terms.Threshold,
            Bond = ByteString.CopyFrom(Bond.ToArray()),
        };
        offer.Chunks.AddRange(blob.ChunkHashes.Select(TrainingWorld.Bytes));
        offer.Classes.AddRange(set.Terms.Classes);
        offer.Custodians.AddRange(set.Terms.Custodians.Select(one => new CustodianSeat { Address = ByteString.CopyFrom(one.Address.ToArray()), ShareRoot = TrainingWorld.Bytes(one.ShareRoot) }));
        change?.Invoke(offer);
        return Pay(by ?? Supplier, new TransactionBody { SealedSetOffer = offer });
    }

    public Transaction Accept(PrivateKey custodian, ulong set = 1, Hash256? task = null, Amount? bond = null) =>
        Pay(custodian, new TransactionBody { SealedSetAcceptance = new SealedSetAcceptance { Task = TrainingWorld.Bytes(task ?? Task), Set = set, Bond = ByteString.CopyFrom((bond ?? Bond).ToArray()) } });

    public Transaction End(PrivateKey key, ulong set = 1, Hash256? task = null) =>
        Pay(key, new TransactionBody { SealedSetEnd = new SealedSetEnd { Task = TrainingWorld.Bytes(task ?? Task), Set = set } });

    public Transaction Held(PrivateKey validator, ulong set = 1, Hash256? task = null) =>
        World.Protocol(validator, new TransactionBody { SealedSetHeld = new SealedSetHeld { Task = TrainingWorld.Bytes(task ?? Task), Set = set } });

    /// <summary>What a custodian has to show in the round in progress.</summary>
    public Transaction Release(int custodian, Action<SealedKeyRelease>? change = null, SealedSet? set = null, ulong number = 1)
    {
        set ??= Set;
        var drawn = Sealed!.Parts.Single(part => part.Set == number).Drawn;
        var key = Custodians[custodian - 1];
        var release = SealedRelease.Make(set, custodian, set.SecretOf(custodian, key)!.Value, drawn);
        var message = new SealedKeyRelease
        {
            Task = TrainingWorld.Bytes(Task),
            TrainingRound = World.TaskRecord.NextRound,
            Set = number,
            Shares = Joined(release.Shares),
            Beside = Joined(release.Beside),
        };
        change?.Invoke(message);
        return Pay(key, new TransactionBody { SealedKeyRelease = message });
    }

    /// <summary>Offered, accepted by all and held by three of four.</summary>
    public HoldOutWorld Activate(SealedSet? set = null, PrivateKey? by = null)
    {
        World.Take(Offer(set: set, by: by));
        var number = SealedSets.All(World, Task).Last().Number;
        World.Take([.. Custodians.Select(key => Accept(key, number)), .. World.Keys.Take(3).Select(key => Held(key, number))]);
        Assert.Equal(SealedSetStatus.Active, SealedSets.Get(World, Task, number)!.Status);
        return this;
    }

    /// <summary>Up to the window in which keys are shown, with candidates that are available.</summary>
    public HoldOutWorld RunToRelease(params TestCandidate[] candidates)
    {
        RunToSeed(candidates);
        World.Take([.. Enumerable.Range(0, 4).Select(World.Share)]);
        World.RunTo(TrainingPhase.Release);
        return this;
    }

    public HoldOutWorld RunToSeed(params TestCandidate[] candidates)
    {
        if (candidates.Length == 0) candidates = [TestCandidate.Make(World, 1, gain: 10)];
        if (TrainingQueries.SeedChains(World, World.Keys[0].Address) is null) World.RegisterChains();
        World.Take([.. candidates.Select(World.Commit)]);
        World.RunTo(TrainingPhase.Reveal);
        World.Take([.. candidates.Select(World.Reveal)]);
        World.RunTo(TrainingPhase.Availability);
        World.Take([.. Enumerable.Range(0, 4).Select(i => World.Vote(i, (1u << candidates.Length) - 1))]);
        World.RunTo(TrainingPhase.Seed);
        return this;
    }

    public static Transaction Signed(TrainingWorld world, PrivateKey key, TransactionBody body)
    {
        body.Genesis = TrainingWorld.Bytes(world.Hash.Value);
        body.Fee = ByteString.CopyFrom(world.Genesis.Parameters.FeeMin.ToArray());
        return Transaction.Sign(body, key);
    }

    private Transaction Pay(PrivateKey key, TransactionBody body) => Signed(World, key, body);

    private static ByteString Joined(Hash256[] hashes) => ByteString.CopyFrom([.. hashes.SelectMany(hash => hash.ToArray())]);

    private static byte[][] MakePictures()
    {
        var stream = new SeededStream(51);
        var pictures = new byte[Samples][];
        for (var i = 0; i < Samples; i++)
        {
            pictures[i] = new byte[17];
            stream.Fill(pictures[i]);
            pictures[i][0] = (byte)(i % Classes);
        }

        return pictures;
    }
}
