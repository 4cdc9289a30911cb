using System.Globalization;
using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Does a validator's part for the bridge: says which hashes Ethereum's final blocks have, and brings what they show as soon as they are attested. After
/// every block it asks what is due; what is not on chain yet is due again later, so that a restart costs nothing.
/// </summary>
/// <param name="view">The node as it stands.</param>
/// <param name="signal">Tells of new blocks.</param>
/// <param name="signer">The validator.</param>
/// <param name="findings">What it has read of Ethereum.</param>
/// <param name="open">Withdrawals that are under way.</param>
/// <param name="submit">Sends a transaction.</param>
/// <param name="logger">For what is sent and what fails.</param>
internal sealed partial class BridgeAgent(
    Func<HostView> view, BlockSignal signal, ISigner signer, IEthereumFindings findings, OpenTransferIndex open, Func<Transaction, Task<MempoolRejection>> submit, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>Bytes of evidence that are sent after one block: half of what a validator may have waiting.</summary>
    private const int BytesPerBlockMax = 128 * 1024;

    /// <summary>Blocks until words that are not on chain are said again.</summary>
    private const ulong RepeatBlocks = 4;

    /// <summary>Evidence of so many blocks of Ethereum has the same first validator, an epoch's: so that it mostly comes in order.</summary>
    private const ulong BlocksPerTurn = 32;

    private readonly BlockLoop _loop = new(view, signal);
    private readonly RelayTurns _turns = new();
    private readonly HashSet<Hash256> _pieces = [];
    private (ulong Sequence, Height Height, BridgeAttestation? Words) _said;
    private (ulong Heartbeat, IReadOnlyList<Hash256> BurnIds) _overdue = (0, []);

    /// <summary>Ends when the agent does; faulted where the node must stop.</summary>
    public Task Completion => _loop.Completion;

    public void Start() => _loop.Start(TryAsync);

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    // What fails is tried again after the next block; a disk that failed ends the node.
    private async Task TryAsync(LedgerState state)
    {
        try
        {
            await WorkAsync(state).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (StoreFailedException or InvariantException or SignerUnavailableException) && !(failure is OperationCanceledException && _loop.IsStopping))
        {
            LogFailed(failure);
        }
    }

    /// <summary>One look at what is to be said and brought, after a block.</summary>
    internal async Task WorkAsync(LedgerState state)
    {
        var overdue = Overdue(state);
        await AttestAsync(state, overdue.Count > 0 || IsStuck(state)).ConfigureAwait(false);
        if (findings.State.Halt is not null || !ValidatorsModule.Members(state).Contains(signer.Address) || ValidatorRecord.IsJailedAt(state, signer.Address) || BridgeStatus.Get(state).IsInDoubt) return;
        _pieces.Clear();
        await BringEventsAsync(state).ConfigureAwait(false);
        await BringReservesAsync(state).ConfigureAwait(false);
        foreach (var burnId in overdue) await BringUnreleasedAsync(state, burnId).ConfigureAwait(false);
        _turns.Keep(_pieces);
    }

    private async Task AttestAsync(LedgerState state, bool needsHeartbeat)
    {
        if (AttestationPlan.Next(state, signer.Address, findings, needsHeartbeat, _said.Sequence) is not { } words) return;
        var isSame = _said.Words is { } before && before.Blocks.Equals(words.Blocks);
        if (isSame && state.Height < _said.Height.Plus(RepeatBlocks)) return;
        _said = (words.Sequence, state.Height, words);
        if (await SendAsync(state, new TransactionBody { BridgeAttestation = words }).ConfigureAwait(false))
            LogAttested(words.Blocks[0].Number, words.Blocks[^1].Number, words.Blocks.Count);
    }

    // In the order of nonces: what a validator sends stands in a row in the mempools, so that a block can take several.
    private async Task BringEventsAsync(LedgerState state)
    {
        var nonce = BridgeStatus.Get(state).Nonce;
        var (room, isNext) = (BytesPerBlockMax, true);
        foreach (var block in findings.BlocksWithNoncesFrom(nonce + 1).Take(AttestationPlan.BlocksAhead))
        {
            if (AttestedBlocks.HashOf(state, block.Number) != block.Hash) return;
            var messages = ReceiptsPlan.Evidence(block, nonce, out var isWhole);
            foreach (var message in messages)
            {
                if ((room -= message.CalculateSize()) < 0) return;
                if (IsMine(state, block.Number, message.ToByteArray())) await RelayAsync(state, message, isNext).ConfigureAwait(false);
                isNext = false;
            }

            if (!isWhole)
            {
                if (messages.Count == 0 && isNext) await BringLargeAsync(state, block).ConfigureAwait(false);
                return;
            }

            nonce = block.LastNonce;
        }
    }

    // The state after the block itself is there while it is new; marks are in that of any later heartbeat.
    private async Task BringLargeAsync(LedgerState state, VaultBlock block)
    {
        var nonce = BridgeStatus.Get(state).Nonce;
        if (!IsMine(state, block.Number, Piece("events", nonce))) return;
        var events = findings.BlocksWithNoncesFrom(nonce + 1).TakeWhile(later => later.FirstNonce <= nonce + VaultStorage.MarkEvery).SelectMany(later => later.Events).ToList();
        var plans = new List<EventsPlan?> { EventsPlan.Next(block.Header, block.LastNonce, nonce, events) };
        if (findings.NewestHeartbeat is { } heartbeat && heartbeat.Number > block.Number && AttestedBlocks.HashOf(state, heartbeat.Number) == heartbeat.Hash && heartbeat.TryRead(out var reserves))
            plans.Add(EventsPlan.Next(heartbeat.Header, reserves.EventNonce, nonce, events));
        foreach (var plan in plans.OfType<EventsPlan>())
        {
            if (await findings.ProveAsync(plan.Header, state.Genesis.Bridge!.Vault, plan.Slots, _loop.Stopping).ConfigureAwait(false) is not { } storage) continue;
            await RelayAsync(state, plan.Evidence(storage), isNext: true).ConfigureAwait(false);
            return;
        }

        LogNoState(block.Number);
    }

    private async Task BringReservesAsync(LedgerState state)
    {
        if (findings.NewestHeartbeat is not { } heartbeat || !ReservesPlan.IsDue(state, heartbeat)) return;
        if (AttestedBlocks.HashOf(state, heartbeat.Number) != heartbeat.Hash || !IsMine(state, heartbeat.Number, Piece("reserves", heartbeat.Number))) return;
        await RelayAsync(state, ReservesPlan.Evidence(heartbeat), isNext: true).ConfigureAwait(false);
    }

    private async Task BringUnreleasedAsync(LedgerState state, Hash256 burnId)
    {
        var heartbeat = findings.NewestHeartbeat!;
        if (AttestedBlocks.HashOf(state, heartbeat.Number) != heartbeat.Hash) return;
        if (!IsMine(state, heartbeat.Number, [.. Piece("unreleased", heartbeat.Number), .. burnId.ToArray()])) return;
        var vault = state.Genesis.Bridge!.Vault;
        if (await findings.ProveAsync(heartbeat.Header, vault, [VaultStorage.Released(burnId)], _loop.Stopping).ConfigureAwait(false) is not { } storage)
        {
            LogNoState(heartbeat.Number);
            return;
        }

        // Released in time, and the event is on its way here.
        if (storage.TryRead(heartbeat.Header.StateRoot, out _, out var words, out _) && !words[0].IsZero) return;
        var proof = new Unreleased { BurnId = burnId.ToByteString() };
        new EvidenceNodes(proof.Nodes).Add(storage.Nodes);
        await RelayAsync(
            state, new BridgeEvidence { Number = heartbeat.Number, Header = ByteString.CopyFrom(heartbeat.Header.Encode()), Unreleased = proof }, isNext: true).ConfigureAwait(false);
    }

    // Looked for once for each heartbeat, and of what was found as long as it is open.
    private IReadOnlyList<Hash256> Overdue(LedgerState state)
    {
        if (findings.NewestHeartbeat is not { } heartbeat) return [];
        if (_overdue.Heartbeat != heartbeat.Number)
            _overdue = (heartbeat.Number, [.. open.After(state).Withdrawals.Where(burnId => IsOverdue(burnId, heartbeat))]);
        return [.. _overdue.BurnIds.Where(burnId => IsOverdue(burnId, heartbeat))];

        bool IsOverdue(Hash256 burnId, Heartbeat at) =>
            WithdrawalRecord.Get(state, burnId) is { State: WithdrawalState.Certified } record && record.DeadlineSeconds < at.Header.Timestamp;
    }

    // The next event is in a receipt that no message holds: only the vault's storage shows it.
    private bool IsStuck(LedgerState state)
    {
        var nonce = BridgeStatus.Get(state).Nonce;
        if (findings.NewestHeartbeat is not { } heartbeat || findings.BlocksWithNoncesFrom(nonce + 1).FirstOrDefault() is not { } block || heartbeat.Number <= block.Number) return false;
        return ReceiptsPlan.Evidence(block, nonce, out var isWhole).Count == 0 && !isWhole;
    }

    private bool IsMine(LedgerState state, ulong block, ReadOnlySpan<byte> piece)
    {
        var name = Hash256.Sha256(piece);
        _pieces.Add(name);
        return _turns.Take(name, RelayTurns.PlaceOf(ValidatorsModule.Members(state), signer.Address, block / BlocksPerTurn), state.Height);
    }

    private static byte[] Piece(string kind, ulong number) => System.Text.Encoding.UTF8.GetBytes($"{kind} {number.ToString(CultureInfo.InvariantCulture)}");

    /// <param name="state">The newest.</param>
    /// <param name="message">What is shown.</param>
    /// <param name="isNext">Whether it can be tried: what follows on other messages cannot.</param>
    private async Task RelayAsync(LedgerState state, BridgeEvidence message, bool isNext)
    {
        if (await SendAsync(state, new TransactionBody { BridgeRelay = message }, isNext).ConfigureAwait(false)) LogBrought(message.ProofCase, message.Number);
    }

    private async Task<bool> SendAsync(LedgerState state, TransactionBody body, bool isTried = true)
    {
        body.Genesis = state.GenesisHash.Value.ToByteString();
        var transaction = Transaction.Sign(body, signer.Address, signer.SignTagged);
        if (isTried && TransactionTrial.Of(state, transaction) is not TransactionRejection.None and var rejection)
        {
            LogNotTaken(transaction.Kind, rejection.ToString());
            return false;
        }

        var refusal = await submit(transaction).ConfigureAwait(false);
        if (refusal is not (MempoolRejection.None or MempoolRejection.AlreadyKnown)) LogNotTaken(transaction.Kind, refusal.ToString());
        return refusal == MempoolRejection.None;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "attests {Count} blocks of Ethereum from {First} to {Last}")]
    private partial void LogAttested(ulong first, ulong last, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "brings {Kind} of Ethereum's block {Block}")]
    private partial void LogBrought(BridgeEvidence.ProofOneofCase kind, ulong block);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Kind} is of no use now: {Why}")]
    private partial void LogNotTaken(TransactionBody.MessageOneofCase kind, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "no endpoint has the state after Ethereum's block {Block} any more: what is to be shown by it waits for the next heartbeat")]
    private partial void LogNoState(ulong block);

    [LoggerMessage(Level = LogLevel.Error, Message = "the bridge's work could not be done and is tried again after the next block")]
    private partial void LogFailed(Exception failure);
}
