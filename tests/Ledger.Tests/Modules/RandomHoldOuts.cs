using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// A supplier and custodians who seal, accept and show keys amid all else, right for the most part: so that sets are drawn from, used up and ended, and
/// keys are now and then withheld.
/// </summary>
/// <param name="chain">The chain.</param>
/// <param name="stream">Decides.</param>
/// <param name="pay">Signs a message that pays.</param>
internal sealed class RandomHoldOuts(LedgerFixture chain, SeededStream stream, Func<PrivateKey, TransactionBody, Transaction> pay)
{
    public const int Pixels = 6;

    private const int Samples = 20;

    // In each of so many rounds one is judged without its sealed part.
    private const ulong RoundsToWithheld = 9;

    private readonly List<SealedSet> _sets = [];

    public static PrivateKey Supplier { get; } = LedgerFixture.Key(61);

    public static PrivateKey[] Custodians { get; } = [.. Enumerable.Range(62, 3).Select(LedgerFixture.Key)];

    private Hash256 Id => chain.Genesis.Tasks[0].Id;

    private ByteString Task => TrainingWorld.Bytes(stream.NextChance(1, 30) ? stream.NextHash() : Id);

    /// <summary>What the players send into the next block.</summary>
    public IEnumerable<Transaction> Next()
    {
        var live = SealedSets.Live(chain.State, Id).ToList();
        if (live.Count < 2 && stream.NextChance(1, 4)) yield return Offer();
        foreach (var set in live)
        {
            if (set.Status == SealedSetStatus.Offered)
            {
                foreach (var custodian in Custodians)
                    if (stream.NextChance(1, 2))
                        yield return pay(custodian, new TransactionBody { SealedSetAcceptance = new SealedSetAcceptance { Task = Task, Set = set.Number, Bond = LedgerFixture.Bytes(set.Bond) } });
                foreach (var (address, _) in chain.Members.Validators)
                    if (stream.NextChance(2, 3))
                        yield return chain.Protocol(chain.KeyOf(address), new TransactionBody { SealedSetHeld = new SealedSetHeld { Task = Task, Set = set.Number } });
            }
            else if (stream.NextChance(1, 40))
            {
                yield return pay(stream.NextChance(1, 2) ? Supplier : Custodians[0], new TransactionBody { SealedSetEnd = new SealedSetEnd { Task = Task, Set = set.Number } });
            }
        }

        for (var i = 0; i < Custodians.Length; i++)
            foreach (var duty in SealedSets.KeyDuties(chain.State, Custodians[i].Address))
                if (duty.TrainingRound % RoundsToWithheld != 0 && stream.NextChance(1, 2))
                    yield return Release(Custodians[i], duty);
    }

    private Transaction Offer()
    {
        if (_sets.Count == 0 || stream.NextChance(7, 8)) _sets.Add(Seal());
        var set = _sets[^1];
        var blob = BlobManifest.Of(set.Bytes);
        var offer = new SealedSetOffer
        {
            Task = Task,
            Blob = TrainingWorld.Bytes(blob.Hash.Value),
            Bytes = (ulong)blob.Length,
            Chunks = { TrainingWorld.Bytes(blob.ChunkHashes[0]) },
            Threshold = (uint)set.Terms.Threshold + (stream.NextChance(1, 10) ? 4u : 0),
            Bond = LedgerFixture.Bytes(chain.State.Parameters.HoldOuts.SealedBond),
        };
        offer.Classes.AddRange(set.Terms.Classes);
        offer.Custodians.AddRange(set.Terms.Custodians.Select(seat => new CustodianSeat { Address = LedgerFixture.Bytes(seat.Address), ShareRoot = TrainingWorld.Bytes(seat.ShareRoot) }));
        return pay(Supplier, new TransactionBody { SealedSetOffer = offer });
    }

    private SealedSet Seal()
    {
        var samples = new List<byte[]>();
        for (var i = 0; i < Samples; i++)
        {
            var sample = new byte[1 + Pixels];
            stream.Fill(sample);
            sample[0] %= 10;
            samples.Add(sample);
        }

        var threshold = 1 + (int)stream.NextBelow((ulong)Custodians.Length);
        return SealedSet.Seal(Id, samples, 10, [.. Custodians.Select(key => (key.Address, key.PublicKey.Bytes.ToArray()))], threshold, stream.NextHash())!;
    }

    private Transaction Release(PrivateKey custodian, KeyDuty duty)
    {
        var set = _sets.Single(one => BlobManifest.Of(one.Bytes).Hash == duty.Set.Blob);
        var release = SealedRelease.Make(set, duty.Custodian, set.SecretOf(duty.Custodian, custodian)!.Value, duty.Drawn);
        if (stream.NextChance(1, 10)) release.Shares[0] = stream.NextHash();
        return pay(custodian, new TransactionBody
        {
            SealedKeyRelease = new SealedKeyRelease
            {
                Task = Task,
                TrainingRound = duty.TrainingRound,
                Set = duty.Set.Number,
                Shares = Joined(release.Shares),
                Beside = Joined(release.Beside),
            },
        });
    }

    private static ByteString Joined(Hash256[] hashes) => ByteString.CopyFrom([.. hashes.SelectMany(hash => hash.ToArray())]);
}
