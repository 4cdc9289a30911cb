using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>What a custodian sends: that it takes its seat, and shares of keys when a round has drawn.</summary>
internal static class CustodianMessages
{
    /// <summary>What the custodian was given by a set; null where the box is not for this key, or the shares are not those that the set commits to.</summary>
    public static Hash256? SecretOf(SealedSet set, int custodian, PrivateKey key) =>
        set.SecretOf(custodian, key) is { } secret && set.HasItsShares(custodian, secret) ? secret : null;

    public static SealedSetAcceptance Acceptance(SealedSetRecord set) => new() { Task = set.Terms.Task.ToByteString(), Set = set.Number, Bond = set.Bond.ToByteString() };

    public static SealedKeyRelease Release(KeyDuty duty, SealedSet set, Hash256 secret)
    {
        var release = SealedRelease.Make(set, duty.Custodian, secret, duty.Drawn);
        return new SealedKeyRelease
        {
            Task = duty.Set.Terms.Task.ToByteString(),
            TrainingRound = duty.TrainingRound,
            Set = duty.Set.Number,
            Shares = Joined(release.Shares),
            Beside = Joined(release.Beside),
        };
    }

    private static ByteString Joined(Hash256[] hashes) => ByteString.CopyFrom([.. hashes.SelectMany(hash => hash.ToArray())]);
}

/// <summary>
/// Does a custodian's part: takes its seat in sets of suppliers that its operator names, after it has found its shares in them, and shows the shares of what
/// a round draws, in time. All that it needs is its key and the chain, so a restart costs it nothing.
/// </summary>
/// <param name="view">The node as it stands.</param>
/// <param name="signal">Tells of new blocks.</param>
/// <param name="key">The custodian's; it has NTK for bonds and fees.</param>
/// <param name="suppliers">Whose sets it takes a seat in.</param>
/// <param name="fetch">Brings a set's blob here; null where it is not to be had.</param>
/// <param name="submit">Sends a transaction.</param>
/// <param name="logger">For what fails.</param>
internal sealed partial class CustodianAgent(
    Func<HostView> view,
    BlockSignal signal,
    PrivateKey key,
    ImmutableArray<Address> suppliers,
    Func<SealedSetRecord, CancellationToken, Task<byte[]?>> fetch,
    Func<Transaction, Task> submit,
    ILogger logger)
    : IAsyncDisposable
{
    /// <summary>A fee is offered above what the last block asks: it may rise by an eighth in each of three blocks.</summary>
    private const uint FeeFactor = 2;

    /// <summary>Blocks until what was sent, and is not on chain, is sent again.</summary>
    private const ulong RetryBlocks = 4;

    private readonly BlockLoop _loop = new(view, signal);
    private readonly Dictionary<(Hash256 Task, ulong Set, ulong Round), Height> _sent = [];

    /// <summary>Ends when the agent does; faulted where the node must stop.</summary>
    public Task Completion => _loop.Completion;

    public void Start() => _loop.Start(TryAsync);

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    // A bond stands behind every duty: what fails is tried again after the next block.
    private async Task TryAsync(LedgerState state)
    {
        try
        {
            await WorkAsync(state).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not StoreFailedException && !(failure is OperationCanceledException && _loop.IsStopping))
        {
            LogFailed(failure);
        }
    }

    /// <summary>One look at what is to be sent, after a block.</summary>
    internal async Task WorkAsync(LedgerState state)
    {
        foreach (var old in _sent.Where(sent => sent.Value.Plus(RetryBlocks) <= state.Height).Select(sent => sent.Key).ToList()) _sent.Remove(old);
        var further = 0UL;
        // Keys first: their window closes.
        foreach (var duty in SealedSets.KeyDuties(state, key.Address))
        {
            var id = (duty.Set.Terms.Task, duty.Set.Number, duty.TrainingRound);
            if (_sent.ContainsKey(id) || await OpenAsync(duty.Set, duty.Custodian).ConfigureAwait(false) is not var (set, secret)) continue;
            var message = CustodianMessages.Release(duty, set, secret);
            await SendAsync(state, body => body.SealedKeyRelease = message, further++).ConfigureAwait(false);
            _sent[id] = state.Height;
        }

        foreach (var (record, number) in SealedSets.Unaccepted(state, key.Address))
        {
            var id = (record.Terms.Task, record.Number, 0UL);
            if (!suppliers.Contains(record.Supplier) || _sent.ContainsKey(id) || await OpenAsync(record, number).ConfigureAwait(false) is null) continue;
            await SendAsync(state, body => body.SealedSetAcceptance = CustodianMessages.Acceptance(record), further++).ConfigureAwait(false);
            _sent[id] = state.Height;
        }
    }

    private async Task<(SealedSet Set, Hash256 Secret)?> OpenAsync(SealedSetRecord record, int custodian)
    {
        if (await fetch(record, _loop.Stopping).ConfigureAwait(false) is not { } bytes || !SealedSet.TryDecode(bytes, out var set) || !set.Terms.Equals(record.Terms))
        {
            LogMissing(record.Number, record.Blob);
            return null;
        }

        if (CustodianMessages.SecretOf(set, custodian, key) is { } secret) return (set, secret);
        LogNoShares(record.Number);
        return null;
    }

    private async Task SendAsync(LedgerState state, Action<TransactionBody> fill, ulong further)
    {
        var body = new TransactionBody { Genesis = state.GenesisHash.Value.ToByteString(), Nonce = AccountsModule.Get(state, key.Address).Nonce + further };
        fill(body);
        body.Fee = Amount.Zero.ToByteString();
        body.Fee = (FeesModule.Asked(state, Transaction.Sign(body, key)) * FeeFactor).ToByteString();
        await submit(Transaction.Sign(body, key)).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the blob {Blob} of sealed set {Set} is not to be had: keys of it cannot be shown")]
    private partial void LogMissing(ulong set, BlobHash blob);

    [LoggerMessage(Level = LogLevel.Warning, Message = "no seat in sealed set {Set}: it has no shares for this key, or others than it commits to")]
    private partial void LogNoShares(ulong set);

    [LoggerMessage(Level = LogLevel.Error, Message = "a custodian's duty could not be done and is tried again")]
    private partial void LogFailed(Exception failure);
}
