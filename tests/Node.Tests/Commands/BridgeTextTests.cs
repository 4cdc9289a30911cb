using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>What holders and voters read.</summary>
public sealed class BridgeTextTests
{
    [Theory]
    [InlineData(0UL, "0 s")]
    [InlineData(1UL, "1 s")]
    [InlineData(59_001UL, "1 min")]
    [InlineData(61_000UL, "1 min 1 s")]
    [InlineData(3_600_000UL, "1 h")]
    [InlineData(7_500_000UL, "2 h 5 min")]
    [InlineData(90_000_000UL, "1 d 1 h")]
    [InlineData(ulong.MaxValue, "213503982334 d 14 h")]
    public void ATimeHasItsTwoLargestUnits(ulong milliseconds, string text) => Assert.Equal(text, BridgeText.Time(milliseconds));

    [Fact]
    public void TheTableSaysWhatStandsWhereAndWhy()
    {
        var status = new GetBridgeStatusResponse
        {
            Height = 12,
            EthereumChainId = 1,
            Vault = ByteString.CopyFrom(new byte[20]),
            Token = ByteString.CopyFrom(new byte[20]),
            Nonce = 3,
            VaultReleasesPaused = true,
            CreditsPaused = true,
            StopCount = 2,
            Locked = Ntk(100),
            Released = Ntk(10),
            Pending = Ntk(1),
            Open = Ntk(2),
            Credits = new BridgeBucket { Capacity = Ntk(1_000), PerSecond = Ntk(2), Level = Ntk(280) },
            Withdrawals = new BridgeBucket { Capacity = Ntk(1_000), PerSecond = Ntk(2), Level = Ntk(1_000) },
            HoldAbove = Ntk(50),
            HoldBlocks = 7,
            WithdrawalMin = Ntk(1),
            FollowedSet = 1,
            ElectedSet = 2,
            NextSetHeight = 99,
            Watch = new V1.EthereumWatch { Scanned = 5, Finalized = 6, Endpoints = { new EthereumEndpointDetail { Name = "a", State = "Counted" } } },
        };
        status.Halts.Add("Reserves");
        var lines = BridgeStatusCommand.Lines(status).ToLookup(line => line.Name, line => line.Value);
        Assert.EndsWith("a guardian stopped releases", lines["vault"].Single(), StringComparison.Ordinal);
        Assert.Equal("limit 1000 NTK and 2 a second; 280 NTK may pass now, full in 6 min", lines["credits"].Single());
        Assert.Equal("limit 1000 NTK and 2 a second; 1000 NTK may pass now", lines["withdrawals"].Single());
        Assert.Equal("a validator stopped credits; halted (stop count 2; a vote resumes)", lines["stops"].Single());
        Assert.Equal("Reserves: the vault holds less than it owes", lines["  halt"].Single());
        Assert.Contains("elected is 2: no withdrawal is certified until somebody brings the certificate of height 99", lines["sets"].Single(), StringComparison.Ordinal);
        Assert.Equal("scanned up to block 5 of Ethereum, final is 6", lines["watch"].Single());
        Assert.Equal("a: Counted", lines["  endpoint"].Single());
        Assert.Equal("1000", BridgeStatusCommand.ToJson(status)["credits"]!["capacity"]!.GetValue<string>());
        Assert.Equal("this node does not watch Ethereum", BridgeStatusCommand.Lines(new GetBridgeStatusResponse()).Last().Value);
    }

    [Fact]
    public void EveryHaltHasItsWords()
    {
        foreach (var halt in Enum.GetNames<NeuroChain.Ledger.BridgeHalt>().Where(name => name != "None"))
            Assert.DoesNotContain("does not know", HaltText.Of(halt).Replace("this release does not know", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void VotersSeeWhatAnOrderSays()
    {
        var address = Address.FromBytes(Enumerable.Repeat((byte)0x11, 20).ToArray());
        Assert.Equal("end the pauses up to number 4, a day later", Text(BridgeAction.Unpause(default, 4, 0)));
        Assert.Equal("limit releases to 5 NTK at once and 6 NTK a second, locks to 7 NTK at least", Text(BridgeAction.SetLimits(default, Amount.FromNtk(5), Amount.FromNtk(6), Amount.FromNtk(7), 0)));
        Assert.Equal($"RETIRE: move all that it holds to the vault {address}, 14 days later, AND CLOSE THIS CHAIN'S BRIDGE until a rule takes that vault over", Text(BridgeAction.Retire(default, address, 0)));
        Assert.Equal($"send 9 base units of the token {address}, which it does not owe, to {address}", Text(BridgeAction.Rescue(default, address, address, new Amount(9), 0)));
        Assert.Equal("cancel the recovery that is due at 77", Text(BridgeAction.CancelRecovery(default, 77, 0)));
        Assert.Equal($"make {address} a guardian", Text(BridgeAction.SetGuardian(default, address, true, 0)));
        Assert.Equal($"put the guardian {address} out of office, two days later", Text(BridgeAction.SetGuardian(default, address, false, 0)));
        Assert.Contains("CANNOT READ", OrderText.Of(new OrderVault { Kind = 3, Arguments = ByteString.CopyFrom(new byte[31]) }), StringComparison.Ordinal);
        Assert.Contains("CANNOT READ", OrderText.Of(new OrderVault { Kind = 300 }), StringComparison.Ordinal);
        Assert.Contains("NO ADDRESS", OrderText.Of(new OrderVault { Kind = 3, Arguments = ByteString.CopyFrom(Enumerable.Repeat((byte)0xff, 32).ToArray()) }), StringComparison.Ordinal);
        foreach (var kind in Enum.GetValues<GovernanceAction.ActionOneofCase>().Where(kind => kind.ToString().Contains("Bridge", StringComparison.Ordinal) || kind is GovernanceAction.ActionOneofCase.OrderVault or GovernanceAction.ActionOneofCase.RedirectLock))
            Assert.DoesNotContain("does not know", ActionText.Of(Of(kind)), StringComparison.Ordinal);
    }

    private static GovernanceAction Of(GovernanceAction.ActionOneofCase kind) => kind switch
    {
        GovernanceAction.ActionOneofCase.ResumeBridge => new GovernanceAction { ResumeBridge = new ResumeBridge { StopCount = 1 } },
        GovernanceAction.ActionOneofCase.RedirectLock => new GovernanceAction { RedirectLock = new RedirectLock { Nonce = 1, To = ByteString.CopyFrom(new byte[20]) } },
        _ => new GovernanceAction { OrderVault = new OrderVault { Kind = 1, Arguments = ByteString.CopyFrom(new byte[32]) } },
    };

    private static string Text(BridgeAction action) => OrderText.Of(new OrderVault { Kind = (uint)action.Kind, Arguments = ByteString.CopyFrom(action.Arguments.AsSpan()) });

    private static ByteString Ntk(ulong ntk) => Amount.FromNtk(ntk).ToByteString();
}
