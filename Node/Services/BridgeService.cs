using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>The bridge to Ethereum: where it stands, where each transfer is and why, calls of the vault, and the books of both sides.</summary>
internal sealed class BridgeService
{
    private const int ListedMax = 1_000, ListedUsually = 100;

    private readonly NodeServices _node;
    private readonly AnswerPerHeight<int, TransferQueues> _queues = new();
    private readonly VaultCallDesk _calls;
    private readonly ReservesIndex _reserves;

    public BridgeService(NodeServices node)
    {
        _node = node;
        _calls = new VaultCallDesk(new LightBlocks(node.Chain, () => node.View.State), node.Leaves, QueuesOf);
        _reserves = new ReservesIndex(height => node.Chain.OutcomeOf(height)?.Events);
    }

    private BridgeSide? Side => _node.Runtime.Bridge;

    public RpcService Create() =>
        new RpcService(BridgeReflection.Descriptor.Services[0])
            .Unary<GetBridgeStatusRequest, GetBridgeStatusResponse>("GetStatus", (_, _) => Task.FromResult(GetStatus(Bridged())))
            .Unary<GetDepositRequest, DepositDetail>("GetDeposit", (request, _) => Task.FromResult(GetDeposit(Bridged(), request)))
            .Unary<ListDepositsRequest, ListDepositsResponse>("ListDeposits", (request, _) => Task.FromResult(ListDeposits(Bridged(), request)))
            .Unary<GetWithdrawalRequest, WithdrawalDetail>("GetWithdrawal", (request, _) => Task.FromResult(GetWithdrawal(Bridged(), request)))
            .Unary<ListWithdrawalsRequest, ListWithdrawalsResponse>("ListWithdrawals", (request, _) => Task.FromResult(ListWithdrawals(Bridged(), request)))
            .Unary<GetVaultCallRequest, VaultCall>("GetVaultCall", (request, _) => Task.FromResult(GetVaultCall(Bridged(), request)))
            .Unary<GetSolvencyRequest, GetSolvencyResponse>("GetSolvency", (_, _) => Task.FromResult(GetSolvency(Bridged())));

    private LedgerState Bridged()
    {
        var state = _node.View.State;
        return state.Genesis.Bridge is null ? throw new RpcException(StatusCode.FailedPrecondition, "this chain has no bridge") : state;
    }

    private GetBridgeStatusResponse GetStatus(LedgerState state)
    {
        var (bridge, status, limits) = (state.Genesis.Bridge!, BridgeStatus.Get(state), state.Parameters.Bridge!);
        var sets = VaultSets.FromFollowed(state);
        return new GetBridgeStatusResponse
        {
            Height = state.Height.Value,
            EthereumChainId = bridge.EthereumChainId,
            Vault = bridge.Vault.ToByteString(),
            Token = bridge.Token.ToByteString(),
            FirstBlock = bridge.FirstBlock,
            Genesis = state.GenesisHash.Value.ToByteString(),
            Nonce = status.Nonce,
            VaultLocksPaused = status.Vault.HasFlag(VaultFlags.LocksPaused),
            VaultReleasesPaused = status.Vault.HasFlag(VaultFlags.ReleasesPaused),
            VaultForked = status.Vault.HasFlag(VaultFlags.Forked),
            VaultRetiring = status.Vault.HasFlag(VaultFlags.Retiring),
            VaultRetired = status.Vault.HasFlag(VaultFlags.Retired),
            CreditsPaused = status.Paused.HasFlag(BridgeSides.In),
            WithdrawalsPaused = status.Paused.HasFlag(BridgeSides.Out),
            Halts = { Enum.GetValues<BridgeHalt>().Where(halt => halt != BridgeHalt.None && status.Halts.HasFlag(halt)).Select(halt => halt.ToString()) },
            StopCount = status.StopCount,
            Locked = status.Locked.ToByteString(),
            Released = status.Released.ToByteString(),
            Pending = status.Pending.ToByteString(),
            Open = status.Open.ToByteString(),
            Credits = Bucket(status.InBucket, limits.InCapacity, limits.InPerSecond, state.Time),
            Withdrawals = Bucket(status.OutBucket, limits.OutCapacity, limits.OutPerSecond, state.Time),
            HoldAbove = limits.HoldAbove.ToByteString(),
            HoldBlocks = limits.HoldBlocks,
            WithdrawalMin = limits.WithdrawalMin.ToByteString(),
            AttestedHighest = status.AttestedHighest,
            ReservesBlock = status.ReservesBlock,
            FollowedSet = sets[0].Number,
            ElectedSet = sets[^1].Number,
            NextSetHeight = sets.Length > 1 ? sets[1].LastHeight.Value : 0,
            Watch = Side?.Watch is { } watch ? Detail(watch) : null,
        };
    }

    private static BridgeBucket Bucket(TokenBucket bucket, Amount capacity, Amount perSecond, Timestamp now) =>
        new() { Capacity = capacity.ToByteString(), PerSecond = perSecond.ToByteString(), Level = bucket.At(now, capacity, perSecond).Level.ToByteString() };

    private static V1.EthereumWatch Detail(EthereumWatch watch) => new()
    {
        Scanned = watch.State.Cursor.Number,
        Finalized = watch.Finalized ?? 0,
        Halt = watch.State.Halt is { } halt ? $"{halt.Reason}: {halt.Detail}" : "",
        Endpoints =
        {
            watch.Standings.Select(one => new EthereumEndpointDetail
            {
                Name = one.Name, State = one.Standing == NeuroChain.Bridge.EndpointRefusal.None ? "Counted" : one.Standing.ToString(),
            }),
        },
    };

    private DepositDetail GetDeposit(LedgerState state, GetDepositRequest request)
    {
        if (request.Nonce == 0) throw RequestChecks.Bad("nonce: above 0, the first event of a vault is 1");
        var status = BridgeStatus.Get(state);
        if (request.Nonce > status.Nonce)
        {
            var text = TransferText.OfUnseen(state, request.Nonce, Side?.Watch, Side?.Watch?.Finalized);
            return new DepositDetail { Height = state.Height.Value, Nonce = request.Nonce, State = "Unseen", Reason = text.Reason, WaitMs = text.WaitMs };
        }

        if (Locks.InQuarantine(state, request.Nonce) is { } quarantined) return Quarantined(state, quarantined);
        if (PlaceOf(state, status, request.Nonce) is { } place) return Waiting(state, place);
        return OtherEvent(request.Nonce) is { } other
            ? new DepositDetail { Height = state.Height.Value, Nonce = request.Nonce, State = "Other", Reason = $"event {request.Nonce} of the vault is no lock: {other}" }
            : new DepositDetail { Height = state.Height.Value, Nonce = request.Nonce, State = "Credited" };
    }

    // The chain keeps no list of past events; a node that watches does. Null where it is a lock, or nobody knows here.
    private string? OtherEvent(ulong nonce) =>
        Side?.Watch?.BlocksWithNoncesFrom(nonce).FirstOrDefault()?.Events.FirstOrDefault(happened => happened.Nonce == nonce) is { } happened
            && VaultNotice.TryRead(happened.Log, out var notice) && notice is not VaultNotice.Locked
            ? notice.GetType().Name
            : null;

    private ListDepositsResponse ListDeposits(LedgerState state, ListDepositsRequest request)
    {
        var (limit, status) = (LimitOf(request.Limit), BridgeStatus.Get(state));
        // The first one may wait with its rest and have a part of it in quarantine: it is told of once.
        var waiting = new List<DepositDetail>();
        for (var place = FirstPlaceAbove(state, status, request.AfterNonce); place < status.PendingNext && waiting.Count < limit; place++) waiting.Add(Waiting(state, place));
        var quarantined = OpenTransfersAfter(state).Quarantined.Where(nonce => nonce > request.AfterNonce).Take(limit)
            .Select(nonce => Locks.InQuarantine(state, nonce)).OfType<LockRecord>().Select(record => Quarantined(state, record));
        return new ListDepositsResponse
        {
            Height = state.Height.Value,
            Deposits = { waiting.Concat(quarantined).GroupBy(detail => detail.Nonce).Select(same => same.First()).OrderBy(detail => detail.Nonce).Take(limit) },
        };
    }

    private DepositDetail Waiting(LedgerState state, ulong place)
    {
        var text = TransferText.OfPending(state, place, QueuesOf(state));
        return Detail(state, Locks.Pending(state, place)!, "Waiting", text.Reason, text.WaitMs);
    }

    private static DepositDetail Quarantined(LedgerState state, LockRecord record) =>
        Detail(state, record, "Quarantined", "its recipient is no account of this chain: a vote (RedirectLock) gives it to one", 0);

    private static DepositDetail Detail(LedgerState state, LockRecord record, string at, string reason, ulong waitMs) => new()
    {
        Height = state.Height.Value,
        Nonce = record.Nonce,
        State = at,
        Reason = reason,
        WaitMs = waitMs,
        Sender = record.Sender.ToByteString(),
        Recipient = record.Recipient.ToByteString(),
        Amount = record.Amount.ToByteString(),
    };

    private static ulong? PlaceOf(LedgerState state, BridgeStatus status, ulong nonce)
    {
        var place = FirstPlaceAbove(state, status, nonce - 1);
        return place < status.PendingNext && Locks.Pending(state, place)!.Nonce == nonce ? place : null;
    }

    // Locks wait in the order of their nonces.
    private static ulong FirstPlaceAbove(LedgerState state, BridgeStatus status, ulong nonce)
    {
        var (low, high) = (status.PendingFirst, status.PendingNext);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (Locks.Pending(state, middle)!.Nonce > nonce) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    private WithdrawalDetail GetWithdrawal(LedgerState state, GetWithdrawalRequest request)
    {
        var burnId = request.BurnId.RequireHash("burn_id");
        var record = WithdrawalRecord.Get(state, burnId) ?? throw RequestChecks.NotFound("no open withdrawal has this burn id: it was released or came back, or never was");
        return Detail(state, burnId, record);
    }

    private ListWithdrawalsResponse ListWithdrawals(LedgerState state, ListWithdrawalsRequest request)
    {
        var limit = LimitOf(request.Limit);
        var after = request.AfterBurnId.IsEmpty ? Hash256.Zero : request.AfterBurnId.RequireHash("after_burn_id");
        Address? sender = request.Sender.IsEmpty ? null : request.Sender.RequireAddress("sender");
        var response = new ListWithdrawalsResponse { Height = state.Height.Value };
        foreach (var burnId in OpenTransfersAfter(state).Withdrawals.SkipWhile(id => id.CompareTo(after) <= 0))
        {
            if (response.Withdrawals.Count == limit) break;
            if (WithdrawalRecord.Get(state, burnId) is { } record && (sender is null || sender == record.Sender)) response.Withdrawals.Add(Detail(state, burnId, record));
        }

        return response;
    }

    private WithdrawalDetail Detail(LedgerState state, Hash256 burnId, WithdrawalRecord record)
    {
        var text = TransferText.Of(state, burnId, record, QueuesOf(state));
        var isCertified = record.State == WithdrawalState.Certified;
        return new WithdrawalDetail
        {
            Height = state.Height.Value,
            BurnId = burnId.ToByteString(),
            State = record.State.ToString(),
            Reason = text.Reason,
            WaitMs = text.WaitMs,
            Sender = record.Sender.ToByteString(),
            To = record.To.ToByteString(),
            Amount = record.Amount.ToByteString(),
            BurnHeight = record.Height.Value,
            HeldUntil = record.State == WithdrawalState.Held ? record.Due.Value : 0,
            Leaf = isCertified ? record.Leaf : 0,
            Deadline = isCertified ? record.DeadlineSeconds : 0,
            Vetoes = { record.Vetoes.Select(veto => veto.ToByteString()) },
        };
    }

    private VaultCall GetVaultCall(LedgerState state, GetVaultCallRequest request) => request.WhatCase switch
    {
        GetVaultCallRequest.WhatOneofCase.BurnId => _calls.Release(state, request.BurnId.RequireHash("burn_id")),
        GetVaultCallRequest.WhatOneofCase.Order => _calls.Act(state, request.Order),
        GetVaultCallRequest.WhatOneofCase.Set => _calls.Follow(state, request.Set),
        _ => throw RequestChecks.Bad("what: burn_id, order or set wanted"),
    };

    // Of the block before the newest one, whose state root a decided header has: so that whoever trusts headers can check it.
    private GetSolvencyResponse GetSolvency(LedgerState newest)
    {
        var state = newest.Height > Height.Genesis && _node.Runtime.States.At(newest.Height.MinusOrGenesis(1)) is { } before ? before : newest;
        var (status, supply) = (BridgeStatus.Get(state), SupplyRecord.Get(state));
        var proven = _reserves.Of(state);
        return new GetSolvencyResponse
        {
            Height = state.Height.Value,
            StateRoot = state.Height < newest.Height ? state.Root.Value.ToByteString() : ByteString.Empty,
            GenesisSupply = supply.GenesisTotal.ToByteString(),
            Credited = supply.Credited.ToByteString(),
            Refunded = supply.Refunded.ToByteString(),
            Withdrawn = supply.Withdrawn.ToByteString(),
            FeesBurned = supply.Burned.ToByteString(),
            Supply = supply.Held.ToByteString(),
            Accounts = supply.Balances.ToByteString(),
            Reserve = supply.Reserve.ToByteString(),
            Escrow = supply.Escrow.ToByteString(),
            Treasury = supply.Treasury.ToByteString(),
            Quarantined = supply.Quarantine.ToByteString(),
            Locked = status.Locked.ToByteString(),
            Released = status.Released.ToByteString(),
            Pending = status.Pending.ToByteString(),
            Open = status.Open.ToByteString(),
            ReservesBlock = proven?.Block ?? 0,
            ReservesBalance = (proven?.Balance ?? Amount.Zero).ToByteString(),
            ReservesLocked = (proven?.Locked ?? Amount.Zero).ToByteString(),
            ReservesReleased = (proven?.Released ?? Amount.Zero).ToByteString(),
            ReservesHash = proven is { } at ? AttestedBlocks.HashOf(state, at.Block).ToByteString() : ByteString.Empty,
        };
    }

    private (IReadOnlyList<Hash256> Withdrawals, IReadOnlyList<ulong> Quarantined) OpenTransfersAfter(LedgerState state) => Side!.Open.After(state);

    private TransferQueues QueuesOf(LedgerState state) => _queues.Get(0, state.Height, () => new TransferQueues(state));

    private static int LimitOf(uint limit) =>
        limit <= ListedMax ? limit == 0 ? ListedUsually : (int)limit : throw RequestChecks.Bad($"limit: at most {ListedMax}, or 0 for {ListedUsually}");
}
