using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.Node.Tests;

/// <summary>Back to Ethereum, and the addresses of deposits.</summary>
public sealed class PageWithdrawTests(PageFixture fixture) : PageTest(fixture)
{
    [Fact]
    public async Task ACertifiedWithdrawalIsPaidByWhoeverPressesTheButton()
    {
        await World.LockAsync(1_000);
        var detail = Chain.Withdraw(Visitor, World.Bob, 400, "Certified");
        Chain.Withdraw(Visitor, World.Bob, 200_000, "Held", "It is above the limit from which withdrawals are held.");
        await ConnectAsync();
        await Tab.ClickAsync("#tab-withdraw");
        await Tab.ClickAsync("#track-form button");
        await Tab.SeesAsync("#withdraw-list .transfer", "It is above the limit from which withdrawals are held.");
        await Tab.SeesAsync("#withdraw-list .transfer", "Ready to be paid");
        await Tab.ShootAsync("withdraw");
        await Tab.ClickAsync("#withdraw-list button.pay");
        await Tab.SeesAsync("#withdraw-list .transfer", "Paid, in block");
        Assert.Equal(["release"], Wallet.Sent);
        Assert.Equal(Amount.FromNtk(400), await World.BalanceAsync(World.Bob));

        Chain.Withdrawals.Clear();
        await Tab.TypeAsync("#track-id", Hash256.FromBytes(detail.BurnId.Span).ToString());
        await Tab.ClickAsync("#track-form button");
        await Tab.SeesAsync("#withdraw-list", "This withdrawal has been paid: the vault says so.");
        Tab.Forgive("404");
    }

    [Fact]
    public async Task WhatTheVaultRefusesIsSaidInPlainWords()
    {
        await World.LockAsync(1_000);
        Chain.Withdraw(Visitor, World.Bob, 400, "Certified");
        await World.PauseAsync(2);
        await ConnectAsync();
        await Tab.SeesAsync("#transfers .transfer", "Ready to be paid");
        await Tab.ClickAsync("#transfers button.pay");
        await Tab.SeesAsync("#transfers .transfer", "The vault is paused: one of its guardians has stopped this.");
        Assert.Empty(Wallet.Sent);
    }

    /// <summary>The page compares what it is about to send with what was asked for.</summary>
    [Fact]
    public async Task ACallThatIsAnotherWithdrawalIsNotSent()
    {
        await World.LockAsync(1_000);
        var detail = Chain.Withdraw(Visitor, World.Bob, 400, "Certified");
        var thief = World.Burn(400, World.Stranger);
        var call = new VaultCall { Vault = World.Vault.Address.ToByteString(), Calldata = ByteString.CopyFrom(World.ReleaseCall(thief)) };
        Chain.Withdrawals[Hash256.FromBytes(detail.BurnId.Span)] = (detail, call);
        await ConnectAsync();
        await Tab.ClickAsync("#transfers button.pay");
        await Tab.SeesAsync("#transfers .transfer", "The node gave a call that is not this withdrawal. Nothing was sent.");
        Assert.Empty(Wallet.Sent);
    }

    [Fact]
    public async Task TheCommandNamesReceiverAndAmount()
    {
        Chain.Balances[Visitor] = Amount.FromNtk(77);
        await ConnectAsync();
        await Tab.ClickAsync("#tab-withdraw");
        await Tab.SeesAsync("#withdraw-balance", "77 NTK");
        await Tab.ClickAsync("#panel-withdraw summary");
        await Tab.TypeAsync("#withdraw-amount", "12.25");
        await Tab.SeesAsync("#withdraw-command", $"--to {Visitor} --amount 12.25");
        await Tab.TypeAsync("#withdraw-amount", "78");
        await Tab.SeesAsync("#withdraw-amount-error", "More than your own account has there.");
        await Tab.TypeAsync("#track-id", "12");
        await Tab.PressAsync("Enter");
        await Tab.SeesAsync("#track-error", "An account is 0x and 40 hexadecimal digits");
    }

    [Fact]
    public async Task ADepositAddressIsComputedHereSetUpAndEmptied()
    {
        await ConnectAsync();
        await Tab.ClickAsync("#tab-address");
        await Tab.ClickAsync("#address-go");
        var address = await Factory.AddressAsync("addressOf", AbiValue.Word(Words.Of(Visitor)));
        await Tab.SeesAsync("#address-result", address.ToString());
        await Tab.SeesAsync("#address-result", "Nothing is there at present.");
        await World.Token.SendAsync(World.Alice, "transfer", AbiValue.Address(address), AbiValue.Amount(Amount.FromNtk(20)));
        await Tab.ClickAsync("#address-go");
        await Tab.SeesAsync("#address-result", "20 NTK are there.");
        await Tab.ShootAsync("address");
        await Tab.ClickAsync("#address-result .note button:not(.copy)");
        await Tab.SeesAsync("#address-result button", "Lock what is there");
        await Tab.ClickAsync("#address-result .note button:not(.copy)");
        await Tab.SeesAsync("#address-result", "Nothing is there at present.");
        Assert.Equal(["deploy", "flush"], Wallet.Sent);
        Assert.Equal(Amount.FromNtk(20), await World.BalanceAsync(World.Vault.Address));
    }

    [Fact]
    public async Task AFactoryOfAnotherVaultIsRefused()
    {
        var other = await World.WithVaultAsync(config => config with { MinLock = Amount.FromNtk(2) });
        var factory = await Contract.DeployAsync(World.Ethereum, World.Owner, "DepositFactory", AbiValue.Address(other.Vault.Address));
        var code = (await World.Ethereum.CallAsync("eth_getCode", factory.Address.ToString(), "latest")).GetString();
        await World.Ethereum.CallAsync("anvil_setCode", Factory.Address.ToString(), code);
        await ConnectAsync();
        await Tab.ClickAsync("#tab-address");
        await Tab.ClickAsync("#address-go");
        await Tab.SeesAsync("#address-result", "makes addresses for another vault. Do not use it.");
    }
}
