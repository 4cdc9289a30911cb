using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node.Tests;

public sealed class EngineHostTests
{
    [Fact]
    public async Task AMessageThatWaitsForTheEngineKeepsTheTimeWhenItCame()
    {
        using var node = new OneOfFour(leads: false);
        var engine = node.Make();
        var block = OneOfFour.BlockOf(engine.State, 900, null).Block;
        var time = new SetTime { Now = 1_000 };
        var prevoted = new TaskCompletionSource<BlockHash?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = new EngineHost(engine, See, time, NullLogger.Instance);
        await host.TellAsync(new EngineInput.MessageArrived(block.Header.Author, node.ProposalOf(block)));
        time.Now = 60_000; // the engine was busy for a minute
        host.Start();
        Assert.Equal(block.Hash, await prevoted.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        void See(EngineOutput output)
        {
            if (output is EngineOutput.Send { Message: PeerMessage.VoteMessage { Vote.Vote: Prevote prevote } }) prevoted.TrySetResult(prevote.Block);
        }
    }

    private sealed class SetTime : TimeProvider
    {
        /// <summary>Milliseconds after genesis.</summary>
        public long Now { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds((long)OneOfFour.TimeOf(Now).Milliseconds);
    }
}
