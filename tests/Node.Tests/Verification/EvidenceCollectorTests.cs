using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

public sealed class EvidenceCollectorTests
{
    private static readonly GenesisHash Genesis = new(Hash256.Sha256([1]));
    private static readonly Hash256 Task = Hash256.Sha256([2]);
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(1, 3).Select(TrainedChain.Key).OrderBy(key => key.Address)];

    private readonly EvidenceCollector _collector = new();

    [Fact]
    public void TheSeedFollowsFromTheSharesOfTheSetWhateverTheirOrderInTheBlocks()
    {
        _collector.Add([Share(2), Share(1)]);
        _collector.Add([Share(0)]);
        var seed = TrainingSeed.Of(Genesis, Task, 1, [ShareOf(0), ShareOf(1)]);
        Assert.Null(_collector.CloseSeed(Genesis, SetOf(0, 1), Round(seed), Height.First));
        Assert.Equal(seed, _collector.Take(Task, 1).Seed);
    }

    [Fact]
    public void ASeedThatTheSharesDoNotGiveIsFound()
    {
        _collector.Add([Share(0), Share(1)]);
        var finding = _collector.CloseSeed(Genesis, SetOf(0, 1), Round(Task), new Height(7));
        Assert.Equal((FindingKind.SeedDiffers, new Height(7)), (finding!.Kind, finding.Height));
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

    private static Transaction Share(int key, ulong round = 1) => Transaction.Sign(
        new TransactionBody
        {
            Genesis = Genesis.Value.ToByteString(),
            SeedShare = new SeedShare { Task = Task.ToByteString(), TrainingRound = round, Share = ShareOf(key).ToByteString() },
        },
        Keys[key]);

    private static ValidatorSet SetOf(params int[] keys)
    {
        Assert.True(ValidatorSet.TryCreate(keys.Select(key => new Validator(Keys[key].Address, 1)), out var set));
        return set;
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
