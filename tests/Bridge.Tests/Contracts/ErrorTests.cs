using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Each custom error of the interfaces is provoked once: one that nothing provokes is dead code, or an untested check.</summary>
public sealed class ErrorTests(VaultFixture fixture) : VaultTest(fixture)
{
    /// <summary>Of the library's clones, for calls that the factory cannot make: it gives no Ether, one word and a fixed code.</summary>
    private static readonly string[] OutOfReach =
        ["DepositFactory.CloneArgumentsTooLong", "DepositFactory.Create2EmptyBytecode", "DepositFactory.InsufficientBalance"];

    public static TheoryData<string> All => new(
        from name in new[] { "NtkVault", "Deposit", "DepositFactory", "BurnGate" }
        from error in ContractArtifact.Load(name).Errors
        select $"{name}.{error.Name}");

    [Theory]
    [MemberData(nameof(All))]
    public async Task NoErrorIsForgotten(string error)
    {
        if (OutOfReach.Contains(error)) return;
        Assert.True(Provocations.All.TryGetValue(error, out var provoke), $"{error} has no provocation");
        Assert.Equal(error[(error.IndexOf('.') + 1)..], await provoke(World));
    }

    [Fact]
    public void NoProvocationIsOfAnErrorThatIsGone() =>
        Assert.Empty(Provocations.All.Keys.Concat(OutOfReach).Except(All.Select(row => row.Data)));
}
