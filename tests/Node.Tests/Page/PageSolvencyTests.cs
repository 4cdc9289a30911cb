using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.Node.Tests;

/// <summary>The page on supply and solvency, and both pages on other screens.</summary>
public sealed class PageSolvencyTests(PageFixture fixture) : PageTest(fixture)
{
    [Fact]
    public async Task TheBooksAreShownAndAddedUpAndAWalletChecksThem()
    {
        await World.LockAsync(1_000);
        await World.ReleaseAsync(World.Burn(100));
        Lay(locked: 1_000, released: 100);
        await Tab.GoAsync(Address("/bridge/solvency"));
        await Tab.SeesAsync("#verdict.good", "Backed in full");
        await Tab.SeesAsync("#verdict", "The vault owes 900 NTK.");
        await Tab.SeesAsync("#chain-books .total", "850");
        await Tab.UntilAsync("document.querySelectorAll('#sums .ok').length === 7 && document.querySelectorAll('#sums .not-ok').length === 0");
        await Tab.SeesAsync("#command-proof", World.Vault.Address.ToString());
        await Tab.ShootAsync("solvency");
        await Tab.ClickAsync("#wallet button");
        await Tab.ClickAsync("#check-wallet");
        await Tab.SeesAsync("#check-result", "The vault is the published contract, made for this chain and this token.");
        await Tab.SeesAsync("#check-result", "900 NTK and owes 900 (1,000 locked, 100 released)");
        await Tab.SeesAsync("#check-result", "These are the very numbers that the node tells.");
    }

    [Fact]
    public async Task BooksThatDoNotAddUpAreCalledThat()
    {
        Lay(locked: 1_000, released: 100);
        Chain.Solvency.Credited = Amount.FromNtk(961).ToByteString();
        await Tab.GoAsync(Address("/bridge/solvency"));
        await Tab.SeesAsync("#verdict.bad", "The books do not add up");
        await Tab.SeesAsync("#sums .not-ok", "credited + waiting to be credited = locked");
        await Tab.ShootAsync("solvency-bad");

        Lay(locked: 1_000, released: 100);
        Chain.Status.Halts.Add("Reserves");
        await Tab.SeesAsync("#verdict.bad", "The vault has fewer tokens than it owes.");
    }

    [Fact]
    public async Task ANodeThatTellsMoreThanEthereumKnowsIsFoundOut()
    {
        await World.LockAsync(1_000);
        Lay(locked: 1_200, released: 0);
        await Tab.GoAsync(Address("/bridge/solvency"));
        await Tab.ClickAsync("#wallet button");
        await Tab.ClickAsync("#check-wallet");
        await Tab.SeesAsync("#check-result .not-ok", "The node tells of MORE than Ethereum knows.");
    }

    [Theory]
    [InlineData(360, 740)]
    [InlineData(820, 1100)]
    public async Task OnAPhoneNothingIsWiderThanTheScreen(int width, int height)
    {
        await World.LockAsync(1_000);
        Lay(locked: 1_000, released: 0);
        Chain.Withdraw(Visitor, World.Bob, 400, "Certified");
        Chain.Status.Halts.Add("Reserves");
        await Tab.ResizeAsync(width, height, isPhone: width < 600);
        await ConnectAsync();
        foreach (var tab in new[] { "deposit", "withdraw", "address" })
        {
            await Tab.ClickAsync($"#tab-{tab}");
            if (tab == "address") await Tab.ClickAsync("#address-go");
            if (tab == "address") await Tab.SeesAsync("#address-result", "Nothing is there at present.");
            await FitsAsync();
            await Tab.ShootAsync($"phone-{width}-{tab}");
        }

        await Tab.GoAsync(Address("/bridge/solvency"));
        await Tab.SeesAsync("#verdict", "The vault has fewer tokens than it owes.");
        await FitsAsync();
        await Tab.ShootAsync($"phone-{width}-solvency");
    }

    [Fact]
    public async Task TheKeyboardIsEnoughAndTheDarkIsDark()
    {
        await Tab.PreferDarkAsync(true);
        await ConnectAsync();
        await Tab.EvaluateAsync("document.querySelector('#tab-deposit').focus()");
        await Tab.PressAsync("ArrowRight");
        await Tab.UntilAsync("document.activeElement.id === 'tab-withdraw' && !document.querySelector('#panel-withdraw').hidden && document.querySelector('#panel-deposit').hidden");
        await Tab.PressAsync("ArrowLeft");
        await Tab.PressAsync("Tab");
        await Tab.UntilAsync("document.activeElement.id === 'deposit-amount'");
        await Tab.CallAsync("Input.insertText", new { text = "2" });
        await Tab.SeesAsync("#deposit-go", "Move 2 NTK");
        await Tab.PressAsync("Enter");
        await Tab.SeesAsync(".steps li[data-state=done]", "Lock number");
        await Tab.ShootAsync("dark");
        var ground = (await Tab.EvaluateAsync("getComputedStyle(document.body).backgroundColor")).GetString();
        Assert.Equal("rgb(15, 17, 24)", ground);
    }

    private async Task FitsAsync()
    {
        var wide = await Tab.EvaluateAsync("""
            [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
              && !e.closest('.table-box, .skip, .visually-hidden')).map((e) => `${e.tagName}#${e.id}.${e.className}`).join(' ')
            """);
        Assert.Equal("", wide.GetString());
    }

    // All that is locked is here, but for 50 that wait; nothing was burned but for what was released.
    private void Lay(ulong locked, ulong released)
    {
        var supply = locked - released - 50;
        Chain.Solvency = new GetSolvencyResponse
        {
            Height = 48_211,
            StateRoot = Words.Of(0x5a).ToByteString(),
            GenesisSupply = Ntk(0),
            Credited = Ntk(locked - 50),
            Refunded = Ntk(0),
            Withdrawn = Ntk(released),
            FeesBurned = Ntk(0),
            Supply = Ntk(supply),
            Accounts = Ntk(supply - 60),
            Reserve = Ntk(30),
            Escrow = Ntk(20),
            Treasury = Ntk(3),
            Quarantined = Ntk(7),
            Locked = Ntk(locked),
            Released = Ntk(released),
            Pending = Ntk(50),
            Open = Ntk(0),
            ReservesBlock = 19_402_117,
            ReservesBalance = Ntk(locked - released),
            ReservesLocked = Ntk(locked),
            ReservesReleased = Ntk(released),
            ReservesHash = Words.Of(0x77).ToByteString(),
        };
    }

    private static Google.Protobuf.ByteString Ntk(ulong amount) => Amount.FromNtk(amount).ToByteString();
}
