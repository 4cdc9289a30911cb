using System.Globalization;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>
/// What the calls cost. Keys, amounts and addresses are fixed and so are the figures: the page docs/results/bridge-gas.md is compared to the
/// unit, and written where NEUROCHAIN_RESULTS names the folder.
/// </summary>
public sealed class GasTests(ITestOutputHelper output)
{
    private const ulong ReleaseMax = 150_000;
    private const int LeavesBefore = 1000;

    [Fact]
    public async Task TheFiguresArePublishedAndAReleaseUnderFourValidatorsStaysBelowItsBound()
    {
        var small = await MeasureAsync(4);
        var large = await MeasureAsync(20);
        var page = Page(small, large);
        output.WriteLine(page);
        Assert.True(small["release, receiver without NTK"] <= ReleaseMax, $"{small["release, receiver without NTK"]} gas");
        Assert.True(small["release, receiver with NTK"] <= ReleaseMax);

        var file = Path.Combine("docs", "results", "bridge-gas.md");
        if (Environment.GetEnvironmentVariable("NEUROCHAIN_RESULTS") is { Length: > 0 } folder)
            await File.WriteAllTextAsync(Path.Combine(folder, Path.GetFileName(file)), page, TestContext.Current.CancellationToken);
        else
            Assert.Equal(page, await File.ReadAllTextAsync(Path.Combine(Repository.Root, file), TestContext.Current.CancellationToken));
    }

    private static async Task<Dictionary<string, ulong>> MeasureAsync(int validators)
    {
        await using var ethereum = await LocalEthereum.StartAsync();
        var keys = ValidatorKeys.Of(validators, 70);
        var world = await VaultWorld.DeployAsync(ethereum, keys);
        var gas = new Dictionary<string, ulong>();

        async Task AddAsync(string name, Task<LocalReceipt> sent) => gas[name] = (await sent).GasUsed;

        await AddAsync("deploy the vault", ethereum.SendAsync(world.Owner, null, world.Vault.Artifact.Creation(world.Config.ToAbi())));
        await AddAsync("lock, the first", world.LockAsync(10_000));
        await AddAsync("lock", world.LockAsync(10_000));
        for (var i = 0; i < LeavesBefore; i++) world.Burn(1);
        await world.ReleaseAsync(world.Burn(10, world.Alice)); // the counters are no longer zero
        await AddAsync("release, receiver without NTK", world.ReleaseAsync(world.Burn(10)));
        await AddAsync("release, receiver with NTK", world.ReleaseAsync(world.Burn(10)));
        await AddAsync("pause", world.PauseAsync(3));
        await AddAsync("act: unpause", world.ActAsync(BridgeAction.Unpause(world.NextActionId(), 1, VaultWorld.Far)));
        await AddAsync("follow, the first", world.FollowAsync(ValidatorKeys.Of(validators, 71)));
        await AddAsync("follow", world.FollowAsync(keys));

        var factory = await Contract.DeployAsync(ethereum, world.Owner, "DepositFactory", AbiValue.Address(world.Vault.Address));
        var recipient = AbiValue.Word(Words.Of(world.Bob));
        await AddAsync("deposit address: deploy", factory.SendAsync(world.Stranger, "deploy", recipient));
        var deposit = new Contract(ethereum, ContractArtifact.Load("Deposit"), await factory.AddressAsync("addressOf", recipient));
        await world.Token.SendAsync(world.Alice, "transfer", AbiValue.Address(deposit.Address), AbiValue.Amount(Amount.FromNtk(5)));
        await AddAsync("deposit address: flush", deposit.SendAsync(world.Stranger, "flush"));

        var gate = await Contract.DeployAsync(ethereum, world.Owner, "BurnGate", AbiValue.Address(world.Token.Address), AbiValue.Number(1));
        await world.ApproveAsync(gate.Address);
        await gate.SendAsync(world.Alice, "burn", AbiValue.Number(5), recipient);
        await AddAsync("burn gate: burn", gate.SendAsync(world.Alice, "burn", AbiValue.Number(5), recipient));

        var (a, b) = world.Fork();
        await AddAsync("proveFork", world.Vault.SendAsync(world.Stranger, VaultCalls.ProveFork(a, b, 2)));
        return gas;
    }

    private static string Page(Dictionary<string, ulong> small, Dictionary<string, ulong> large)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # Gas of the bridge's contracts

            Measured on a local Ethereum (anvil, Prague) by transactions, with the compiled contracts of this tree over a mock of NTK. Certificates have
            as many signatures as a quorum needs and no more: 3 of 4, 14 of 20 validators of equal power. Withdrawals have a path in a range of more
            than {LeavesBefore:N0} leaves; each doubling adds a hash. There a release under four validators costs at most {ReleaseMax:N0}: a test holds it to that.

            Made by this command, from the root of the repository; without the variable the same test compares this page with what it measures:

                NEUROCHAIN_RESULTS="$PWD/docs/results" dotnet test tests/Bridge.Tests --filter GasTests

            | call | 4 validators | 20 validators |
            |---|---:|---:|

            """);
        foreach (var (name, gas) in small) text.Append(CultureInfo.InvariantCulture, $"| {name} | {gas:N0} | {large[name]:N0} |\n");
        return text.ToString();
    }
}
