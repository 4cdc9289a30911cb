using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

/// <summary>A withdrawal and its leaf against headers alone: whatever a node says, only what the vault would pay is called proved.</summary>
public sealed class ProvenWithdrawalTests : IAsyncLifetime
{
    private static readonly Address There = LedgerFixture.Key(800).Address;

    private readonly BridgeWorld _world = new();
    private readonly string _genesis = Path.GetTempFileName();
    private readonly Hash256 _burnId;
    private readonly WithdrawalRecord _record;
    private PaperNode _node = null!;

    public ProvenWithdrawalTests()
    {
        _world.Fund();
        for (var i = 0; i < 4; i++) _world.Burn(Amount.FromNtk(1));
        _burnId = _world.Burn(Amount.FromNtk(10), There);
        _world.Burn(Amount.FromNtk(2));
        _world.Chain.Step();
        _record = _world.Withdrawal(_burnId)!;
    }

    private Hash256 Leaf => BridgeLeaf.Release(BridgeWorld.Bridge.VaultAddress, new BridgeWithdrawal(_burnId, There, Amount.FromNtk(10), _record.DeadlineSeconds));

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllBytesAsync(_genesis, _world.Chain.Genesis.ToJson(), TestContext.Current.CancellationToken);
        _node = await PaperNode.StartAsync(_world.Chain);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        File.Delete(_genesis);
    }

    [Fact]
    public async Task ACertifiedOneIsProvedWithItsLeaf()
    {
        Assert.Equal((WithdrawalState.Certified, 4UL), (_record.State, _record.Leaf));
        var proved = await ProveAsync(_burnId);
        Assert.True(proved.ExitCode == 0, proved.Errors);
        var lines = proved.Output.Split('\n');
        Assert.Contains("state         Certified", lines);
        Assert.Contains($"burned        10 NTK by {_world.Alice.Address} in block {_record.Height}", lines);
        Assert.Contains($"pays          {There} on Ethereum", lines);
        Assert.Contains($"leaf          {Leaf}, index 4", lines);
        Assert.Contains($"deadline      {BridgeText.Clock(_record.DeadlineSeconds)}", lines);
        Assert.Contains($"proved        against header {_world.Chain.State.Height} (", proved.Output, StringComparison.Ordinal);

        // The usual answer, and two lines more.
        var plain = await CommandRunner.RunAsync("query", "withdrawal", _burnId.ToString(), "--node", _node.Api);
        Assert.Equal(0, plain.ExitCode);
        Assert.StartsWith(plain.Output, proved.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneWithoutALeafIsProvedWithoutAndOneThatIsNotThereIsProvedAbsent()
    {
        var held = _world.Burn(Amount.FromNtk(101), There);
        _world.Chain.Step();
        var proved = await ProveAsync(held);
        Assert.True(proved.ExitCode == 0, proved.Errors);
        Assert.Contains("state         Held", proved.Output, StringComparison.Ordinal);
        Assert.Contains("leaf          none yet", proved.Output, StringComparison.Ordinal);
        var absent = await ProveAsync(Hash256.Sha256([9]));
        Assert.True(absent.ExitCode == 0, absent.Errors);
        Assert.Contains("none with this burn id is open", absent.Output, StringComparison.Ordinal);
        Assert.Equal(0, _node.LeavesAsked);
    }

    [Fact]
    public async Task AnotherPathIsRefused()
    {
        _node.ChangeLeaf = (shown, range) => shown.Proof = ByteString.CopyFrom(range.Prove(3).Encode());
        await RefusedAsync("the path is that of bridge leaf 3, and the state names leaf 4");
        _node.ChangeLeaf = (shown, range) => shown.Proof = ByteString.CopyFrom((range.Prove(3) with { Index = 4 }).Encode());
        await RefusedAsync("is malformed"); // index and count say how long it is
        _node.ChangeLeaf = (shown, _) => shown.Proof = ByteString.CopyFrom([.. shown.Proof.Span[..^1], (byte)(shown.Proof.Span[^1] ^ 1)]);
        await RefusedAsync($"the path of bridge leaf 4 does not lead to the bridge root in header {_world.Chain.State.Height}");
        _node.ChangeLeaf = (shown, range) => shown.Proof = ByteString.CopyFrom(range.Prove(4, 5).Encode()); // of a root that a header before it had
        await RefusedAsync("does not lead to the bridge root");
        _node.ChangeLeaf = (shown, _) => shown.Proof = ByteString.CopyFrom(1, 2, 3);
        await RefusedAsync("the proof of bridge leaf 4 is malformed");
    }

    /// <summary>The record is proved, so that whoever denies the leaf contradicts the very state that he showed.</summary>
    [Fact]
    public async Task ALeafThatIsSaidToBeMissingIsRefused()
    {
        _node.ChangeLeaf = (_, _) => throw new RpcException(StatusCode.NotFound, "it is not appended yet");
        await RefusedAsync($"the state after {_world.Chain.State.Height.Value - 1} names bridge leaf 4, and the node has none: it is not appended yet");
    }

    [Fact]
    public async Task AnotherRecordIsRefused()
    {
        _node.ChangeRecord = record => record.Value = ByteString.CopyFrom([.. record.Value.Span[..55], 1, .. record.Value.Span[56..]]); // the amount
        await RefusedAsync("the value of ");
        _node.ChangeRecord = record => record.Exists = false;
        await RefusedAsync("the absence of ");
    }

    [Fact]
    public async Task AnotherHeaderIsRefused()
    {
        _node.ChangeHeader = block => block with { Header = block.Header with { BridgeRoot = Hash256.Sha256([1]) } };
        await RefusedAsync("CertificateOfAnotherBlock");
    }

    /// <summary>The vault stands in the leaf: who names another one names another leaf.</summary>
    [Fact]
    public async Task AnotherVaultIsRefused()
    {
        var other = _world.Chain.Genesis with { Bridge = BridgeWorld.Bridge with { Vault = There } };
        _node.ChangeGenesis = shown => shown.Json = ByteString.CopyFrom(other.ToJson());
        await RefusedAsync($"the node shows the genesis {other.Hash}, the headers are of {_world.Chain.GenesisHash}");
        _node.ChangeGenesis = shown => shown.Json = ByteString.CopyFromUtf8("{}");
        await RefusedAsync("the genesis that the node shows cannot be read");
    }

    // Its blocks are of 2023.
    private Task<CommandOutcome> ProveAsync(Hash256 burnId) =>
        CommandRunner.RunAsync("query", "withdrawal", burnId.ToString(), "--prove", "--genesis", _genesis, "--trusting-period", "36500", "--node", _node.Api);

    private async Task RefusedAsync(string reason)
    {
        var refused = await ProveAsync(_burnId);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith("neurochain: NOT PROVED: ", refused.Errors, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Errors, StringComparison.Ordinal);
    }
}
