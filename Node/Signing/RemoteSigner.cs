using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.P2P;
using NeuroChain.Signer.V1;

namespace NeuroChain.Node;

/// <summary>
/// A signer in another process, over mutual TLS. Where it does not answer, or serves another node, nothing is signed, and whoever asked asks
/// again; after a call that failed no other one is tried for a moment, so that consensus goes on meanwhile. One that comes back and remembers less
/// than it had said is not taken back: it would sign anew what it has signed.
/// </summary>
/// <remarks>
/// Safe from any thread. A call holds its caller up for <see cref="Deadline"/> at most. What the signer remembers is mirrored here from what it
/// answered, so that nobody waits for it where only that is asked.
/// </remarks>
internal sealed partial class RemoteSigner : ISigner, IDisposable
{
    /// <summary>For one call. A signer on the same machine or network answers within a few milliseconds, most of them its disk's.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a node that starts waits for its signer: longer than a node that is gone keeps it.</summary>
    private static readonly TimeSpan StartPatience = SignerDesk.Patience + TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(2);

    /// <summary>After so long without an answer the signer may serve another node soon; more than two pings fit.</summary>
    private static readonly TimeSpan ServedFor = SignerDesk.Patience / 2;

    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Service = SignerReflection.Descriptor.Services[0];
    private static readonly RpcMethod<AcquireRequest, AcquireResponse> AcquireMethod = new(Service, "Acquire");
    private static readonly RpcMethod<SignMessageRequest, SignMessageResponse> SignMethod = new(Service, "Sign");
    private static readonly RpcMethod<SignTaggedRequest, SignTaggedResponse> SignTaggedMethod = new(Service, "SignTagged");
    private static readonly RpcMethod<PingRequest, PingResponse> PingMethod = new(Service, "Ping");

    private readonly Lock _gate = new();
    private readonly RpcChannel _channel;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ITimer? _pings;
    private int _isPinging;
    private ulong _epoch;
    private SignerState _state = SignerState.Empty;
    private long _answered;
    private long? _failed;
    private bool _isAway;
    private bool _hasForgotten;

    private RemoteSigner(RpcChannel channel, TimeProvider time, ILogger logger)
    {
        _channel = channel;
        _time = time;
        _logger = logger;
    }

    public Address Address { get; private set; }

    public SignerState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    public bool IsServed
    {
        get
        {
            lock (_gate) return _failed is null && !_hasForgotten && _time.GetElapsedTime(_answered) < ServedFor;
        }
    }

    /// <param name="endpoint">The signer's own address and where it listens.</param>
    /// <param name="identity">This node's.</param>
    /// <param name="time">For deadlines and pauses.</param>
    /// <param name="logger">Told when the signer goes and comes back.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="patience">How long it is waited for; null takes what a node that starts takes.</param>
    /// <exception cref="OperatorException">It does not answer in time, does not know this node, or serves another one.</exception>
    public static async Task<RemoteSigner> ConnectAsync(
        PeerEndpoint endpoint, NodeIdentity identity, TimeProvider time, ILogger logger, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        var channel = new MutualTls(identity, time).Connect(endpoint, new RpcChannelOptions { DefaultDeadline = Deadline, ConnectTimeout = Deadline, Time = time });
        var signer = new RemoteSigner(channel, time, logger);
        try
        {
            await signer.BeginAsync(endpoint, patience ?? StartPatience, cancellationToken).ConfigureAwait(false);
            return signer;
        }
        catch
        {
            signer.Dispose();
            throw;
        }
    }

    public Signature? TrySign(SignRequest request, out SignRefusal refusal)
    {
        // What it signed for this node it signs in no other way here, whatever it remembers itself.
        (refusal, var given) = SignerRules.Check(State, request);
        if (refusal != SignRefusal.None || given is not null) return given;
        refusal = SignRefusal.Unavailable;
        if (IsPaused(out var epoch)) return null;
        SignMessageResponse response;
        try
        {
            response = Wait(_channel.UnaryAsync(SignMethod, new SignMessageRequest { Epoch = epoch, Body = ByteString.CopyFrom(request.EncodeBody()) }));
        }
        catch (RpcException failure)
        {
            Failed(failure.Status.ToString());
            return null;
        }

        refusal = RefusalOf(response.Refusal);
        if (refusal == SignRefusal.NoLease) Lost();
        if (refusal != SignRefusal.None) return null;
        if (!Signature.TryFromBytes(response.Signature.Span, out var signature) || !signature.IsBy(Address, request.Digest))
        {
            refusal = SignRefusal.Unavailable;
            Failed("what it answers is no signature of its key");
            return null;
        }

        Answered();
        lock (_gate)
            if (SignerRules.Check(_state, request) == (SignRefusal.None, null))
                _state = SignerRules.After(_state, request, signature);
        return signature;
    }

    public Signature SignTagged(TaggedContent content)
    {
        Invariant.Check(TaggedDomains.IsSigned(content.Domain), "a signer signs what it is known to sign, and votes and proposals under its rules only");
        if (IsPaused(out var epoch)) throw new SignerUnavailableException("the signer did not answer a moment ago");
        SignTaggedResponse response;
        try
        {
            response = Wait(_channel.UnaryAsync(SignTaggedMethod, new SignTaggedRequest { Epoch = epoch, Domain = content.Domain.Tag, Content = ByteString.CopyFrom(content.Content.Span) }));
        }
        catch (RpcException failure)
        {
            Failed(failure.Status.ToString());
            throw new SignerUnavailableException($"the signer does not sign: {failure.Status}");
        }

        if (response.Refusal == Refusal.None && Signature.TryFromBytes(response.Signature.Span, out var signature) && signature.IsBy(Address, content.Digest)) return signature;
        if (response.Refusal == Refusal.NoLease) Lost();
        else Failed("what it answers is no signature of its key");
        throw new SignerUnavailableException("the signer does not sign for this node");
    }

    public void Dispose()
    {
        _pings?.Dispose();
        _channel.Dispose();
    }

    private async Task BeginAsync(PeerEndpoint endpoint, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (await TryAcquireAsync().ConfigureAwait(false) is { } fault)
        {
            if (_time.GetElapsedTime(began) >= patience)
                throw new OperatorException($"the signer at {endpoint} cannot be used: {fault}. Start it, see that this node is among its nodes, and that its address is right");
            await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(false);
        }

        _pings = _time.CreateTimer(_ => _ = PingAsync(), null, PingEvery, PingEvery);
    }

    // Null where it worked.
    private async Task<string?> TryAcquireAsync()
    {
        try
        {
            var response = await _channel.UnaryAsync(AcquireMethod, new AcquireRequest()).ConfigureAwait(false);
            if (!Address.TryFromBytes(response.Validator.Span, out var validator) || SignerState.Decode(response.State.Span) is not { } state) return "its answer is malformed";
            if (Address != default && validator != Address) return $"it signs for {validator} now, and not for {Address}: start the node again";
            return Take(validator, response.Epoch, state);
        }
        catch (RpcException failure)
        {
            return failure.Status.ToString();
        }
    }

    private string? Take(Address validator, ulong epoch, SignerState state)
    {
        SignerState mirrored;
        bool isNews;
        lock (_gate)
        {
            mirrored = _state;
            if (!state.IsBefore(mirrored))
            {
                (Address, _epoch, _state, _hasForgotten, _answered) = (validator, epoch, state, false, _time.GetTimestamp());
                return null;
            }

            isNews = !_hasForgotten;
            (_epoch, _hasForgotten) = (0, true); // no epoch: one that lost the numbers of its epochs, too, may give one anew that this node has had
        }

        var fault = $"it forgot what it signed: its memory ends at {PlaceOf(state)}, and it has signed at {PlaceOf(mirrored)}";
        if (isNews) LogForgot(fault);
        return fault;
    }

    // So the signer knows that this node is alive, and the node that its signer is.
    private async Task PingAsync()
    {
        if (Interlocked.Exchange(ref _isPinging, 1) == 1) return;
        try
        {
            ulong epoch;
            lock (_gate) epoch = _epoch;
            var response = await _channel.UnaryAsync(PingMethod, new PingRequest { Epoch = epoch }).ConfigureAwait(false);
            var fault = response.Refusal == Refusal.None ? null : await TryAcquireAsync().ConfigureAwait(false);
            if (fault is null) Answered();
            else Failed(fault);
        }
        catch (RpcException failure)
        {
            Failed(failure.Status.ToString());
        }
        catch (ObjectDisposedException)
        {
            // The node stops.
        }
        finally
        {
            Volatile.Write(ref _isPinging, 0);
        }
    }

    private bool IsPaused(out ulong epoch)
    {
        lock (_gate)
        {
            epoch = _epoch;
            return _hasForgotten || (_failed is { } failed && _time.GetElapsedTime(failed) < Pause);
        }
    }

    // The signer was started again, or serves another node: which of the two, and whether it can be used, acquiring it tells at once.
    private void Lost()
    {
        lock (_gate) _failed = _time.GetTimestamp();
        _ = PingAsync();
    }

    private void Failed(string reason)
    {
        lock (_gate)
        {
            _failed = _time.GetTimestamp();
            if (_isAway) return;
            _isAway = true;
        }

        LogAway(reason);
    }

    private void Answered()
    {
        lock (_gate)
        {
            (_failed, _answered) = (null, _time.GetTimestamp());
            if (!_isAway) return;
            _isAway = false;
        }

        LogBack();
    }

    private static SignRefusal RefusalOf(Refusal refusal) => refusal switch
    {
        Refusal.None => SignRefusal.None,
        Refusal.Regression => SignRefusal.Regression,
        Refusal.Conflict => SignRefusal.Conflict,
        Refusal.AgainstLock => SignRefusal.AgainstLock,
        _ => SignRefusal.NoLease,
    };

    private static string PlaceOf(SignerState state) => $"height {state.Height}, round {state.Round}{(state.LastStep is { } step ? $", {step}" : "")}";

    // The engine has one thread and its order; there is nothing that it could do meanwhile.
    private static T Wait<T>(Task<T> call) => call.ConfigureAwait(false).GetAwaiter().GetResult();

    [LoggerMessage(Level = LogLevel.Error, Message = "the signer cannot be used, and nothing is signed: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "the signer is not taken back, and nothing is signed: {Reason}. Bring its data/signer back, or see docs/operator/signer.md")]
    private partial void LogForgot(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "the signer answers again")]
    private partial void LogBack();
}
