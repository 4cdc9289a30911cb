using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// Gives the watcher a clock, endpoints and a store, and nothing of its own: it asks what the watcher asks, stores what it finds before it asks
/// on, and tells alarms.
/// </summary>
public sealed class EthereumWatchLoop : IDisposable
{
    /// <summary>A slot of Ethereum: no block comes sooner.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(12);

    private readonly ImmutableArray<EthereumEndpoint> _endpoints;
    private readonly EthereumWatcher _watcher;
    private readonly EthereumWatchStore _store;
    private readonly TimeProvider _time;
    private readonly TimeSpan _pause;
    private readonly WatchMetrics _metrics;

    /// <param name="options">What is watched.</param>
    /// <param name="endpoints">As many as the quorum has, in the order of the configuration.</param>
    /// <param name="store">Where it goes on, and what it finds goes to.</param>
    /// <param name="time">For the pauses.</param>
    /// <param name="pause">Between two passes; null for <see cref="Pause"/>.</param>
    /// <exception cref="OperatorException">The options cannot stand, endpoints are missing or the same, or the store is another watch's.</exception>
    public EthereumWatchLoop(WatcherOptions options, IEnumerable<EthereumEndpoint> endpoints, EthereumWatchStore store, TimeProvider? time = null, TimeSpan? pause = null)
    {
        (_endpoints, _store, _time, _pause) = ([.. endpoints], store, time ?? TimeProvider.System, pause ?? Pause);
        options.Quorum.Check(_endpoints);
        _watcher = new EthereumWatcher(options, store.Load(options));
        _metrics = new WatchMetrics([.. _endpoints.Select(endpoint => endpoint.Name)], _watcher);
    }

    /// <summary>Told of each alarm, in the loop's own thread.</summary>
    public event Action<WatcherAlarm>? Alarmed;

    /// <summary>Told of each finding when it is stored.</summary>
    public event Action<ScanFinding>? Found;

    public WatcherState State => _watcher.State;

    /// <inheritdoc cref="EthereumWatcher.Finalized"/>
    public ulong? Finalized => _watcher.Finalized;

    /// <summary>How each endpoint stood at the last survey, by the operator's name for it; none before the first.</summary>
    public IEnumerable<(string Name, EndpointRefusal Standing)> Standings => _endpoints.Select(endpoint => endpoint.Name).Zip(_watcher.Standings);

    /// <inheritdoc cref="EthereumWatcher.HeartbeatBlocks"/>
    public ulong HeartbeatBlocks
    {
        get => _watcher.HeartbeatBlocks;
        set => _watcher.HeartbeatBlocks = value;
    }

    /// <exception cref="StoreFailedException">The store failed: nothing more is asked.</exception>
    /// <exception cref="OperationCanceledException">The caller ended it.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_pause, _time);
        do await PassAsync(cancellation);
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>One pass: up to what is final now.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        var step = _watcher.BeginPass();
        while (true)
        {
            if (step.Found is { } found)
            {
                _store.Write(found);
                Found?.Invoke(found);
            }

            foreach (var alarm in step.Alarms)
            {
                _metrics.Count(alarm);
                Alarmed?.Invoke(alarm);
            }

            if (step.Ask.IsEmpty) return;
            step = _watcher.Take(await Task.WhenAll(step.Ask.Select(question => AnswerAsync(question, cancellation))));
        }
    }

    /// <summary>
    /// Words of an account's storage after a block, from whichever endpoint proves them first: the header's state root says whether it does. Null
    /// where none does, as where their states of that block are gone. From any thread.
    /// </summary>
    public async Task<AccountEvidence?> ProveAsync(EthereumHeader header, Address account, ImmutableArray<Hash256> slots, CancellationToken cancellation)
    {
        foreach (var endpoint in _endpoints)
        {
            var answered = await endpoint.ProofAsync(account, slots, header.Number, cancellation);
            if (answered is { Fault: EndpointFault.None, Value: { } evidence } && evidence.TryRead(header.StateRoot, out _, out _, out _)) return evidence;
        }

        return null;
    }

    public void Dispose() => _metrics.Dispose();

    private async Task<Said> AnswerAsync(Question question, CancellationToken cancellation)
    {
        var endpoint = _endpoints[question.Endpoint];
        return question switch
        {
            Question.Survey => Say(await EndpointSurvey.AskAsync(endpoint, cancellation), survey => new Said.Survey(survey)),
            Question.HeaderAt at => Say(await endpoint.HeaderAsync(at.Number, cancellation), header => new Said.Header(header)),
            Question.Headers range => Say(await endpoint.HeadersAsync(range.From, range.To, cancellation), headers => new Said.Headers(headers)),
            Question.LogIndex range => Say(await endpoint.LogIndexAsync(range.Contract, range.From, range.To, cancellation), index => new Said.LogIndex(index)),
            Question.Receipts of => Say(await endpoint.ReceiptsAsync(of.Block.Hash, cancellation), receipts => new Said.Receipts(receipts)),
            Question.Proof of => Say(await endpoint.ProofAsync(of.Account, of.Slots, of.Number, cancellation), proof => new Said.Proof(proof)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Said Say<T>(Answered<T> answered, Func<T, Said> say) =>
        answered.Fault == EndpointFault.None ? say(answered.Value!) : new Said.Failed(answered.Fault, answered.Detail);
}
