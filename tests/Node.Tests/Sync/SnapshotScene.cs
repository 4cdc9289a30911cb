using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>
/// A <see cref="SnapshotSync"/> among peers that answer from a real chain and its snapshots, or as a test has them lie, in virtual time. What
/// it wants kept outlives it, as a disk does.
/// </summary>
internal sealed class SnapshotScene : IDisposable
{
    private const ulong TickMs = 250;

    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-test-").FullName;
    private readonly Queue<SnapshotInput> _inputs = [];
    private SnapshotSync? _sync;

    /// <param name="chain">What honest peers have.</param>
    /// <param name="heights">Of their snapshots.</param>
    public SnapshotScene(TransferChain chain, params ReadOnlySpan<ulong> heights)
    {
        Chain = chain;
        Honest = Answering(chain, Path.Combine(_folder, "honest"), heights);
        Now = chain.State.Time.Plus(1_000);
    }

    public TransferChain Chain { get; }

    /// <summary>What an honest peer answers; empty where it has not what is wanted.</summary>
    public Func<SnapshotRequest, byte[]?> Honest { get; }

    /// <summary>Who is there, with the answer that each gives; null is silence.</summary>
    public SortedDictionary<Address, Func<SnapshotRequest, byte[]?>> Peers { get; } = [];

    public SnapshotSyncSettings Settings { get; set; } = new() { HeightsMin = 5 };

    public Timestamp Now { get; set; }

    /// <summary>Ticks until anybody is connected.</summary>
    public int ConnectAfterTicks { get; set; }

    /// <summary>Ticks after which all links are lost for a while: from, to.</summary>
    public (int From, int To)? Outage { get; set; }

    /// <summary>All that was asked, in order.</summary>
    public List<SnapshotRequest> Asked { get; } = [];

    public List<SnapshotEffect.Ban> Bans { get; } = [];

    public List<SnapshotEffect.Begin> Begun { get; } = [];

    /// <summary>The most chunks that were on their way at once.</summary>
    public int ChunksAtOnce { get; private set; }

    /// <summary>What is on the disk.</summary>
    public (Height Height, ReadOnlyMemory<byte> Manifest)? Manifest { get; set; }

    public SortedDictionary<int, byte[]> Chunks { get; } = [];

    public static Address Peer(int number) => TrainedChain.Key(3_000 + number).Address;

    public int AskedFor(SnapshotPart part) => Asked.Count(request => request.Part == part);

    /// <summary>Adds a peer; honest where no answer of its own is given.</summary>
    public Address Add(Func<SnapshotRequest, byte[]?>? answer = null)
    {
        var peer = Peer(Peers.Count);
        Peers.Add(peer, answer ?? Honest);
        return peer;
    }

    /// <summary>What a peer answers from another chain.</summary>
    public Func<SnapshotRequest, byte[]?> Answering(TransferChain chain, params ReadOnlySpan<ulong> heights) => Answering(chain, Path.Combine(_folder, $"other{Peers.Count}"), heights);

    /// <summary>Runs to the end, or to where the test wants it stopped: what was on its way then is lost.</summary>
    /// <returns>Null where it was stopped.</returns>
    public SnapshotOutcome? Run(Predicate<SnapshotScene>? until = null)
    {
        _sync = new SnapshotSync(TransferChain.Genesis, Settings with { Peers = Peers.Count }, Manifest, Now);
        _inputs.Clear();
        var (onTheirWay, ticks) = (0, 0);
        if (ConnectAfterTicks == 0) Link(isUp: true);
        for (var steps = 0; steps < 20_000; steps++)
        {
            if (until?.Invoke(this) == true) return null;
            if (!_inputs.TryDequeue(out var input))
            {
                (input, Now) = (new SnapshotInput.Ticked(), Now.Plus(TickMs));
                ticks++;
                if (ticks == ConnectAfterTicks || ticks == Outage?.To) Link(isUp: true);
                if (ticks == Outage?.From) Link(isUp: false);
            }

            if (input is SnapshotInput.Answered) onTheirWay = Math.Max(0, onTheirWay - 1);
            foreach (var effect in _sync.Step(input, Now))
            {
                if (effect is SnapshotEffect.Finish finish) return finish.Outcome;
                if (effect is SnapshotEffect.Ask { Request.Part: SnapshotPart.Chunk }) ChunksAtOnce = Math.Max(ChunksAtOnce, ++onTheirWay);
                Perform(effect);
            }
        }

        throw new InvalidOperationException("it neither ends nor gives up");
    }

    private void Link(bool isUp)
    {
        if (!isUp) _inputs.Clear(); // with what was on its way
        foreach (var peer in Peers.Keys) _inputs.Enqueue(isUp ? new SnapshotInput.Connected(peer) : new SnapshotInput.Gone(peer));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Perform(SnapshotEffect effect)
    {
        switch (effect)
        {
            case SnapshotEffect.Ask ask:
                Asked.Add(ask.Request);
                if (Peers[ask.Request.Peer](ask.Request) is { } answer) _inputs.Enqueue(new SnapshotInput.Answered(ask.Request.Attempt, answer));
                break;
            case SnapshotEffect.Ban ban:
                Bans.Add(ban);
                break;
            case SnapshotEffect.Begin begin:
                Begun.Add(begin);
                break;
            case SnapshotEffect.KeepManifest keep:
                Chunks.Clear();
                Manifest = (keep.Height, keep.Manifest);
                break;
            case SnapshotEffect.KeepChunk keep:
                Chunks[keep.Index] = keep.Chunk.ToArray();
                break;
            case SnapshotEffect.Recall recall:
                foreach (var index in recall.Indices)
                    if (Chunks.TryGetValue(index, out var chunk))
                        _inputs.Enqueue(new SnapshotInput.Recalled(index, chunk));
                _inputs.Enqueue(new SnapshotInput.AllRecalled());
                break;
        }
    }

    private static Func<SnapshotRequest, byte[]?> Answering(TransferChain chain, string path, ReadOnlySpan<ulong> heights)
    {
        var folder = new SnapshotFolder(path, chunkBytes: 400);
        foreach (var height in heights)
        {
            var mark = chain.Chain.MarkOf(new Height(height))!;
            Assert.True(chain.State.TryRewind(mark, chain.Chain.UndoBetween(chain.State.Height, mark.Height), out var then, out _));
            Assert.True(folder.Write(then, chain.Chain, CancellationToken.None) > 0);
        }

        var answers = new SnapshotAnswers(new LightBlocks(chain.Chain, () => chain.State), folder, () => chain.State.Height);
        return request => [.. answers.Answer(request.Kind, request.Encode())!.SelectMany(piece => piece.ToArray())];
    }
}
