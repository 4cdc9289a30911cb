using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

/// <summary>What a node tells over gRPC of transfers that are under way: each state, pages of them, and questions that are none.</summary>
public sealed class BridgeServiceTests
{
    private const uint Many = 120, ListedUsually = 100, ListedMax = 1_000;

    // Nonces of the vault's events in LockAllAsync.
    private const ulong Credited = 2, Quarantined = 4, First = 5, Second = 6, Last = 7 + Many, Pause = Last + 1;

    private static readonly Amount NoMore = new(1); // a unit a second: a bucket that was emptied stays so

    private readonly PrivateKey _account = PrivateKey.Generate(), _other = PrivateKey.Generate();

    [Fact]
    public async Task LocksAndBurnsAreToldOfInEveryStateAndInPages()
    {
        await using var world = await BridgedNetwork.StartAsync(limits => limits with
        {
            InCapacity = Amount.FromNtk(1_000),
            InPerSecond = NoMore,
            OutCapacity = Amount.FromNtk(200),
            OutPerSecond = NoMore,
            HoldAbove = Amount.FromNtk(100),
            HoldBlocks = 1_000_000,
        });
        await LockAllAsync(world);
        await EachLockHasItsStateAsync(world);
        await LocksComeInPagesAsync(world);
        await EachBurnHasItsStateAsync(world);
    }

    [Fact]
    public async Task AChainWithoutAVaultRefusesAllOfIt()
    {
        await using var network = await RunningNetwork.StartAsync(1, others: 0, allows: _ => true);
        using var client = new NodeClient(network.Members[0].Api);
        await RefusedAsync<GetBridgeStatusRequest, GetBridgeStatusResponse>("GetStatus");
        await RefusedAsync<GetDepositRequest, DepositDetail>("GetDeposit");
        await RefusedAsync<ListDepositsRequest, ListDepositsResponse>("ListDeposits");
        await RefusedAsync<GetWithdrawalRequest, WithdrawalDetail>("GetWithdrawal");
        await RefusedAsync<ListWithdrawalsRequest, ListWithdrawalsResponse>("ListWithdrawals");
        await RefusedAsync<GetVaultCallRequest, VaultCall>("GetVaultCall");
        await RefusedAsync<GetSolvencyRequest, GetSolvencyResponse>("GetSolvency");

        async Task RefusedAsync<TRequest, TResponse>(string method)
            where TRequest : class, IMessage<TRequest>, new()
            where TResponse : class, IMessage<TResponse>, new()
        {
            var call = new RpcMethod<TRequest, TResponse>(V1.BridgeReflection.Descriptor.Services[0], method);
            var refused = await Assert.ThrowsAsync<RpcException>(() => client.Channel.UnaryAsync(call, new TRequest(), null, TestContext.Current.CancellationToken));
            Assert.Equal((StatusCode.FailedPrecondition, "this chain has no bridge"), (refused.StatusCode, refused.Status.Message));
        }
    }

    // The bucket has room for the first three locks, of which one names nobody; all that follow wait.
    private async Task LockAllAsync(BridgedNetwork world)
    {
        await world.LockAsync(500, _account.Address);
        await world.LockAsync(100, _other.Address);
        await world.Vault.SendAsync(world.Holder, VaultCalls.Lock(Amount.FromNtk(100), Words.Greatest));
        await world.LockAsync(400, _account.Address);
        await world.Vault.SendAsync(world.Holder, VaultCalls.Lock(Amount.FromNtk(50), Words.Greatest));
        await world.LockAsync(30, _other.Address);
        var many = await Contract.DeployAsync(world.Ethereum, world.Stranger, "test/ManyLocks");
        await world.Token.SendAsync(world.Holder, "approve", AbiValue.Address(many.Address), AbiValue.Amount(Amount.FromNtk(2 * Many)));
        await many.SendAsync(world.Holder, "lock", AbiValue.Address(world.Vault.Address), AbiValue.Number(Many), AbiValue.Number(0));
        await world.Vault.SendAsync(world.Ethereum.Accounts[3], "pause", AbiValue.Number(1));
        await world.FinalizeAsync();
        await RunningNetwork.EventuallyAsync(() => world.Status.Nonce == Pause, "the chain has taken all events");
    }

    private static async Task EachLockHasItsStateAsync(BridgedNetwork world)
    {
        Assert.Equal(("Credited", ""), await StateOf(Credited));
        Assert.Equal(("Quarantined", "its recipient is no account of this chain: a vote (RedirectLock) gives it to one"), await StateOf(Quarantined));
        var (state, reason) = await StateOf(First);
        Assert.Equal("Waiting", state);
        Assert.StartsWith("the limit of credits is reached: it is the next one, ", reason, StringComparison.Ordinal);
        Assert.StartsWith("the limit of credits is reached: a lock is before it, ", (await StateOf(Second)).Reason, StringComparison.Ordinal);
        Assert.Equal(("Other", "event 1 of the vault is no lock: Deployed"), await StateOf(1));
        Assert.Equal(("Other", $"event {Pause} of the vault is no lock: Paused"), await StateOf(Pause));
        Assert.Equal("Unseen", (await StateOf(Pause + 1)).State);
        Assert.Equal("Unseen", (await StateOf(ulong.MaxValue)).State);

        var waiting = await world.AskAsync<GetDepositRequest, DepositDetail>("GetDeposit", new GetDepositRequest { Nonce = First });
        Assert.Equal((First, world.Holder.ToByteString(), Amount.FromNtk(400).ToByteString()), (waiting.Nonce, waiting.Sender, waiting.Amount));
        Assert.True(waiting.WaitMs > 0);
        var quarantined = await world.AskAsync<GetDepositRequest, DepositDetail>("GetDeposit", new GetDepositRequest { Nonce = Quarantined });
        Assert.Equal((Words.Greatest.ToByteString(), Amount.FromNtk(100).ToByteString(), 0UL), (quarantined.Recipient, quarantined.Amount, quarantined.WaitMs));
        await RefusedAsync<GetDepositRequest, DepositDetail>(world, "GetDeposit", new GetDepositRequest(), StatusCode.InvalidArgument, "nonce: above 0, the first event of a vault is 1");

        async Task<(string State, string Reason)> StateOf(ulong nonce)
        {
            var detail = await world.AskAsync<GetDepositRequest, DepositDetail>("GetDeposit", new GetDepositRequest { Nonce = nonce });
            Assert.Equal(nonce, detail.Nonce);
            return (detail.State, detail.Reason);
        }
    }

    // Those that wait and the one in quarantine, in one order.
    private static async Task LocksComeInPagesAsync(BridgedNetwork world)
    {
        ulong[] open = [.. Enumerable.Range((int)Quarantined, (int)(Last - Quarantined + 1)).Select(nonce => (ulong)nonce)];
        Assert.Equal(open.Take((int)ListedUsually), await ListAsync(0, 0));
        Assert.Equal(open, await ListAsync(0, ListedMax));
        Assert.Equal(open.Skip((int)ListedUsually), await ListAsync(open[ListedUsually - 1], 0));
        Assert.Equal(Quarantined, Assert.Single(await ListAsync(0, 1)));
        Assert.Equal(First, Assert.Single(await ListAsync(Quarantined, 1)));
        Assert.Empty(await ListAsync(Last, 1));
        Assert.Empty(await ListAsync(ulong.MaxValue, ListedMax));
        var walked = new List<ulong>();
        while (await ListAsync(walked.LastOrDefault(), 50) is { Length: > 0 } page) walked.AddRange(page);
        Assert.Equal(open, walked);
        await RefusedAsync<ListDepositsRequest, ListDepositsResponse>(
            world, "ListDeposits", new ListDepositsRequest { Limit = ListedMax + 1 }, StatusCode.InvalidArgument, "limit: at most 1000, or 0 for 100");

        async Task<ulong[]> ListAsync(ulong after, uint limit) =>
            [.. (await world.AskAsync<ListDepositsRequest, ListDepositsResponse>("ListDeposits", new ListDepositsRequest { AfterNonce = after, Limit = limit })).Deposits.Select(detail => detail.Nonce)];
    }

    // 200 NTK may go at once: 80, 90 and 10 do, 60 wait, and 120 are held.
    private async Task EachBurnHasItsStateAsync(BridgedNetwork world)
    {
        var (certified, own) = (new List<Hash256>(), new List<Hash256>());
        foreach (var (from, ntk) in new[] { (_account, 80UL), (_account, 90UL), (_other, 10UL) }) certified.Add(await world.WithdrawAsync(from, Amount.FromNtk(ntk), world.Receiver));
        await RunningNetwork.EventuallyAsync(() => certified.All(id => WithdrawalRecord.Get(world.Members[0].State, id)!.State == WithdrawalState.Certified), "three are certified");
        var waiting = await world.WithdrawAsync(_account, Amount.FromNtk(60), world.Receiver);
        var held = await world.WithdrawAsync(_account, Amount.FromNtk(120), world.Receiver);
        own.AddRange([certified[0], certified[1], waiting, held]);

        var ready = await DetailAsync(certified[0]);
        Assert.Equal(("Certified", _account.Address.ToByteString(), world.Receiver.ToByteString(), Amount.FromNtk(80).ToByteString()), (ready.State, ready.Sender, ready.To, ready.Amount));
        Assert.StartsWith("it can be released: anybody may send the vault its call until ", ready.Reason, StringComparison.Ordinal);
        Assert.True(ready.Deadline > 0 && ready.BurnHeight > 0 && ready.HeldUntil == 0);
        var late = await DetailAsync(waiting);
        Assert.Equal(("Waiting", 0UL, 0UL), (late.State, late.Deadline, late.HeldUntil));
        Assert.StartsWith("the limit of withdrawals is reached: it is the next one, ", late.Reason, StringComparison.Ordinal);
        var large = await DetailAsync(held);
        Assert.Equal(("Held", large.BurnHeight + 1_000_000, 0UL, 0), (large.State, large.HeldUntil, large.Deadline, large.Vetoes.Count));
        Assert.StartsWith("it is above 100 NTK and held until block ", large.Reason, StringComparison.Ordinal);

        Hash256[] all = [.. certified.Append(waiting).Append(held).Order()];
        Assert.Equal(all, await ListAsync(null, 0));
        Assert.Equal(own.Order(), await ListAsync(null, ListedMax, _account.Address));
        Assert.Equal(certified[2], Assert.Single(await ListAsync(null, 1, _other.Address)));
        Assert.Empty(await ListAsync(null, 0, world.Receiver));
        Assert.Empty(await ListAsync(all[^1], 0));
        var walked = new List<Hash256>();
        while (await ListAsync(walked.Count == 0 ? null : walked[^1], 2) is { Length: > 0 } page) walked.AddRange(page);
        Assert.Equal(all, walked);

        await RefusedAsync<ListWithdrawalsRequest, ListWithdrawalsResponse>(
            world, "ListWithdrawals", new ListWithdrawalsRequest { Limit = ListedMax + 1 }, StatusCode.InvalidArgument, "limit: at most 1000, or 0 for 100");
        await RefusedAsync<ListWithdrawalsRequest, ListWithdrawalsResponse>(
            world, "ListWithdrawals", new ListWithdrawalsRequest { AfterBurnId = Bytes(5) }, StatusCode.InvalidArgument, "after_burn_id: 32 bytes wanted, 5 given");
        await RefusedAsync<ListWithdrawalsRequest, ListWithdrawalsResponse>(
            world, "ListWithdrawals", new ListWithdrawalsRequest { Sender = Bytes(19) }, StatusCode.InvalidArgument, "sender: 20 bytes wanted, 19 given");
        await RefusedAsync<GetWithdrawalRequest, WithdrawalDetail>(
            world, "GetWithdrawal", new GetWithdrawalRequest { BurnId = Bytes(3) }, StatusCode.InvalidArgument, "burn_id: 32 bytes wanted, 3 given");
        await RefusedAsync<GetWithdrawalRequest, WithdrawalDetail>(
            world, "GetWithdrawal", new GetWithdrawalRequest { BurnId = Bytes(32) }, StatusCode.NotFound, "no open withdrawal has this burn id: it was released or came back, or never was");

        // No call of anything that is not certified.
        await RefusedAsync<GetVaultCallRequest, VaultCall>(world, "GetVaultCall", new GetVaultCallRequest(), StatusCode.InvalidArgument, "what: burn_id, order or set wanted");
        await RefusedAsync<GetVaultCallRequest, VaultCall>(world, "GetVaultCall", new GetVaultCallRequest { Order = 7 }, StatusCode.NotFound, "no order has this number");
        await RefusedAsync<GetVaultCallRequest, VaultCall>(world, "GetVaultCall", new GetVaultCallRequest { Set = 1 }, StatusCode.NotFound, "the chain has no set 1: the last one is 0");
        foreach (var id in new[] { waiting, held })
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => world.AskAsync<GetVaultCallRequest, VaultCall>("GetVaultCall", new GetVaultCallRequest { BurnId = id.ToByteString() }));
            Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        }

        Task<WithdrawalDetail> DetailAsync(Hash256 id) => world.AskAsync<GetWithdrawalRequest, WithdrawalDetail>("GetWithdrawal", new GetWithdrawalRequest { BurnId = id.ToByteString() });

        async Task<Hash256[]> ListAsync(Hash256? after, uint limit, Address? sender = null)
        {
            var request = new ListWithdrawalsRequest { AfterBurnId = after?.ToByteString() ?? ByteString.Empty, Limit = limit, Sender = sender?.ToByteString() ?? ByteString.Empty };
            return [.. (await world.AskAsync<ListWithdrawalsRequest, ListWithdrawalsResponse>("ListWithdrawals", request)).Withdrawals.Select(detail => Hash256.FromBytes(detail.BurnId.Span))];
        }
    }

    private static async Task RefusedAsync<TRequest, TResponse>(BridgedNetwork world, string method, TRequest request, StatusCode code, string reason)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => world.AskAsync<TRequest, TResponse>(method, request));
        Assert.Equal((code, reason), (refused.StatusCode, refused.Status.Message));
    }

    private static ByteString Bytes(int count) => ByteString.CopyFrom(new byte[count]);
}
