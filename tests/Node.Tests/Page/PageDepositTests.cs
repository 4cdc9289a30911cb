using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>To NeuroChain, as a holder sees it: a real browser, a real vault, a wallet that follows a script.</summary>
public sealed class PageDepositTests(PageFixture fixture) : PageTest(fixture)
{
    // The vault's deployment is its first event.
    private const ulong FirstLock = 2;

    [Fact]
    public async Task AHolderConnectsAllowsLocksAndSeesItCredited()
    {
        await Tab.GoAsync(Address("/bridge"));
        await Tab.SeesAsync("#deposit-why", "Connect a wallet first.");
        await Tab.ShootAsync("deposit-before");
        await Tab.ClickAsync("#wallet button");
        await Tab.SeesAsync("#vault-facts", "Its code is the published one, byte for byte");
        await Tab.SeesAsync("#deposit-recipient-note", "Your own address");
        await Tab.TypeAsync("#deposit-amount", "250.5");
        await Tab.SeesAsync("#deposit-summary", $"{Visitor} receives 250.5 NTK on NeuroChain.");
        await Tab.ShootAsync("deposit-ready");
        await Tab.ClickAsync("#deposit-go");

        await Tab.SeesAsync(".steps li[data-state=done]", $"Lock number {FirstLock}");
        await Tab.SeesAsync(".steps li[data-state=active]", "Ethereum makes it final");
        await Tab.SeesAsync(".steps li[data-state=active]", "NeuroChain has not heard of this lock yet.");
        await Tab.SeesAsync(".steps li[data-state=active]", "until Ethereum calls it final");
        await Tab.ShootAsync("deposit-waits");
        Assert.Equal(["approve", "lock"], Wallet.Sent);
        Assert.Equal(Amount.FromNtk(250) + new Amount(500_000_000_000_000_000), await World.BalanceAsync(World.Vault.Address));
        Assert.Equal((UInt128)0, await World.Token.NumberAsync("allowance", AbiValue.Address(Visitor), AbiValue.Address(World.Vault.Address)));

        Chain.Say(FirstLock, "Waiting", "The limit of credits is reached.", 200_000);
        await Tab.SeesAsync(".steps li[data-state=active]", "The limit of credits is reached. About 3 minutes left.");
        Chain.Say(FirstLock, "Credited");
        await Tab.SeesAsync(".steps li[data-state=done]", "250.5 NTK are on NeuroChain.");
        await Tab.SeesAsync("#transfers .transfer", "Credited");
        await Tab.ShootAsync("deposit-done");
    }

    [Fact]
    public async Task AnOlderAllowanceIsTakenBackFirstAndAGreaterOneServes()
    {
        await World.Token.SendAsync(Visitor, "approve", AbiValue.Address(World.Vault.Address), AbiValue.Amount(Amount.FromNtk(5)));
        await ConnectAsync();
        await MoveAsync("10");
        await Tab.SeesAsync(".steps li[data-state=done]", "Lock number");
        Assert.Equal(["approve", "approve", "lock"], Wallet.Sent);

        await World.Token.SendAsync(Visitor, "approve", AbiValue.Address(World.Vault.Address), AbiValue.Amount(Amount.FromNtk(50)));
        Chain.Say(FirstLock, "Credited");
        await MoveAsync("10");
        await Tab.SeesAsync(".steps li[data-state=done]", "It was allowed before.");
        await Tab.SeesAsync(".steps li[data-state=done]", $"Lock number {FirstLock + 1}");
        Assert.Equal(["approve", "approve", "lock", "lock"], Wallet.Sent);
    }

    [Fact]
    public async Task WhatTheUserDeclinesIsSaidAndCanBeTriedAgain()
    {
        await ConnectAsync();
        Wallet.Declines = 1;
        await MoveAsync("3");
        await Tab.SeesAsync(".steps li[data-state=failed]", "You declined it in your wallet. Nothing was sent.");
        Assert.Empty(Wallet.Sent);
        await Tab.ClickAsync(".steps li[data-state=failed] button");
        await Tab.SeesAsync(".steps li[data-state=done]", "Lock number");
    }

    [Fact]
    public async Task AConnectionThatIsDeclinedLeavesThePageAsItWas()
    {
        Wallet.DeclinesConnection = true;
        await Tab.GoAsync(Address("/bridge"));
        await Tab.ClickAsync("#wallet button");
        await Tab.SeesAsync("#wallet [role=alert]", "You declined it in your wallet.");
        await Tab.ClickAsync("#wallet button");
        await Tab.SeesAsync("#deposit-balance", "You have 10,000 NTK");
    }

    [Fact]
    public async Task OnAnotherNetworkNothingIsAskedForButToSwitch()
    {
        Wallet.ChainId = 1;
        await Tab.GoAsync(Address("/bridge"));
        await Tab.ClickAsync("#wallet button");
        await Tab.SeesAsync("#network-note", "Your wallet is on Ethereum. The vault is on a local test network (31337).");
        await Tab.SeesAsync("#deposit-why", "Your wallet is on another network.");
        Assert.DoesNotContain("eth_call", Wallet.Methods);
        await Tab.ClickAsync("#switch-network");
        await Tab.SeesAsync("#deposit-balance", "You have 10,000 NTK");
        await Tab.SeesNoAsync("#network-note", "Your wallet");
    }

    [Fact]
    public async Task AVaultThatAGuardianPausedSaysSoBeforeAndWithin()
    {
        await ConnectAsync();
        await Tab.TypeAsync("#deposit-amount", "3");
        await World.PauseAsync(3); // the page has not asked again yet
        await Tab.ClickAsync("#deposit-go");
        await Tab.SeesAsync(".steps li[data-state=failed]", "The vault is paused: one of its guardians has stopped this.");
        Assert.Equal(["approve"], Wallet.Sent);

        Chain.Status.VaultLocksPaused = Chain.Status.VaultReleasesPaused = true;
        await Tab.SeesAsync("#banner", "A guardian has paused the vault, both ways.");
        await Tab.GoAsync(Address("/bridge"));
        await Tab.SeesAsync("#deposit-why", "Locking is paused by a guardian of the vault.");
        await Tab.SeesAsync("#state-facts", "Stopped");
        await Tab.ShootAsync("deposit-paused");
    }

    [Fact]
    public async Task AmountsThatTheVaultWouldRefuseAreRefusedBefore()
    {
        await ConnectAsync();
        foreach (var (text, says) in new[]
        {
            ("10000.000000000000000001", "You have 10,000 NTK."),
            ("0.5", "The vault takes no less than 1 NTK at a time."),
            ("1,5", "Write the amount with a point before the fraction and no commas"),
            ("0", "The amount is zero."),
            ("1e3", "An amount is a number such as 1234.5"),
            ("1.0000000000000000001", "NTK have at most 18 digits behind the point."),
        })
        {
            await Tab.TypeAsync("#deposit-amount", text);
            await Tab.SeesAsync("#deposit-amount-error", says);
            Assert.True((await Tab.EvaluateAsync("document.querySelector('#deposit-go').disabled")).GetBoolean(), text);
        }

        await Tab.ClickAsync("#deposit-max");
        await Tab.UntilAsync("document.querySelector('#deposit-amount').value === '10000'");
        await Tab.SeesNoAsync("#deposit-amount-error", "N");
    }

    [Fact]
    public async Task RecipientsThatMayBeMistakenAreRefusedOrConfirmed()
    {
        await ConnectAsync();
        await Tab.TypeAsync("#deposit-amount", "1");
        var other = World.Bob.ToString();
        var mistyped = other[..^1] + (other[^1] == '1' ? '2' : '1');
        foreach (var (text, says) in new[]
        {
            (mistyped, "a digit is mistyped"),
            ("vitalik.eth", "Names are not looked up here"),
            ("0x1234", "An address is 0x and 40 hexadecimal digits."),
            ("0x0000000000000000000000000000000000000000", "Nobody has the address zero."),
            (World.Vault.Address.ToString(), "This is a contract of the bridge"),
        })
        {
            await Tab.TypeAsync("#deposit-recipient", text);
            await Tab.SeesAsync("#deposit-recipient-error", says);
        }

        foreach (var (text, says) in new[]
        {
            (Factory.Address.ToString(), "This is a contract on Ethereum, such as a shared wallet."),
            (other.ToLowerInvariant(), "I have compared every digit of it"),
            (other, "This is not the account in your wallet."),
        })
        {
            await Tab.TypeAsync("#deposit-recipient", text);
            await Tab.SeesAsync("#deposit-confirm-text", says);
            await Tab.SeesAsync("#deposit-why", "Confirm the recipient.");
        }

        await Tab.ShootAsync("deposit-confirm");
        await Tab.ClickAsync("#deposit-confirm");
        await Tab.ClickAsync("#deposit-go");
        await Tab.SeesAsync(".steps li[data-state=done]", "Lock number");
        var locked = await World.Ethereum.LogsAsync(World.Vault.Address, 0);
        Assert.Equal(Bridge.Words.Of(World.Bob), locked[^1].Topics[3]);
    }

    [Fact]
    public async Task AnAccountWithoutEtherIsToldSo()
    {
        await World.Ethereum.CallAsync("anvil_setBalance", Visitor.ToString(), "0x0");
        await ConnectAsync();
        await Tab.SeesAsync("#deposit-why", "The account has no Ether for the fees of Ethereum.");
    }

    [Fact]
    public async Task AnotherAccountOfTheWalletIsAnotherVisitor()
    {
        await ConnectAsync();
        await Wallet.UseAsync(World.Alice);
        await Tab.SeesAsync("#deposit-balance", "You have 1,000,000 NTK");
        await Tab.UntilAsync($"document.querySelector('#deposit-recipient').value === '{World.Alice}'");
    }

    [Fact]
    public async Task EarlierLocksAreListedWithTheirState()
    {
        await World.LockAsync(7);
        await World.LockAsync(8);
        Chain.Say(FirstLock, "Credited");
        Chain.Say(FirstLock + 1, "Quarantined", "The recipient is no account of NeuroChain: a vote of the validators names one.");
        await ConnectAsync();
        await Wallet.UseAsync(World.Alice);
        await Tab.SeesAsync("#transfers .transfer", "7 NTK");
        await Tab.SeesAsync("#transfers .transfer", "a vote of the validators names one");
        await Tab.SeesAsync("#transfers .pill", "In quarantine");
    }

    [Fact]
    public async Task AContractThatIsNotTheVaultIsNotUsed()
    {
        // Another code at the vault's address: what a page on a poisoned node, or a wrong configuration, would name.
        var (code, vault) = ((await World.Ethereum.CallAsync("eth_getCode", World.Token.Address.ToString(), "latest")).GetString(), World.Vault.Address.ToString());
        var real = (await World.Ethereum.CallAsync("eth_getCode", vault, "latest")).GetString()!;
        await World.Ethereum.CallAsync("anvil_setCode", vault, real[..^2] + (real[^2..] == "00" ? "01" : "00"));
        await ConnectAsync();
        await Tab.SeesAsync("#vault-facts", "Its code is NOT the published one. Do not use it.");
        await Tab.SeesAsync("#deposit-why", "The contract is not the one that belongs here");
        await World.Ethereum.CallAsync("anvil_setCode", vault, code);
        await Tab.GoAsync(Address("/bridge"));
        await Tab.SeesAsync("#deposit-why", "The vault could not be checked");
    }

    [Fact]
    public async Task ANodeThatDoesNotAnswerIsNamed()
    {
        await ConnectAsync();
        Chain.Refusal = new P2P.RpcStatus(P2P.StatusCode.FailedPrecondition, "this chain has no vault");
        await Tab.SeesAsync("#banner", "this chain has no vault");
        Chain.Refusal = null;
        await Tab.SeesNoAsync("#banner", "vault");
        Tab.Forgive("409");
    }
}
