using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;

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

        static Amount Ntk(Google.Protobuf.ByteString bytes) => Amount.TryFromBytes(bytes.Span, out var read) ? read : throw new InvalidDataException();
    }
}
