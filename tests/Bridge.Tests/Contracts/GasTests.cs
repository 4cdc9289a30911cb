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

    // Leaves of the range in which a withdrawal stands, as powers of two.
    private static readonly int[] Depths = [10, 14, 20];

    [Fact]
    public async Task TheFiguresArePublishedAndAReleaseUnderFourValidatorsStaysBelowItsBound()
    {
        var small = await MeasureAsync(4);
        var large = await MeasureAsync(20);
        var page = Page(small, large);
        output.WriteLine(page);
        var releases = small.Where(figure => figure.Key.StartsWith("release", StringComparison.Ordinal)).ToList();
        Assert.Equal(2 * Depths.Length, releases.Count);
        Assert.All(releases, figure => Assert.True(figure.Value <= ReleaseMax, $"{figure.Key}: {figure.Value} gas"));

        var file = Path.Combine("docs", "results", "bridge-gas.md");
        if (Environment.GetEnvironmentVariable("NEUROCHAIN_RESULTS") is { Length: > 0 } folder)
            await File.WriteAllTextAsync(Path.Combine(folder, Path.GetFileName(file)), page, TestContext.Current.CancellationToken);
        else
            Assert.Equal(page, await File.ReadAllTextAsync(Path.Combine(Repository.Root, file), TestContext.Current.CancellationToken));
    }

    private static async Task<Dictionary<string, ulong>> MeasureAsync(int validators)
    {
        await using var ethereum = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken);
        var keys = ValidatorKeys.Of(validators, 70);
        var world = await VaultWorld.DeployAsync(ethereum, keys);
        var gas = new Dictionary<string, ulong>();

        async Task AddAsync(string name, Task<LocalReceipt> sent) => gas[name] = (await sent).GasUsed;

        await AddAsync("deploy the vault", ethereum.SendAsync(world.Owner, null, world.Vault.Artifact.Creation(world.Config.ToAbi())));
        await AddAsync("lock, the first", world.LockAsync(10_000));
        await AddAsync("lock", world.LockAsync(10_000));
        await world.ReleaseAsync(world.Burn(10, world.Alice)); // the counters are no longer zero
        foreach (var depth in Depths)
        {
            var fresh = Address.FromBytes([.. Enumerable.Repeat((byte)depth, Address.Size)]);
            foreach (var holds in new[] { "without", "with" })
                await AddAsync($"release, receiver {holds} NTK, 2^{depth} leaves", world.Vault.SendAsync(world.Stranger, ReleaseCall(world, fresh, depth)));
        }

        await AddAsync("pause", world.PauseAsync(3));
        await AddAsync("act: unpause", world.ActAsync(BridgeAction.Unpause(world.NextActionId(), 1, VaultWorld.Far)));
        await ethereum.WarpByAsync(VaultWorld.UnpauseDelay);
        await AddAsync("completeUnpause", world.Vault.SendAsync(world.Stranger, "completeUnpause"));
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

    private static byte[] ReleaseCall(VaultWorld world, Address to, int depth)
    {
        var withdrawal = world.Burn(10, to).Withdrawal;
        var (root, proof) = LargeRange.Of(BridgeLeaf.Release(world.VaultAddress, withdrawal), depth);
        return VaultCalls.Release(world.Chain.Certify(bridgeRoot: root), withdrawal, proof);
    }

    private static string Page(Dictionary<string, ulong> small, Dictionary<string, ulong> large)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # Gas of the bridge's contracts

            Measured on a local Ethereum (anvil, Prague) by transactions, with the compiled contracts of this tree over a mock of NTK. Certificates have
            as many signatures as a quorum needs and no more: 3 of 4, 14 of 20 validators of equal power. Paths are the longest of a range of so many
            leaves. Under four validators a release costs at most {ReleaseMax:N0} up to 2^{Depths[^1]} leaves: a test holds it to that. Every {EventChain.MarkEvery}th event of the
            vault, whatever it is, costs 22,100 more for its mark.

            Made by this command, from the root of the repository; without the variable the same test compares this page with what it measures:

                NEUROCHAIN_RESULTS="$PWD/docs/results" dotnet test tests/Bridge.Tests --filter GasTests

            | call | 4 validators | 20 validators |
            |---|---:|---:|

            """);
        foreach (var (name, gas) in small) text.Append(CultureInfo.InvariantCulture, $"| {name} | {gas:N0} | {large[name]:N0} |\n");
        return text.ToString();
    }
}
