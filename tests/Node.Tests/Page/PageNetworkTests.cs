using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>A holder with a browser and a wallet, and nothing else, before a running network and a real Ethereum node.</summary>
[Collection(PageCollection.Name)]
public sealed class PageNetworkTests(PageFixture fixture)
{
    [Fact]
    public async Task NtkGoOverAndComeBackByTheBrowserAlone()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var world = await BridgedNetwork.StartAsync();
        var tab = await fixture.Browser.OpenAsync(stop);
        using var wallet = new ScriptedWallet(world.Ethereum, world.Holder);
        await wallet.InstallAsync(tab);
        await tab.GoAsync(new Uri($"http://{world.Members[0].Page}/bridge"));
        await tab.ClickAsync("#wallet button");
        await tab.TypeAsync("#deposit-amount", "1000");
        await tab.ClickAsync("#deposit-go");
        await tab.SeesAsync(".steps li[data-state=done]", "Lock number 2");
        await tab.SeesAsync(".steps li[data-state=active]", "It is in none of Ethereum's final blocks");
        await tab.ShootAsync("network-waits");
        await world.FinalizeAsync();
        await tab.SeesAsync(".steps li[data-state=done]", "1,000 NTK are on NeuroChain.");
        Assert.All(world.Balances(world.Holder), balance => Assert.Equal(Amount.FromNtk(1_000), balance));

        await tab.ClickAsync("#tab-withdraw");
        await tab.SeesAsync("#withdraw-balance", "1,000 NTK");
        await tab.TypeAsync("#withdraw-amount", "300.25");
        wallet.Declines = 1;
        await tab.ClickAsync("#withdraw-go");
        await tab.SeesAsync("#withdraw-progress li[data-state=failed]", "You declined it in your wallet. Nothing was sent.");
        await tab.ClickAsync("#withdraw-progress li[data-state=failed] button");
        await tab.SeesAsync("#withdraw-progress li[data-state=done]", "The validators have certified it.");
        await tab.ShootAsync("network-certified");
        await tab.ClickAsync("#withdraw-progress button.pay");
        await tab.SeesAsync("#withdraw-progress", "Paid, in block");
        Assert.Equal(Amount.FromNtk(999_300) + new Amount(250_000_000_000_000_000), await world.BalanceAsync(world.Holder));
        await world.FinalizeAsync();
        await tab.SeesAsync("#withdraw-progress li[data-state=done]", "Paid: the vault says so.");
        Assert.Equal(["lock", "release"], wallet.Sent);

        await world.MineAsync((int)BridgedNetwork.HeartbeatBlocks);
        await world.FinalizeAsync();
        await tab.GoAsync(new Uri($"http://{world.Members[1].Page}/bridge/solvency"));
        await tab.SeesAsync("#verdict.good", "Backed in full");
        await tab.SeesAsync("#verdict", "The vault owes 699.75 NTK.");
        await tab.UntilAsync("document.querySelectorAll('#sums .not-ok').length === 0 && document.querySelectorAll('#sums .ok').length === 7");
        await tab.ShootAsync("network-solvency");
        tab.Forgive("404"); // where a withdrawal is no longer open, and a transaction not yet known
        Assert.Empty(tab.Faults);
        await tab.CloseAsync();
    }
}
