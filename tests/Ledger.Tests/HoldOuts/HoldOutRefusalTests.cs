using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Every reason why a message about a sealed hold-out does nothing, provoked once and exactly.</summary>
public sealed class HoldOutRefusalTests
{
    private static readonly Hash256 Stranger = Hash256.Sha256([99]);

    private static readonly Dictionary<string, (TransactionRejection Reason, Func<HoldOutWorld, Transaction> Make)> Cases = new()
    {
        ["an offer"] = (TransactionRejection.None, w => w.Offer()),
        ["an offer for no task"] = (TransactionRejection.HoldOutUnknownTask, w => w.Offer(m => m.Task = TrainingWorld.Bytes(Stranger))),
        ["an offer for a task with a public hold-out"] = (TransactionRejection.GeneratorWanted, w => w.Offer(m => m.Task = TrainingWorld.Bytes(w.World.OtherTask))),
        ["fewer classes"] = (TransactionRejection.SealedTermsWrong, w => w.Offer(m => m.Classes.RemoveAt(0))),
        ["no samples"] = (TransactionRejection.SealedTermsWrong, w => w.Offer(m => SetClasses(m, 0))),
        ["too many samples"] = (TransactionRejection.SealedTermsWrong, w => w.Offer(m => SetClasses(m, 410))),
        ["counts that wrap"] = (TransactionRejection.SealedTermsWrong, w => w.Offer(m => SetClasses(m, uint.MaxValue))),
        ["no custodians"] = (TransactionRejection.SealedTermsWrong, w => w.Offer(m => m.Custodians.Clear())),
        ["a threshold of none"] = (TransactionRejection.SealedTermsWrong, w => w.Offer(m => m.Threshold = 0)),
        ["a threshold above all"] = (TransactionRejection.SealedTermsWrong, w => w.Offer(m => m.Threshold = 4)),
        ["a threshold that wraps"] = (TransactionRejection.SealedTermsWrong, w => w.Offer(m => m.Threshold = uint.MaxValue)),
        ["another length"] = (TransactionRejection.SealedBlobMalformed, w => w.Offer(m => m.Bytes++)),
        ["another chunk"] = (TransactionRejection.SealedBlobMalformed, w => w.Offer(m => m.Chunks[0] = TrainingWorld.Bytes(Stranger))),
        ["a chunk too many"] = (TransactionRejection.SealedBlobMalformed, w => w.Offer(m => m.Chunks.Add(m.Chunks[0]))),
        ["a custodian twice"] = (TransactionRejection.CustodiansWrong, w => w.Offer(m => m.Custodians[1] = m.Custodians[0])),
        ["the supplier as custodian"] = (TransactionRejection.CustodiansWrong, w => w.Offer(m => m.Custodians[1].Address = ByteString.CopyFrom(w.Supplier.Address.ToArray()))),
        ["less of a bond"] = (TransactionRejection.SealedBondWrong, w => w.Offer(m => m.Bond = ByteString.CopyFrom((w.Bond - new Amount(1)).ToArray()))),
        ["more of a bond"] = (TransactionRejection.SealedBondWrong, w => w.Offer(m => m.Bond = ByteString.CopyFrom((w.Bond + new Amount(1)).ToArray()))),
        ["the same set"] = (TransactionRejection.SealedSetRepeated, w => After(w, w.Offer()).Offer(by: w.Other)),
        ["a set that has ended"] = (TransactionRejection.SealedSetRepeated, w => After(w, w.Offer(), w.End(w.Supplier)).Offer()),
        ["a ninth set"] = (TransactionRejection.SealedSetsFull, w => Full(w).Offer()),
        ["an offer without money"] = (TransactionRejection.BalanceTooLow, w => w.Offer(by: w.World.Keys[0])),

        ["an acceptance"] = (TransactionRejection.None, w => After(w, w.Offer()).Accept(w.Custodians[0])),
        ["an acceptance for no task"] = (TransactionRejection.HoldOutUnknownTask, w => w.Accept(w.Custodians[0], task: Stranger)),
        ["an acceptance of nothing"] = (TransactionRejection.SealedSetNotOpen, w => w.Accept(w.Custodians[0])),
        ["an acceptance of what is in use"] = (TransactionRejection.SealedSetNotOpen, w => w.Activate().Accept(w.Custodians[0])),
        ["an acceptance of what has ended"] = (TransactionRejection.SealedSetNotOpen, w => After(w, w.Offer(), w.End(w.Supplier)).Accept(w.Custodians[0])),
        ["a stranger's acceptance"] = (TransactionRejection.NotOfThisSet, w => After(w, w.Offer()).Accept(w.Other)),
        ["an acceptance with another bond"] = (TransactionRejection.SealedBondWrong, w => After(w, w.Offer()).Accept(w.Custodians[0], bond: Amount.FromNtk(99))),
        ["a second acceptance"] = (TransactionRejection.NotOfThisSet, w => After(w, w.Offer(), w.Accept(w.Custodians[0])).Accept(w.Custodians[0])),

        ["a word"] = (TransactionRejection.None, w => After(w, w.Offer()).Held(w.World.Keys[0])),
        ["a stranger's word"] = (TransactionRejection.NotAValidator, w => After(w, w.Offer()).Held(w.Other)),
        ["a jailed validator's word"] = (TransactionRejection.Jailed, w => Jailed(After(w, w.Offer())).Held(w.World.Keys[0])),
        ["a word for no task"] = (TransactionRejection.UnknownTask, w => w.Held(w.World.Keys[0], task: Stranger)),
        ["a word for nothing"] = (TransactionRejection.UnknownSealedSet, w => w.Held(w.World.Keys[0])),
        ["a word for what is in use"] = (TransactionRejection.UnknownSealedSet, w => w.Activate().Held(w.World.Keys[3])),
        ["a second word"] = (TransactionRejection.AlreadySent, w => After(w, w.Offer(), w.Held(w.World.Keys[0])).Held(w.World.Keys[0])),

        ["an end"] = (TransactionRejection.None, w => w.Activate().End(w.Custodians[0])),
        ["an end for no task"] = (TransactionRejection.HoldOutUnknownTask, w => w.End(w.Supplier, task: Stranger)),
        ["an end of nothing"] = (TransactionRejection.SealedSetNotOpen, w => w.End(w.Supplier)),
        ["a stranger's end"] = (TransactionRejection.NotOfThisSet, w => w.Activate().End(w.Other)),
        ["an end in a round that draws from it"] = (TransactionRejection.SealedSetInUse, w => w.Activate().RunToSeed().End(w.Supplier)),
        ["an end in a round that does not draw from it"] = (TransactionRejection.None, w => After(Committed(w), w.Offer()).End(w.Supplier)),

        ["keys"] = (TransactionRejection.None, w => w.Activate().RunToRelease().Release(1)),
        ["keys for no task"] = (TransactionRejection.HoldOutUnknownTask, w => w.Activate().RunToRelease().Release(1, m => m.Task = TrainingWorld.Bytes(Stranger))),
        ["keys for another round"] = (TransactionRejection.TrainingWrongRound, w => w.Activate().RunToRelease().Release(1, m => m.TrainingRound++)),
        ["keys before the draw"] = (TransactionRejection.KeysNotAsked, w => w.Activate().RunToSeed().Release(1)),
        ["keys of another set"] = (TransactionRejection.KeysNotAsked, w => w.Activate().RunToRelease().Release(1, m => m.Set = 2)),
        ["keys by a stranger"] = (TransactionRejection.NotOfThisSet, w => SignedBy(w, w.Activate().RunToRelease().Release(1), w.Other)),
        ["keys again"] = (TransactionRejection.KeysShownAlready, w => After(w.Activate().RunToRelease(), w.Release(1)).Release(1)),
        ["wrong keys"] = (TransactionRejection.KeysWrong, w => w.Activate().RunToRelease().Release(1, m => m.Shares = ByteString.CopyFrom(new byte[m.Shares.Length]))),
        ["another's keys"] = (TransactionRejection.KeysWrong, w => SignedBy(w, w.Activate().RunToRelease().Release(1), w.Custodians[1])),
        ["fewer keys"] = (TransactionRejection.KeysWrong, w => w.Activate().RunToRelease().Release(1, m => m.Shares = ByteString.CopyFrom(m.Shares.Span[32..]))),
        ["no keys"] = (TransactionRejection.KeysWrong, w => w.Activate().RunToRelease().Release(1, m => (m.Shares, m.Beside) = (ByteString.Empty, ByteString.Empty))),

        ["a supplier's candidate"] = (TransactionRejection.SealedConflict, w => After(w, w.Offer()).World.Commit(TestCandidate.Make(w.World, 1) with { Trainer = w.Supplier })),
        ["a custodian's candidate"] = (TransactionRejection.SealedConflict, w => After(w, w.Offer(), w.Accept(w.Custodians[0])).World.Commit(TestCandidate.Make(w.World, 1) with { Trainer = w.Custodians[0] })),
        ["a candidate of who was merely named"] = (TransactionRejection.None, w => After(w, w.Offer()).World.Commit(TestCandidate.Make(w.World, 1) with { Trainer = w.Custodians[0] })),
        ["a candidate that a supplier would produce for"] = (TransactionRejection.SealedConflict, w => After(w, Funded(w).Offer(by: w.World.Keys[0])).World.Commit(TestCandidate.Make(w.World, 1))),
        ["a candidate of who supplied what has ended"] = (TransactionRejection.None, w => After(w, w.Offer(), w.End(w.Supplier)).World.Commit(TestCandidate.Make(w.World, 1) with { Trainer = w.Supplier })),
    };

    public static TheoryData<string> All => [.. Cases.Keys];

    internal static IEnumerable<TransactionRejection> Reasons => Cases.Values.Select(one => one.Reason);

    [Theory]
    [MemberData(nameof(All))]
    public void ItIsAnsweredExactly(string what)
    {
        var world = new HoldOutWorld();
        var (reason, make) = Cases[what];
        var transaction = make(world);
        Assert.Equal(reason, world.World.One(transaction));
    }

    private static HoldOutWorld After(HoldOutWorld world, params Transaction[] transactions)
    {
        world.World.Take(transactions);
        return world;
    }

    // One sample more in each of ten classes, or so many.
    private static void SetClasses(Types.V1.SealedSetOffer offer, uint each)
    {
        for (var i = 0; i < offer.Classes.Count; i++) offer.Classes[i] = each;
    }

    // Each of eight suppliers has one.
    private static HoldOutWorld Full(HoldOutWorld world)
    {
        for (byte i = 0; i < SealedLimits.SetsMax; i++)
        {
            var rich = TrainingWorld.Key("eighth", i);
            world.World.Block([], after: context =>
            {
                Assert.True(AccountsModule.TryDebit(context.State, world.World.Trainers[i % 2].Address, world.Bond));
                AccountsModule.Credit(context.State, rich.Address, world.Bond);
            });
            world.World.Take(world.Offer(set: world.Seal((byte)(10 + i), world.Custodians, 2), by: rich));
        }

        return world;
    }

    private static HoldOutWorld Jailed(HoldOutWorld world)
    {
        world.World.Jail(0);
        return world;
    }

    private static HoldOutWorld Committed(HoldOutWorld world) => After(world, world.World.Commit(TestCandidate.Make(world.World, 1)));

    private static HoldOutWorld Funded(HoldOutWorld world)
    {
        world.World.Block([], after: context =>
        {
            Assert.True(AccountsModule.TryDebit(context.State, world.World.Trainers[0].Address, world.Bond));
            AccountsModule.Credit(context.State, world.World.Keys[0].Address, world.Bond);
        });
        return world;
    }

    private static Transaction SignedBy(HoldOutWorld world, Transaction transaction, PrivateKey key) => HoldOutWorld.Signed(world.World, key, transaction.Body.Clone());
}
