using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>A log as the engine wrote it leads again to the same; whatever is changed in it is found, and named.</summary>
public sealed class WalReplayTests : IDisposable
{
    private readonly OneOfFour _node = new(leads: false);
    private readonly Block _block;
    private readonly List<WalRecord> _records;

    public WalReplayTests()
    {
        _node.Start(0);
        var state = _node.Engine.State;
        _block = OneOfFour.BlockOf(state, 900, null).Block;
        _node.Elapse(new EngineTimer.StartHeight(Height.First), 1_000);
        _node.Tell(_node.ProposalOf(_block), 1_010);
        _node.Tell(new PeerMessage.VoteMessage(_node.Sign(new Prevote(Height.First, Round.Zero, null, null), 0)), 1_020);
        _node.Tell(new PeerMessage.VoteMessage(_node.Sign(new Prevote(Height.First, Round.Zero, _block.Hash, null), 1)), 1_030);
        _node.Elapse(new EngineTimer.Consensus(new NeuroChain.Consensus.Timeout(TimeoutKind.Prevote, Height.First, Round.Zero)), 2_000);
        foreach (var precommit in _node.PrecommitsOf(_block)) _node.Tell(new PeerMessage.VoteMessage(precommit), 2_100);
        Assert.Equal(Height.First, _node.Engine.State.Height);
        _records = [.. Wal.Read(_node.Log.Copy(), Height.First).Records];
    }

    [Fact]
    public void WhatTheEngineWroteLeadsToWhatItDid()
    {
        var replayed = Replay(_records);
        Assert.Null(replayed.Difference);
        Assert.Equal(_block.Hash, replayed.Decided);
        Assert.Equal(_records.Count(record => record is WalRecord.EffectsRecord), replayed.Turns);
        Assert.True(replayed.Turns >= 6, replayed.ToString());
        Assert.Contains("identical", replayed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryBeginningOfALogLeadsToWhatWasDone()
    {
        for (var length = 0; length < _records.Count; length++) Assert.Null(Replay(_records[..length]).Difference);
    }

    /// <summary>Of a log in which one record is missing, each turn that it mattered to says so; a last one that mattered to nothing is an end as any.</summary>
    [Fact]
    public void ARecordThatIsMissingIsFound()
    {
        for (var missing = 0; missing < _records.Count; missing++)
        {
            if (_records[missing] is WalRecord.EffectsRecord) continue; // nothing follows from it
            List<WalRecord> less = [.. _records[..missing], .. _records[(missing + 1)..]];
            var isUseless = _records[missing] is WalRecord.VoteRecord { Vote.Vote: Prevote { Block: null } };
            if (!isUseless) Assert.True(Replay(less).Difference is not null, $"without record {missing}, {_records[missing].GetType().Name}");
        }
    }

    [Fact]
    public void AVerdictThatIsNotTheLedgersIsFound() => Finds(
        "was found invalid, and is valid", record => record is WalRecord.ProposalRecord p ? p with { IsValid = false } : record);

    [Fact]
    public void AProposalThatCameAtAnotherTimeIsFound() => Finds(
        "an own vote that consensus does not ask for", record => record is WalRecord.ProposalRecord p ? p with { ReceivedAt = OneOfFour.TimeOf(60_000) } : record);

    [Fact]
    public void OtherTimersAreFound() => Finds(
        "answers otherwise", record => record is WalRecord.StartRecord start ? start with { Timeouts = new TimeoutSettings { Delta = TimeSpan.FromSeconds(1), Propose = TimeSpan.FromSeconds(1) } } : record);

    [Fact]
    public void AnotherValidatorIsFound() => Finds(
        "answers otherwise", record => record is WalRecord.StartRecord start ? start with { Validator = null } : record);

    [Fact]
    public void OtherEffectsAreFound() => Finds(
        "answers otherwise", record => record is WalRecord.EffectsRecord effects ? effects with { Hash = Hash256.Sha256([1]) } : record);

    [Fact]
    public void AWrongSignatureIsFound() => Finds(
        "signature is wrong", record => record is WalRecord.VoteRecord v ? v with { Vote = v.Vote with { Signature = _node.Sign(new Precommit(new Height(9), Round.Zero, null), 0).Signature } } : record);

    [Fact]
    public void ATimerThatWasNotSetIsFound()
    {
        var record = new WalRecord.TimeoutRecord(new Timestamp(1), TimeoutKind.Precommit, new Round(3));
        Assert.Contains("a timer that was not set", Replay([_records[0], record]).Difference, StringComparison.Ordinal);
        var elapsed = new WalRecord.TimeoutRecord(new Timestamp(1), TimeoutKind.Propose, Round.Zero);
        Assert.Null(Replay([_records[0], elapsed]).Difference);
        Assert.Contains("a timer that was not set", Replay([_records[0], elapsed, elapsed]).Difference, StringComparison.Ordinal); // it runs once
    }

    [Fact]
    public void AnOwnVoteThatConsensusDidNotAskForIsFound()
    {
        var vote = new WalRecord.VoteRecord(new Timestamp(1), _node.SignAsSelf(new Precommit(Height.First, Round.Zero, _block.Ref)));
        Assert.Contains("an own vote that consensus does not ask for", Replay([_records[0], vote]).Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOwnVoteThatWasAskedForAndNotGivenIsFound()
    {
        // The proposal, which asks for a prevote, and the end of its turn without one.
        var proposal = _records.FindIndex(record => record is WalRecord.ProposalRecord);
        Assert.IsType<WalRecord.VoteRecord>(_records[proposal + 1]);
        var other = new WalRecord.VoteRecord(new Timestamp(1), _node.Sign(new Prevote(Height.First, Round.Zero, _block.Hash, null), 2));
        List<WalRecord> silent = [.. _records[..(proposal + 1)]];
        var effects = new WalRecord.EffectsRecord(new Timestamp(1), HashAfter(silent));
        Assert.Null(Replay([.. silent, effects]).Difference); // it may be said yet
        Assert.Contains("a prevote of round 0 was to be said and was not", Replay([.. silent, effects, other]).Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatComesAfterTheDecisionIsFound()
    {
        var late = new WalRecord.VoteRecord(new Timestamp(1), _node.Sign(new Prevote(Height.First, Round.Zero, _block.Hash, null), 2));
        Assert.Contains("decided before", Replay([.. _records, late]).Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void AStoreWithAnotherBlockIsFound()
    {
        var other = OneOfFour.BlockOf(LedgerOfGenesis(), 901, null);
        var chain = new ChainStore(new MemoryStore(ChainStore.Columns));
        chain.Initialize(LedgerOfGenesis());
        Assert.True(_node.CertificateOf(other.Block).TryVerify(LedgerOfGenesis().GenesisHash, LedgerOfGenesis().Next.Validators, out var commit, out _));
        chain.Commit(LedgerOfGenesis(), other, commit);
        var replayed = new WalReplay(chain, other.Result.Next, _ => ReadOf(_records)).Run(Height.First);
        Assert.Contains($"it leads to the block {_block.Hash}, the store has {other.Block.Hash}", replayed.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void AHeightWhoseStateIsGoneIsNotCalledIdentical() =>
        Assert.NotNull(new WalReplay(_node.Chain, _node.Engine.State, _ => ReadOf(_records)).Run(new Height(7)).Difference);

    public void Dispose() => _node.Dispose();

    private void Finds(string what, Func<WalRecord, WalRecord> change) => Assert.Contains(what, Replay([.. _records.Select(change)]).Difference, StringComparison.Ordinal);

    private ReplayedLog Replay(IReadOnlyList<WalRecord> records) => new WalReplay(_node.Chain, _node.Engine.State, _ => ReadOf(records)).Run(Height.First);

    private static WalRead ReadOf(IReadOnlyList<WalRecord> records) => new(records, 0, 0, false);

    private LedgerState LedgerOfGenesis() => new HistoricalStates(_node.Chain, () => _node.Engine.State, long.MaxValue).At(Height.Genesis)!;

    // What the engine would have written, had it ended its turn there.
    private Hash256 HashAfter(List<WalRecord> records)
    {
        var (hash, state) = (new EffectHash(), LedgerOfGenesis());
        var driver = new Driver(_node.Self, new TimeoutSettings());
        var blocks = new ProposedBlocks(NoTransactions.Instance);
        foreach (var record in records)
            if (record is not WalRecord.EffectsRecord)
                hash.Add(driver.Step(LoggedInputs.Of(record, state, blocks)!));
        return hash.Value;
    }
}
