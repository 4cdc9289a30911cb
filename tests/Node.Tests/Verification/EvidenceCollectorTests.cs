using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

public sealed class EvidenceCollectorTests
{
    private static readonly GenesisHash Genesis = new(Hash256.Sha256([1]));
    private static readonly Hash256 Task = Hash256.Sha256([2]);
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(1, 3).Select(TrainedChain.Key).OrderBy(key => key.Address)];

    // Nobody has changed its key.
    private static readonly LedgerState NoChange = new TrainedChain().State;

    private readonly EvidenceCollector _collector = new();

    [Fact]
    public void TheSeedFollowsFromTheSharesWhateverTheirOrderInTheBlocks()
    {
        _collector.Add([Share(2), Share(1)]);
        _collector.Add([Share(0)]);
        var seed = TrainingSeed.Of(Genesis, Task, 1, [ShareOf(0), ShareOf(1), ShareOf(2)]);
        Assert.Null(_collector.CloseSeed(NoChange, Genesis, Round(seed), Height.First));
        Assert.Equal(seed, _collector.Take(Task, 1).Seed);
    }

    /// <summary>The order is that of what stays of a validator: the last key here is a later one of a validator whose first was the least.</summary>
    [Fact]
    public void SharesStandByTheIdentitiesOfThoseWhoOpenedThem()
    {
        var changed = new StateOverlay(NoChange);
        changed.Set(StateKey.Of(StateModule.Validators, 8, Keys[2].Address), new ByteWriter().Address(Address.Zero).Height(Height.Genesis).ToArray());
        _collector.Add([Share(0), Share(1), Share(2)]);
        var seed = TrainingSeed.Of(Genesis, Task, 1, [ShareOf(2), ShareOf(0), ShareOf(1)]);
        Assert.Null(_collector.CloseSeed(changed, Genesis, Round(seed), Height.First));
    }

    [Fact]
    public void ASeedThatTheSharesDoNotGiveIsFound()
    {
        _collector.Add([Share(0), Share(1)]);
        var finding = _collector.CloseSeed(NoChange, Genesis, Round(Task), new Height(7));
        Assert.Equal((FindingKind.SeedDiffers, new Height(7)), (finding!.Kind, finding.Height));
    }

    /// <summary>The private samples are those of the key that committed, and a validator that shows its attestation with two keys has one.</summary>
    [Fact]
    public void AnAttestationIsThatOfTheKeyThatCommittedToIt()
    {
        var chain = new TrainedChain();
        chain.RunToAttestation([chain.Train(1)]);
        var found = Assert.IsType<RoundResult.Found>(chain.Evaluate());
        var (old, fresh, other, salt) = (Keys[0], Keys[1], Keys[2], Hash256.Sha256([5]));
        _collector.Add([Commit(other, other), Commit(old, old), Reveal(old), Reveal(fresh)]);
        Assert.Equal([old.Address], _collector.Take(Task, 1).Attestations.Select(shown => shown.Validator));

        Transaction Commit(PrivateKey key, PrivateKey by) => Sign(by, new TransactionBody
        {
            AttestationCommit = new AttestationCommit
            {
                Task = Task.ToByteString(),
                TrainingRound = 1,
                Commitment = CandidateBinding.AttestationCommitment(found.Statement.Digest, found.PrivateLosses[0], key.Address, key == other ? Hash256.Sha256([6]) : salt).ToByteString(),
            },
        });

        Transaction Reveal(PrivateKey by)
        {
            var reveal = new AttestationReveal
            {
                Task = Task.ToByteString(),
                TrainingRound = 1,
                Statement = Google.Protobuf.ByteString.CopyFrom(found.Statement.Encode()),
                Signature = Google.Protobuf.ByteString.CopyFrom(by.Sign(found.Statement.Digest).Bytes),
                Salt = salt.ToByteString(),
            };
            reveal.PrivateLosses.AddRange(found.PrivateLosses[0]);
            return Sign(by, new TransactionBody { AttestationReveal = reveal });
        }
    }

    [Fact]
    public void RoundsAreKeptApart()
    {
        _collector.Add([Share(0, round: 1), Share(1, round: 2)]);
        Assert.Equal([Keys[0].Address], _collector.Take(Task, 1).Shares.Keys);
        Assert.Equal([Keys[1].Address], _collector.Take(Task, 2).Shares.Keys);
        Assert.Empty(_collector.Take(Task, 1).Shares);
    }

    private static Hash256 ShareOf(int key) => Hash256.Sha256([9, (byte)key]);

    private static Transaction Share(int key, ulong round = 1) =>
        Sign(Keys[key], new TransactionBody { SeedShare = new SeedShare { Task = Task.ToByteString(), TrainingRound = round, Share = ShareOf(key).ToByteString() } });

    private static Transaction Sign(PrivateKey key, TransactionBody body)
    {
        body.Genesis = Genesis.Value.ToByteString();
        return Transaction.Sign(body, key);
    }

    private static TrainingRoundRecord Round(Hash256 seed) => new()
    {
        Task = Task,
        Number = 1,
        Incumbent = default,
        Opened = Height.First,
        Phase = TrainingPhase.AttestCommit,
        WindowOpened = Height.First,
        Samples = 16,
        PaidSamples = 4,
        PrivateSamples = 0,
        RequiredGainMillionths = 1,
        ZBaseThousandths = 3_000,
        AttemptsBefore = 0,
        PaidErrorsThousandths = 500,
        Windows = default,
        Seed = seed,
    };
}
