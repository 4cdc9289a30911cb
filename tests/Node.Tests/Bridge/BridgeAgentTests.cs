using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>What validators say of Ethereum and bring from it, and that they say no more than is needed.</summary>
public sealed class BridgeAgentTests
{
    private static readonly Address There = LedgerFixture.Key(4_001).Address;

    [Fact]
    public async Task AllAttestALockAndOneBringsIt()
    {
        var agents = await new AgentWorld().DeployedAsync();
        agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(5));
        var block = agents.Scan(agents.World.Ethereum.Mine());
        await agents.StepAsync(20);
        Assert.Equal(Amount.FromNtk(5), agents.World.BalanceOf(agents.World.Alice));
        for (var validator = 0; validator < 4; validator++) Assert.Equal([block.Number], agents.AttestedBy(validator));
        Assert.Single(agents.Brought(BridgeEvidence.ProofOneofCase.Receipts));
        Assert.Equal(5, agents.Sent.Count);
    }

    [Fact]
    public async Task WhereTheFirstOneIsAwayTheNextBringsIt()
    {
        for (var away = 0; away < 4; away++)
        {
            var agents = await new AgentWorld().DeployedAsync();
            agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(5));
            agents.Scan(agents.World.Ethereum.Mine());
            agents.Away.Add(away);
            await agents.StepAsync((int)RelayTurns.PatienceBlocks + 6);
            Assert.Equal(Amount.FromNtk(5), agents.World.BalanceOf(agents.World.Alice));
            Assert.Single(agents.Brought(BridgeEvidence.ProofOneofCase.Receipts));
        }
    }

    [Fact]
    public async Task ManyBlocksComeInTheOrderOfTheirNonces()
    {
        var agents = await new AgentWorld().DeployedAsync();
        for (var i = 0; i < 80; i++)
        {
            agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(1));
            if (i % 2 == 0) agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(1));
            agents.Scan(agents.World.Ethereum.Mine());
        }

        await agents.StepAsync(60);
        Assert.Equal((121UL, Amount.FromNtk(120)), (agents.Status.Nonce, agents.World.BalanceOf(agents.World.Alice)));
        Assert.Equal(80, agents.AttestedBy(0).Distinct().Count());
        Assert.True(agents.Brought(BridgeEvidence.ProofOneofCase.Receipts).Count() < 120, "few are brought twice");
    }

    [Fact]
    public async Task AWatchThatStandsSaysNothingAndTheOthersGoOn()
    {
        var agents = await new AgentWorld().DeployedAsync();
        agents.Findings[2].Halt();
        agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(5));
        agents.Scan(agents.World.Ethereum.Mine());
        await agents.StepAsync(20);
        Assert.Equal(Amount.FromNtk(5), agents.World.BalanceOf(agents.World.Alice));
        Assert.Empty(agents.AttestedBy(2));
    }

    [Fact]
    public async Task WhatWasFinalAndIsOtherwiseNowStopsTheBridge()
    {
        var agents = await new AgentWorld().DeployedAsync();
        agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(5));
        var block = agents.Scan(agents.World.Ethereum.Mine());
        await agents.StepAsync(20);
        var now = Hash256.Sha256([1]);
        foreach (var findings in agents.Findings.Take(2)) findings.Halt(new EthereumBlockId(block.Number, now), new EthereumBlockId(block.Number + 1, now));
        await agents.StepAsync(3);
        Assert.Equal(BridgeHalt.Finality, agents.Status.Halts);
        Assert.True(AttestedBlocks.HashOf(agents.State, block.Number).IsZero);
        Assert.Equal([block.Number, block.Number], agents.AttestedBy(0)); // as it was, and as it is
    }

    [Fact]
    public async Task WhoKnowsAnAttestedBlockOtherwiseSaysSo()
    {
        var agents = await new AgentWorld().DeployedAsync();
        var seen = agents.World.Ethereum.Mine();
        agents.Scan(seen);
        // Three of four lie alike, which the honest one alone cannot stop but does not keep silent about.
        agents.World.Attest((seen.Number, Hash256.Sha256([1])), 0, 1, 2);
        Assert.Equal(Hash256.Sha256([1]), AttestedBlocks.HashOf(agents.State, seen.Number));
        agents.Away.UnionWith([0, 1, 2]);
        await agents.StepAsync(3);
        var word = Assert.Single(agents.SentBy(3)).Body.BridgeAttestation.Blocks;
        Assert.Equal((seen.Number, LedgerFixture.Bytes(seen.Hash)), (Assert.Single(word).Number, word[0].Hash));
    }

    [Fact]
    public async Task ReservesAreShownOnceForEachInterval()
    {
        var agents = await new AgentWorld().DeployedAsync();
        agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(5));
        agents.Scan(agents.World.Ethereum.Mine());
        await agents.StepAsync(20);
        var beat = agents.Beat();
        await agents.StepAsync(20);
        Assert.Equal(beat.Number, agents.Status.ReservesBlock);
        Assert.Single(agents.Brought(BridgeEvidence.ProofOneofCase.Reserves));

        // Too soon after it: of no use, and so not even attested.
        var soon = agents.Beat();
        Assert.True(soon.Number < beat.Number + BridgeWorld.Limits.HeartbeatBlocks);
        await agents.StepAsync(20);
        Assert.DoesNotContain(soon.Number, agents.AttestedBy(0));
        Assert.Single(agents.Brought(BridgeEvidence.ProofOneofCase.Reserves));
    }

    [Fact]
    public async Task AVaultThatLacksTokensIsShown()
    {
        var agents = await new AgentWorld().DeployedAsync();
        agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(5));
        agents.Scan(agents.World.Ethereum.Mine());
        await agents.StepAsync(20);
        agents.World.Ethereum.Stolen = Amount.FromNtk(1);
        agents.Beat();
        await agents.StepAsync(20);
        Assert.Equal(BridgeHalt.Reserves, agents.Status.Halts);
    }

    [Fact]
    public async Task WhatWasNotReleasedInTimeComesBack()
    {
        var agents = await new AgentWorld().DeployedAsync();
        var (burnId, before) = await BurnAsync(agents);
        agents.World.Ethereum.Time = agents.World.Withdrawal(burnId)!.DeadlineSeconds;
        agents.Beat(); // mined after the deadline
        await agents.StepAsync(20);
        Assert.Null(agents.World.Withdrawal(burnId));
        Assert.Equal(before, agents.World.BalanceOf(agents.World.Alice));
        Assert.Single(agents.Brought(BridgeEvidence.ProofOneofCase.Unreleased));
    }

    [Fact]
    public async Task WhatWasReleasedIsNotSaidToBeUnreleased()
    {
        var agents = await new AgentWorld().DeployedAsync();
        var (burnId, _) = await BurnAsync(agents);
        var record = agents.World.Withdrawal(burnId)!;
        agents.World.Ethereum.Release(burnId, There, record.Amount);
        var released = agents.World.Ethereum.Mine();
        agents.World.Ethereum.Time = record.DeadlineSeconds;
        // The heartbeat is seen before the block with the event is: what the storage says is enough to keep silent.
        agents.Beat();
        await agents.StepAsync(12);
        Assert.Empty(agents.Brought(BridgeEvidence.ProofOneofCase.Unreleased));
        Assert.True(agents.Findings[0].Asked > 0);
        agents.Scan(released);
        await agents.StepAsync(20);
        Assert.Null(agents.World.Withdrawal(burnId));
        Assert.Equal((BridgeHalt.None, record.Amount), (agents.Status.Halts, agents.Status.Released));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EventsWhoseReceiptIsTooLargeAreShownByStorage(bool isForgotten)
    {
        var agents = await new AgentWorld().DeployedAsync();
        for (var i = 0; i < 400; i++) agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(1));
        var block = agents.Scan(agents.World.Ethereum.Mine(together: true));
        if (isForgotten)
        {
            // No endpoint has the state after the block any more: that of a later heartbeat has the marks, and the end.
            foreach (var findings in agents.Findings) findings.Forgotten.Add(block.Number);
            await agents.StepAsync(12);
            Assert.Equal(1UL, agents.Status.Nonce);
            agents.Beat();
        }

        await agents.StepAsync(120);
        Assert.Equal((401UL, BridgeHalt.None), (agents.Status.Nonce, agents.Status.Halts));
        Assert.Equal(Amount.FromNtk(400), agents.World.BalanceOf(agents.World.Alice));
        Assert.Empty(agents.Brought(BridgeEvidence.ProofOneofCase.Receipts));
    }

    private static async Task<(Hash256 BurnId, Amount Before)> BurnAsync(AgentWorld agents)
    {
        agents.World.Ethereum.Lock(agents.World.Alice.Address, Amount.FromNtk(50));
        agents.Scan(agents.World.Ethereum.Mine());
        await agents.StepAsync(20);
        var burnId = agents.World.Burn(Amount.FromNtk(10), There);
        await agents.StepAsync(2);
        Assert.Equal(WithdrawalState.Certified, agents.World.Withdrawal(burnId)!.State);
        return (burnId, agents.World.BalanceOf(agents.World.Alice) + Amount.FromNtk(10));
    }
}
