using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>After a change of the validators anybody may bring it to the vault, with a wallet and no more.</summary>
public sealed class PageFollowTests(PageFixture fixture) : PageTest(fixture)
{
    private const string Waits = "The validators have changed (set 1), and the vault still follows set 0.";

    [Fact]
    public async Task AWalletBringsTheChangeToTheVault()
    {
        await ConnectAsync();
        await Tab.SeesNoAsync("#vault-facts", Waits);
        Chain.Change(ValidatorKeys.Of(4, 91));
        await Tab.SeesAsync("#vault-facts", Waits);
        Wallet.Declines = 1;
        await Tab.ClickAsync("#follow");
        await Tab.SeesAsync("#vault-facts .note", "You declined it in your wallet. Nothing was sent.");
        Assert.Equal(UInt128.Zero, await World.Vault.NumberAsync("setNumber"));

        await Tab.ClickAsync("#follow");
        await Tab.SeesAsync("#vault-facts .note", "Done.");
        Assert.Equal(["follow"], Wallet.Sent);
        Assert.Equal(UInt128.One, await World.Vault.NumberAsync("setNumber"));
        Chain.HearOfChange();
        await Tab.SeesNoAsync("#vault-facts", "The validators have changed");
    }

    /// <summary>Who has no wallet reads what is to be done, and cannot press.</summary>
    [Fact]
    public async Task WithoutAWalletTheButtonIsOff()
    {
        Chain.Change(ValidatorKeys.Of(4, 92));
        await Tab.GoAsync(Address("/bridge"));
        await Tab.SeesAsync("#vault-facts", Waits);
        await Tab.UntilAsync("document.querySelector('#follow').disabled");
    }

    [Fact]
    public async Task AChangeThatSomebodyElseBroughtIsSaidInPlainWords()
    {
        await ConnectAsync();
        var next = ValidatorKeys.Of(4, 93);
        Chain.Change(next);
        await World.Vault.SendAsync(World.Stranger, Chain.Changes[1].Calldata.ToByteArray());
        await Tab.ClickAsync("#follow");
        await Tab.SeesAsync("#vault-facts .note", "The vault follows it already.");
        Assert.Empty(Wallet.Sent);
    }

    /// <summary>The page sends no other call under this button: here one that pays somebody.</summary>
    [Fact]
    public async Task ACallThatIsNoChangeIsNotSent()
    {
        await World.LockAsync(1_000);
        Chain.Change(ValidatorKeys.Of(4, 94), World.ReleaseCall(World.Burn(400, World.Stranger)));
        await ConnectAsync();
        await Tab.ClickAsync("#follow");
        await Tab.SeesAsync("#vault-facts .note", "The node gave a call that is no change of validators. Nothing was sent. Do not use this node.");
        Assert.Empty(Wallet.Sent);
        Assert.Equal(Amount.Zero, await World.BalanceAsync(World.Stranger));
    }
}
