using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>On an Ethereum of its own: what blocks cost stays as it was set.</summary>
public sealed class FeeSpikeTests
{
    [Fact]
    public async Task F18_AFeeSpikeWaitsAtTheCapAndPassesByReplacement()
    {
        await using var ethereum = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken);
        using var sender = await SendingWorld.OnAsync(ethereum, options: new SendingOptions { Confirmations = 1, ReplaceAfterBlocks = 3, FeeCapWei = 60 * (UInt128)SendingWorld.Gwei });
        var wish = sender.Call("a call of nobody", PrivateKey.FromSeed(Words.Of(4_711)).Address, [1, 2, 3]);
        await ethereum.CallAsync("evm_setAutomine", false);
        await BaseFeeAsync(10);
        var first = Assert.IsType<SendingReport.Sent>(await sender.StepAsync(wish)).Attempt;
        Assert.Equal((UInt128)21 * SendingWorld.Gwei, first.Fees.Max);
        // Blocks that cost more than it offers pass it by.
        for (var i = 0; i < 3; i++)
        {
            await BaseFeeAsync(40);
            if (i < 2) Assert.Equal(SendingWait.Pending, Assert.IsType<SendingReport.Waits>(await sender.StepAsync()).Why);
        }

        var raised = Assert.IsType<SendingReport.Sent>(await sender.StepAsync());
        Assert.True(raised.IsReplacement);
        Assert.Equal(SubmitVerdict.Taken, raised.Outcome.Verdict);
        Assert.Equal((UInt128)60 * SendingWorld.Gwei, raised.Attempt.Fees.Max);
        Assert.Equal(first.Transaction.Nonce, raised.Attempt.Transaction.Nonce);
        // Above the cap nothing can be done, and it says so.
        for (var i = 0; i < 3; i++) await BaseFeeAsync(90);
        Assert.Equal(SendingWait.FeesAboveCap, Assert.IsType<SendingReport.Waits>(await sender.StepAsync()).Why);
        await BaseFeeAsync(20);
        // This node has dropped it, as some do with what no block takes: it is handed over again.
        var report = await sender.StepAsync();
        for (var i = 0; i < 3 && report is not SendingReport.Settled; i++)
        {
            await BaseFeeAsync(20);
            report = await sender.StepAsync();
        }

        var settled = Assert.IsType<SendingReport.Settled>(report);
        Assert.True(settled.IsDone);
        Assert.Equal(raised.Attempt.Hash, settled.Receipt.Hash);
        Assert.Equal(UInt128.One, LocalEthereum.Number(await ethereum.CallAsync("eth_getTransactionCount", sender.Address.ToString(), "latest")));

        async Task BaseFeeAsync(ulong gwei)
        {
            await ethereum.CallAsync("anvil_setNextBlockBaseFeePerGas", SendingWorld.Quantity(gwei * (UInt128)SendingWorld.Gwei));
            await ethereum.CallAsync("evm_mine");
        }
    }
}
