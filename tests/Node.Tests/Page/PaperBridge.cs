using System.Collections.Concurrent;
using Google.Protobuf;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

/// <summary>
/// The API as the page asks it, with answers that a test lays down, beside a real vault: states that a network comes to only after hours or by
/// misfortune. What it gives for the vault is certified by the keys that the vault knows.
/// </summary>
internal sealed class PaperBridge
{
    private readonly ConcurrentDictionary<ulong, DepositDetail> _deposits = new();
    private VaultWorld _world = null!;
    private int _statusCalls;

    public PaperBridge(VaultWorld world) => Begin(world);

    public GetBridgeStatusResponse Status { get; set; } = new();

    public GetSolvencyResponse Solvency { get; set; } = new();

    public ConcurrentDictionary<Address, Amount> Balances { get; } = new();

    public ConcurrentDictionary<Hash256, (WithdrawalDetail Detail, VaultCall? Call)> Withdrawals { get; } = new();

    /// <summary>Calls that lead the vault on, by the number of the set.</summary>
    public ConcurrentDictionary<ulong, VaultCall> Changes { get; } = new();

    /// <summary>What every call is refused with; null for none.</summary>
    public RpcStatus? Refusal { get; set; }

    public int StatusCalls => _statusCalls;

    /// <summary>Forgets what another test laid down.</summary>
    public void Begin(VaultWorld world)
    {
        _world = world;
        _deposits.Clear();
        Withdrawals.Clear();
        Changes.Clear();
        Balances.Clear();
        (Status, Solvency, Refusal) = (StatusOf(world), new GetSolvencyResponse(), null);
    }

    public IReadOnlyList<RpcService> Create() =>
    [
        new RpcService(BridgeReflection.Descriptor.Services[0])
            .Unary<GetBridgeStatusRequest, GetBridgeStatusResponse>("GetStatus", (_, _) => Answer(() =>
            {
                Interlocked.Increment(ref _statusCalls);
                return Status;
            }))
            .Unary<GetDepositRequest, DepositDetail>("GetDeposit", (request, _) => Answer(() => Deposit(request.Nonce)))
            .Unary<ListDepositsRequest, ListDepositsResponse>("ListDeposits", (_, _) => Answer(() => new ListDepositsResponse()))
            .Unary<GetWithdrawalRequest, WithdrawalDetail>("GetWithdrawal", (request, _) => Answer(() => Find(request.BurnId).Detail))
            .Unary<ListWithdrawalsRequest, ListWithdrawalsResponse>("ListWithdrawals", (request, _) => Answer(() => new ListWithdrawalsResponse
            {
                Withdrawals = { Withdrawals.Values.Select(entry => entry.Detail).Where(detail => request.Sender.IsEmpty || detail.Sender.Equals(request.Sender)) },
            }))
            .Unary<GetVaultCallRequest, VaultCall>("GetVaultCall", (request, _) => Answer(() => request.WhatCase == GetVaultCallRequest.WhatOneofCase.Set
                ? Changes.GetValueOrDefault(request.Set) ?? throw new RpcException(StatusCode.NotFound, "the chain has no such set")
                : Find(request.BurnId).Call ?? throw new RpcException(StatusCode.FailedPrecondition, "the withdrawal waits for its turn by the limits")))
            .Unary<GetSolvencyRequest, GetSolvencyResponse>("GetSolvency", (_, _) => Answer(() => Solvency)),
        new RpcService(AccountReflection.Descriptor.Services[0])
            .Unary<GetAccountRequest, GetAccountResponse>("GetAccount", (request, _) => Answer(() => new GetAccountResponse
            {
                Balance = Balances.GetValueOrDefault(Address.FromBytes(request.Address.Span)).ToByteString(),
            }))
            .Unary<GetSupplyRequest, GetSupplyResponse>("GetSupply", (_, _) => Answer(() => new GetSupplyResponse())),
    ];

    /// <summary>Where a lock is from now on.</summary>
    public void Say(ulong nonce, string state, string reason = "", ulong waitMs = 0) =>
        _deposits[nonce] = new DepositDetail { Nonce = nonce, State = state, Reason = reason, WaitMs = waitMs };

    /// <summary>The validators have changed, and the vault is to follow.</summary>
    /// <param name="call">What leads it on; null for the true one.</param>
    public void Change(ValidatorKeys next, byte[]? call = null)
    {
        var change = _world.Chain.Change(next);
        (Status.ElectedSet, Status.NextSetHeight) = (_world.Chain.SetNumber, _world.Chain.Height);
        Changes[_world.Chain.SetNumber] = new VaultCall { Vault = _world.Vault.Address.ToByteString(), Calldata = ByteString.CopyFrom(call ?? change.Follow) };
    }

    /// <summary>The chain has heard that the vault follows.</summary>
    public void HearOfChange() => (Status.FollowedSet, Status.NextSetHeight) = (Status.ElectedSet, 0);

    /// <summary>A withdrawal that the vault would pay; its call can be had from the state "Certified" on.</summary>
    public WithdrawalDetail Withdraw(Address sender, Address to, ulong ntk, string state, string reason = "")
    {
        var release = _world.Burn(ntk, to);
        var detail = new WithdrawalDetail
        {
            Height = Status.Height,
            BurnId = release.Withdrawal.BurnId.ToByteString(),
            State = state,
            Reason = reason,
            Sender = sender.ToByteString(),
            To = to.ToByteString(),
            Amount = release.Withdrawal.Amount.ToByteString(),
            Deadline = release.Withdrawal.DeadlineSeconds,
            HeldUntil = state == "Held" ? Status.Height + 86_400 : 0,
        };
        var call = state == "Certified" ? new VaultCall { Vault = _world.Vault.Address.ToByteString(), Calldata = ByteString.CopyFrom(_world.ReleaseCall(release)) } : null;
        Withdrawals[release.Withdrawal.BurnId] = (detail, call);
        return detail;
    }

    private static GetBridgeStatusResponse StatusOf(VaultWorld world) => new()
    {
        Height = 48_211,
        EthereumChainId = world.Ethereum.ChainId,
        Vault = world.Vault.Address.ToByteString(),
        Token = world.Token.Address.ToByteString(),
        FirstBlock = 1,
        Genesis = world.Config.Genesis.ToByteString(),
        Nonce = 1,
        Locked = Amount.FromNtk(31_250_000).ToByteString(),
        Released = Amount.FromNtk(1_250_000).ToByteString(),
        Pending = Amount.FromNtk(12_500).ToByteString(),
        Open = Amount.FromNtk(740).ToByteString(),
        Credits = Bucket(5_000_000, 58),
        Withdrawals = Bucket(1_000_000, 11),
        HoldAbove = Amount.FromNtk(100_000).ToByteString(),
        HoldBlocks = 86_400,
        WithdrawalMin = Amount.FromNtk(1).ToByteString(),
        Watch = new V1.EthereumWatch { Scanned = 1, Finalized = 1 },
    };

    private static BridgeBucket Bucket(ulong capacity, ulong perSecond) =>
        new() { Capacity = Amount.FromNtk(capacity).ToByteString(), PerSecond = Amount.FromNtk(perSecond).ToByteString(), Level = Amount.FromNtk(capacity).ToByteString() };

    private Task<T> Answer<T>(Func<T> answer) => Refusal is { } status ? throw new RpcException(status) : Task.FromResult(answer());

    private DepositDetail Deposit(ulong nonce) =>
        _deposits.GetValueOrDefault(nonce) ?? new DepositDetail { Nonce = nonce, State = "Unseen", Reason = "NeuroChain has not heard of this lock yet." };

    private (WithdrawalDetail Detail, VaultCall? Call) Find(ByteString burnId) =>
        Withdrawals.TryGetValue(Hash256.FromBytes(burnId.Span), out var entry) ? entry : throw new RpcException(StatusCode.NotFound, "no such withdrawal is open");
}
