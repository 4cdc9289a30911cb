using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class LockTests(VaultFixture fixture) : VaultTest(fixture)
{
    [Fact]
    public async Task ALockMovesTheTokensAndSaysForWhom()
    {
        var receipt = await World.LockAsync(1000);
        await World.LockAsync(500);

        Assert.Equal(Amount.FromNtk(1500), await World.BalanceAsync(Vault.Address));
        var log = Assert.Single(receipt.Logs, log => log.Contract == Vault.Address);
        Assert.Equal([Words.Of(2), Words.Of(World.Alice), Words.Of(World.Alice)], log.Topics[1..]);
        var thousand = Words.Of(Amount.FromNtk(1000).Units);
        Assert.Equal(new AbiWriter().Hash(thousand).Hash(thousand).ToArray(), log.Data);
    }

    [Fact]
    public async Task AnyRecipientIsTakenButNone()
    {
        await Vault.SendAsync(World.Alice, VaultCalls.Lock(Amount.FromNtk(1), Words.Greatest)); // the chain puts it into quarantine
        Assert.Equal("NoRecipient", await Vault.RefusalAsync(World.Alice, VaultCalls.Lock(Amount.FromNtk(1), Hash256.Zero)));
    }

    [Fact]
    public async Task F21_TooLittleTooMuchAndMoreThanThereIsAreRefused()
    {
        Assert.Equal("BelowMinimum", await Vault.RefusalAsync(World.Alice, VaultCalls.Lock(new Amount(Amount.FromNtk(1).Units - 1), Words.Of(World.Alice))));
        Assert.Equal("BelowMinimum", await Vault.RefusalAsync(World.Alice, VaultCalls.Lock(Amount.Zero, Words.Of(World.Alice))));
        Assert.Equal("AboveCap", await Vault.RefusalAsync(World.Alice, World.LockCall(100_000_001)));
        Assert.Equal("AboveCap", await Vault.RefusalAsync(World.Alice, "lock", AbiValue.Word(Words.Greatest), AbiValue.Word(Words.Of(1))));
        Assert.Equal(KnownErrors.NoData, await Vault.RefusalAsync(World.Alice, World.LockCall(1_000_001))); // the token gives no reason
        Assert.Equal(KnownErrors.NoData, await Vault.RefusalAsync(World.Bob, World.LockCall(1)));
    }

    [Fact]
    public async Task F21_TheCapHoldsOverAllThatIsLocked()
    {
        var rich = await World.WithTokenAsync("test/RichToken");
        await rich.LockAsync(60_000_000);
        Assert.Equal("AboveCap", await rich.Vault.RefusalAsync(rich.Alice, rich.LockCall(40_000_001)));
        await rich.LockAsync(40_000_000);
        Assert.Equal("AboveCap", await rich.Vault.RefusalAsync(rich.Alice, rich.LockCall(1)));
        await rich.ReleaseAsync(rich.Burn(1));
        await rich.LockAsync(1);
    }

    [Fact]
    public async Task TheVaultTakesNoEther() =>
        Assert.Equal(KnownErrors.NoData, await World.RefusalAsync([]));
}
