using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>One query that is proved: follows the headers from what is trusted, and believes only what they prove.</summary>
internal sealed class ProofSession
{
    /// <summary>A state goes out of the node's memory while it is read: then the newest one is read.</summary>
    private const int AttemptsMax = 5;

    private readonly ProofRequest _request;
    private readonly LightClient _headers;
    private readonly TimeProvider _time;
    private ulong _checked;

    private ProofSession(ProofRequest request, LightClient headers, ProofClient node, TimeProvider time)
    {
        _request = request;
        _headers = headers;
        _time = time;
        Node = node;
    }

    public ProofClient Node { get; }

    public GenesisHash Genesis => _headers.Genesis;

    public static async Task<ProofSession> StartAsync(ProofRequest request, RpcChannel channel, TimeProvider time, CancellationToken cancellationToken)
    {
        var node = new ProofClient(channel);
        var headers = await FirstTrustAsync(request, node, cancellationToken).ConfigureAwait(false);
        if (request.Genesis is { } genesis && genesis.Hash != headers.Genesis)
            throw new OperatorException($"--genesis is the chain {genesis.Hash}, the trusted header is of {headers.Genesis}: use those of one chain");
        return new ProofSession(request, headers, node, time);
    }

    /// <summary>Trusts the header of a height, or says why not.</summary>
    /// <exception cref="NotProvedException">A header on the way is not what it should be.</exception>
    public async Task<TrustedHeader> FollowAsync(Height target, CancellationToken cancellationToken)
    {
        while (_headers.Next(target) is { } height)
        {
            var block = await Node.LightBlockAsync(height, cancellationToken).ConfigureAwait(false);
            var fault = height < _headers.Lowest.Height ? _headers.AcceptParent(block.Header) : _headers.Accept(block, Now());
            _checked++;
            if (fault is not (LightFault.None or LightFault.NotEnoughTrust)) throw Refused($"the header of height {height}", fault);
        }

        return _headers.At(target) ?? throw new NotProvedException($"no header leads to height {target}");
    }

    /// <summary>Runs a query on the newest state that can be proved, fetching and proving the records that it reads.</summary>
    public async Task<(T Answer, Header After)> AskAsync<T>(Func<IStateReader, T> query, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAskAsync(query, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException gone) when (gone.StatusCode == StatusCode.OutOfRange && attempt < AttemptsMax)
            {
                // It took longer than the node keeps a state.
            }
        }
    }

    /// <summary>Asks the witnesses for the last header, keeps it for the next call, and gives the line that says what all this rests on.</summary>
    public async Task<string> FinishAsync(Header after, CancellationToken cancellationToken)
    {
        var trusted = _headers.At(after.Height);
        Invariant.Check(trusted is not null, "what is proved is proved against a trusted header");
        foreach (var witness in _request.Witnesses) await CompareAsync(witness, cancellationToken).ConfigureAwait(false);
        if (_headers.Latest.Block is { } latest) _request.File?.Save(latest);
        var signed = trusted.Block is { } block ? $"{block.Certificate.Signatures.Length} of {block.Validators.Count} validators signed" : "an ancestor of a certified header";
        return $"against header {after.Height} ({after.Hash}), {signed}, {_checked} headers checked";
    }

    private static async Task<LightClient> FirstTrustAsync(ProofRequest request, ProofClient node, CancellationToken cancellationToken)
    {
        if (request.File is { Exists: true } file)
        {
            var kept = file.Load();
            return Start(kept, kept.Height, kept.Header.Hash, request.Light);
        }

        if (request.Trusted is not { } trusted) return LightClient.FromGenesis(request.Genesis!, request.Light);
        var block = await node.LightBlockAsync(trusted.Height, cancellationToken).ConfigureAwait(false);
        return Start(block, trusted.Height, trusted.Hash, request.Light);
    }

    private static LightClient Start(LightBlock block, Height height, BlockHash hash, LightOptions options) =>
        LightClient.TryStart(block, height, hash, options, out var headers, out var fault) ? headers : throw Refused($"the trusted header {height}", fault);

    private async Task<(T Answer, Header After)> TryAskAsync<T>(Func<IStateReader, T> query, CancellationToken cancellationToken)
    {
        ProvenState? state = null;
        Header? after = null;
        var wanted = FirstKeyOf(query);
        while (true)
        {
            var (height, record) = await Node.StateAsync(wanted, state?.Height, cancellationToken).ConfigureAwait(false);
            if (state is null)
            {
                if (height.Next() < _headers.Lowest.Height)
                    throw new NotProvedException($"the node's newest provable state is that after {height}, older than the trusted header {_headers.Lowest.Height}: it lags, or hides what came since");
                after = (await FollowAsync(height.Next(), cancellationToken).ConfigureAwait(false)).Header!;
                state = new ProvenState(height, after.StateRoot.Value);
            }

            state.Add(wanted, record);
            try
            {
                return (query(state), after!);
            }
            catch (RecordWantedException next)
            {
                wanted = next.Key;
            }
        }
    }

    private static StateKey FirstKeyOf<T>(Func<IStateReader, T> query)
    {
        try
        {
            _ = query(new ProvenState(Height.Genesis, Hash256.Zero));
        }
        catch (RecordWantedException first)
        {
            return first.Key;
        }

        throw new InvariantException("a query of the state reads at least one record");
    }

    private async Task CompareAsync(string witness, CancellationToken cancellationToken)
    {
        using var channel = CommonOptions.Connect(witness);
        var height = _headers.Latest.Height;
        if (height == Height.Genesis) return;
        var fault = _headers.Accept(await new ProofClient(channel).LightBlockAsync(height, cancellationToken).ConfigureAwait(false), Now());
        if (fault == LightFault.None) return;
        if (_headers.Fork is not { } fork) throw Refused($"the header of height {height} that {witness} shows", fault);
        var guilty = string.Join(" ", fork.SignersOfBoth);
        throw new NotProvedException($"Fork: height {height} is {fork.Trusted.Header.Hash} here and {fork.Other.Header.Hash} at {witness}, both certified; signed both: {guilty}");
    }

    private static NotProvedException Refused(string what, LightFault fault) => new($"{what} is refused: {fault}{Advice(fault)}");

    private static string Advice(LightFault fault) => fault switch
    {
        LightFault.TrustExpired => " (begin from a newer header with --trust-height and --trust-hash, or choose a longer --trusting-period)",
        LightFault.FromTheFuture => " (is this machine's clock right?)",
        LightFault.NotTheTrustedHeader => " (the node shows another header at this height: one of you is on another chain)",
        _ => "",
    };

    private Timestamp Now() => new((ulong)_time.GetUtcNow().ToUnixTimeMilliseconds());
}
