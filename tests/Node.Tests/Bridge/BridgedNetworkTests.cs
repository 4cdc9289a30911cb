using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>NTK over the bridge and back, by running nodes and a real Ethereum node.</summary>
public sealed class BridgedNetworkTests
{
    [Fact]
    public async Task ALockIsCreditedOnAllNodesAndItsReservesAreProven()
    {
        await using var world = await BridgedNetwork.StartAsync();
        var account = PrivateKey.Generate();
        await world.LockAsync(1_000, account.Address);
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Balances(account.Address).All(balance => balance == Amount.FromNtk(1_000)), "all nodes credit it");
        await world.AgreeAsync();
        var status = world.Status;
        Assert.Equal((Amount.FromNtk(1_000), Amount.Zero, 2UL), (status.Locked, status.Pending, status.Nonce));

        await world.MineAsync((int)BridgedNetwork.HeartbeatBlocks);
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Members.All(member => BridgeStatus.Get(member.State).ReservesBlock > 0), "all nodes know the reserves");
        Assert.Equal(BridgeHalt.None, world.Status.Halts);
        await world.AgreeAsync();
    }

    [Fact]
    public async Task ABurnIsReleasedByTheCallThatANodeMakesAndTheBooksClose()
    {
        await using var world = await BridgedNetwork.StartAsync();
        var account = PrivateKey.Generate();
        await world.LockAsync(1_000, account.Address);
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Balances(account.Address).All(balance => balance == Amount.FromNtk(1_000)), "all nodes credit it");
        var amount = Amount.FromNtk(300);
        var burnId = await world.WithdrawAsync(account, amount, world.Receiver);
        var call = await world.VaultCallAsync(new GetVaultCallRequest { BurnId = burnId.ToByteString() });
        Assert.Equal(world.Vault.Address.ToByteString(), call.Vault);
        await ProvesAsync(world, burnId, amount, call);
        await world.Vault.SendAsync(world.Stranger, call.Calldata.ToByteArray());
        Assert.Equal(amount, await world.BalanceAsync(world.Receiver));

        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Members.All(member => BridgeStatus.Get(member.State).Released == amount), "all nodes know of the release");
        await world.AgreeAsync();
        Assert.Equal((Amount.FromNtk(1_000), Amount.Zero, Amount.Zero), (world.Status.Locked, world.Status.Pending, world.Status.Open));
        Assert.Null(WithdrawalRecord.Get(world.Members[0].State, burnId));
        // They are told of the block before the newest one.
        var then = world.Members[0].State.Height;
        await RunningNetwork.EventuallyAsync(() => world.Members[0].State.Height > then, "another block");
        var books = await world.AskAsync<GetSolvencyRequest, GetSolvencyResponse>("GetSolvency", new GetSolvencyRequest());
        Assert.Equal(Amount.FromNtk(700), Ntk(books.Supply) + Ntk(books.FeesBurned));
        Assert.Equal((amount, amount), (Ntk(books.Withdrawn), Ntk(books.Released)));

        // Whoever has the home of a stopped node needs nobody to know that.
        await world.Members[0].StopAsync();
        using var audit = new StringWriter();
        Assert.True(BridgeAuditCommand.Run(world.Members[0].Home, audit) == 0, audit.ToString());
        var lines = audit.ToString().Split('\n');
        Assert.Contains("ethereum     3 events of the vault in 3 blocks, 3 of them attested here", lines);
        Assert.Contains("credited     1000 NTK, 0 wait", lines);
        Assert.Contains("released     300 NTK, 0 refunded, 0 open", lines);
        Assert.Contains("verified     yes", lines);

        // And where somebody gave himself a unit in the stored state, it says so.
        using (var store = RocksStore.Open(world.Members[0].Home.StoreFolder, ChainStore.Columns))
        {
            var (key, record) = store.Scan(ChainColumns.State, KeyRange.All).First(entry => entry.Key[0] == (byte)StateModule.Accounts);
            store.Write(new WriteBatch().Put(ChainColumns.State, key, [.. record[..^1], (byte)(record[^1] ^ 1)]), durable: true);
        }

        using var forged = new StringWriter();
        Assert.Equal(1, BridgeAuditCommand.Run(world.Members[0].Home, forged));
        Assert.Contains("StateDiffers", forged.ToString(), StringComparison.Ordinal);
        Assert.Contains("verified     NO", forged.ToString(), StringComparison.Ordinal);

        static Amount Ntk(Google.Protobuf.ByteString bytes) => Amount.TryFromBytes(bytes.Span, out var read) ? read : throw new InvalidDataException();
    }

    // Any node's word, held against the genesis file alone.
    private static async Task ProvesAsync(BridgedNetwork world, Hash256 burnId, Amount amount, VaultCall call)
    {
        var node = world.Members[3];
        await RunningNetwork.EventuallyAsync(() => node.State.Height.Value > call.Height, "it has the header that proves the leaf");
        var proven = await CommandRunner.RunAsync("query", "withdrawal", burnId.ToString(), "--prove", "--genesis", node.Home.GenesisFile, "--node", node.Api);
        Assert.True(proven.ExitCode == 0, proven.Errors);
        Assert.Contains($"burned        {amount} NTK by ", proven.Output, StringComparison.Ordinal);
        Assert.Contains($"leaf          {Hex.Encode(call.Leaf.Span)}, index 0", proven.Output, StringComparison.Ordinal);
        Assert.Contains("proved        against header ", proven.Output, StringComparison.Ordinal);
        using var client = new NodeClient(node.Api);
        var proofs = new RpcMethod<ProveBridgeLeafRequest, ProveBridgeLeafResponse>(ProofReflection.Descriptor.Services[0], "ProveBridgeLeaf");
        var none = await Assert.ThrowsAsync<RpcException>(() => client.Channel.UnaryAsync(
            proofs, new ProveBridgeLeafRequest { Height = call.Height, Index = 1 }, null, TestContext.Current.CancellationToken));
        Assert.Equal((StatusCode.NotFound, $"after block {call.Height} there is no bridge leaf 1: the range has 1"), (none.StatusCode, none.Status.Message));
    }

    [Fact]
    public async Task TheVaultFollowsTheValidatorsAndDoesWhatTheyOrder()
    {
        await using var world = await BridgedNetwork.StartAsync(others: 1);
        var account = PrivateKey.Generate();
        await world.LockAsync(1_000, account.Address);
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Balances(account.Address).All(balance => balance == Amount.FromNtk(1_000)), "all nodes credit it");
        var (founders, newcomer) = (world.Members.Take(4).ToList(), world.Members[4]);
        var admission = new AdmitValidator { Address = newcomer.Validator.ToByteString(), Node = newcomer.Node.ToByteString(), Power = 10 };
        await world.Network.VoteAsync(founders[0], new GovernanceAction { AdmitValidator = admission }, founders);
        await RunningNetwork.EventuallyAsync(() => newcomer.State.Next.Validators.Contains(newcomer.Validator), "it is elected");

        // No leaf until the vault knows of it, and the withdrawal says so.
        var amount = Amount.FromNtk(300);
        var burnId = await world.WithdrawAsync(account, amount, world.Receiver);
        var request = new GetWithdrawalRequest { BurnId = burnId.ToByteString() };
        var waiting = await world.AskAsync<GetWithdrawalRequest, WithdrawalDetail>("GetWithdrawal", request);
        Assert.Equal(("Waiting", "the vault must follow validator set 1 first: anybody may bring it the call of that set"), (waiting.State, waiting.Reason));
        var refused = await Assert.ThrowsAsync<RpcException>(() => world.AskAsync<GetVaultCallRequest, VaultCall>("GetVaultCall", new GetVaultCallRequest { BurnId = burnId.ToByteString() }));
        Assert.Equal((StatusCode.FailedPrecondition, waiting.Reason), (refused.StatusCode, refused.Status.Message));
        var follow = await world.VaultCallAsync(new GetVaultCallRequest { Set = 1 });
        await world.Vault.SendAsync(world.Stranger, follow.Calldata.ToByteArray());
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => VaultSets.AreFollowed(world.Members[0].State), "the chain knows that the vault followed");

        var release = await world.VaultCallAsync(new GetVaultCallRequest { BurnId = burnId.ToByteString() });
        await world.Vault.SendAsync(world.Stranger, release.Calldata.ToByteArray());
        Assert.Equal(amount, await world.BalanceAsync(world.Receiver));
        var order = BridgeAction.SetGuardian(Hash256.Zero, world.Stranger, true, 0);
        await world.Network.VoteAsync(founders[0], new GovernanceAction { OrderVault = new OrderVault { Kind = (uint)order.Kind, Arguments = ByteString.CopyFrom(order.Arguments.AsSpan()) } }, world.Members);
        await RunningNetwork.EventuallyAsync(() => OrderRecord.Get(world.Members[0].State, 1) is { DeadlineSeconds: > 0 }, "the order has its leaf");
        var act = await world.VaultCallAsync(new GetVaultCallRequest { Order = 1 });
        await world.Vault.SendAsync(world.Receiver, act.Calldata.ToByteArray());
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Members.All(member => BridgeStatus.Get(member.State).Released == amount), "all nodes know of the release");
        await world.AgreeAsync();
        var status = await world.AskAsync<GetBridgeStatusRequest, GetBridgeStatusResponse>("GetStatus", new GetBridgeStatusRequest());
        Assert.Equal((1UL, 1UL, 0UL, 0), (status.FollowedSet, status.ElectedSet, status.NextSetHeight, status.Halts.Count));
        Assert.Equal(["Counted", "Counted", "Counted"], status.Watch.Endpoints.Select(endpoint => endpoint.State));
    }

    [Fact]
    public async Task AValidatorThatDoesNotWatchRunsAndOneThatWasAwayGoesOnWhereItStood()
    {
        await using var world = await BridgedNetwork.StartAsync();
        var account = PrivateKey.Generate();
        await world.LockAsync(1_000, account.Address);
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Balances(account.Address).All(balance => balance == Amount.FromNtk(1_000)), "all nodes credit it");
        var (unwatched, away) = (world.Members[2], world.Members[3]);
        await unwatched.StopAsync();
        await unwatched.StartAsync(options => options with { Ethereum = null });
        Assert.True(unwatched.IsBridged);
        Assert.False(unwatched.WatchesEthereum);
        await away.StopAsync();
        await world.LockAsync(500, account.Address);
        await world.FinalizeAsync();
        await away.StartAsync();
        await RunningNetwork.EventuallyAsync(() => world.Balances(account.Address).All(balance => balance == Amount.FromNtk(1_500)), "three of four are enough");
        await world.AgreeAsync();
        Assert.True(away.WatchesEthereum);
        using var client = new NodeClient(unwatched.Api);
        Assert.Null((await client.Channel.UnaryAsync(
            new RpcMethod<GetBridgeStatusRequest, GetBridgeStatusResponse>(V1.BridgeReflection.Descriptor.Services[0], "GetStatus"), new GetBridgeStatusRequest(), null, TestContext.Current.CancellationToken)).Watch);

        // Another start than that of the store is an operator's mistake.
        await away.StopAsync();
        var mistake = await Assert.ThrowsAsync<OperatorException>(() => away.StartAsync(options => options with { Ethereum = options.Ethereum! with { Start = options.Ethereum.Start! with { Hash = Hash256.Sha256([1]).ToString() } } }));
        Assert.Contains("configure that one, or begin with an empty store", mistake.Message, StringComparison.Ordinal);
    }
}
