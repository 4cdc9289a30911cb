using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>The screen of a test network: a line a second, and a line for every certified claim.</summary>
internal sealed class TestnetBoard : IDisposable
{
    private readonly List<NodeClient> _clients;
    private readonly Dictionary<Address, string> _names = [];
    private readonly Dataset _test;
    private readonly ModelPlan _plan;
    private readonly CheckpointEvaluator _evaluator;
    private readonly int[] _allSamples;
    private BlobHash _measured;
    private string _accuracy = "-";
    private int _lines;
    private int _claimsShown;
    private ulong _lastTransactions;

    public TestnetBoard(IReadOnlyList<string> apis, GenesisDocument genesis, Dataset test)
    {
        _clients = [.. apis.Select(api => new NodeClient(api))];
        _test = test;
        _plan = InitialModels.SpecOf(genesis.Tasks[0]).Plan;
        _evaluator = new CheckpointEvaluator(_plan, new EngineOptions());
        _allSamples = [.. Enumerable.Range(0, test.Count)];
    }

    public ChainLedger Ledger { get; } = new();

    /// <summary>Share of all test images that the best model gets right; null before it was measured.</summary>
    public double? Accuracy { get; private set; }

    public void Name(Address validator, string name) => _names[validator] = name;

    public string NameOf(Address validator) => _names.GetValueOrDefault(validator) ?? validator.ToShortString();

    /// <summary>Status of each node; null where it does not answer.</summary>
    public async Task<IReadOnlyList<GetStatusResponse?>> StatusesAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_clients.Select(client => TryAsync(() => client.StatusAsync(cancellationToken)))).ConfigureAwait(false);

    public Task<V1.Block?> BlockAsync(int node, Height height, CancellationToken cancellationToken) =>
        TryAsync(() => _clients[node].BlockAsync(new GetBlockRequest { Height = height.Value }, cancellationToken));

    /// <summary>Takes in the new blocks and prints where the network is.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        var statuses = await StatusesAsync(cancellationToken).ConfigureAwait(false);
        var best = Enumerable.Range(0, statuses.Count).Where(i => statuses[i] is not null).OrderByDescending(i => statuses[i]!.Height).Cast<int?>().FirstOrDefault();
        if (best is not { } node)
        {
            Console.WriteLine("no node answers");
            return;
        }

        await TakeBlocksAsync(node, statuses[node]!.Height, cancellationToken).ConfigureAwait(false);
        var client = _clients[node];
        var training = new TrainingClient(client.Channel);
        var task = (await TryAsync(() => training.TasksAsync(cancellationToken)).ConfigureAwait(false))?[0];
        if (task is not null) await MeasureAsync(training, new BlobHash(Hash256.FromBytes(task.BestModel.Span)), cancellationToken).ConfigureAwait(false);
        PrintLine(statuses, statuses[node]!, task);
    }

    /// <summary>Takes in what is missing up to a height.</summary>
    public async Task TakeBlocksAsync(int node, ulong upTo, CancellationToken cancellationToken)
    {
        while (Ledger.Next.Value <= upTo && await BlockAsync(node, Ledger.Next, cancellationToken).ConfigureAwait(false) is { } block) Ledger.Take(block);
        for (; _claimsShown < Ledger.Claims.Count; _claimsShown++)
        {
            var claim = Ledger.Claims[_claimsShown];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  certified: training round {claim.TrainingRound} by {NameOf(claim.Producer)}, loss {claim.LossBefore:F4} -> {claim.LossAfter:F4}, z = {claim.Z:F1}"));
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        _evaluator.Dispose();
    }

    private async Task MeasureAsync(TrainingClient training, BlobHash model, CancellationToken cancellationToken)
    {
        if (model == _measured) return;
        var checkpoint = await TryAsync(() => training.DownloadAsync(model, Checkpoint.SizeBytes(_plan), cancellationToken)).ConfigureAwait(false);
        if (checkpoint is null || !_evaluator.TryEvaluate(checkpoint, _test, _allSamples, out var result, out _)) return;
        _measured = model;
        Accuracy = (double)result.Correct / _test.Count;
        _accuracy = string.Create(CultureInfo.InvariantCulture, $"{100 * Accuracy:F2} %");
    }

    private void PrintLine(IReadOnlyList<GetStatusResponse?> statuses, GetStatusResponse best, TrainingTask? task)
    {
        if (_lines++ % 20 == 0) Console.WriteLine("height  round  led by             best loss  accuracy  tx/s   peers  training");
        var rate = Ledger.Transactions - _lastTransactions;
        _lastTransactions = Ledger.Transactions;
        var leader = best.Author.IsEmpty ? "-" : $"{NameOf(Address.FromBytes(best.Author.Span))} {(best.TermLed ? "term" : "caretaker")}";
        var loss = task is null || task.BestLossSum == 0 ? "-" : LossText.Mean(task.BestLossSum, task.Samples);
        var training = task is null ? "-" : $"round {task.TrainingRound} {task.Phase}{(task.Candidates > 0 ? $", {task.Candidates} candidates" : "")}";
        var peers = string.Join(" ", statuses.Select(s => s is null ? "-" : s.Peers.ToString(CultureInfo.InvariantCulture)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{best.Height,6}  {best.CommitRound,5}  {leader,-17}  {loss,9}  {_accuracy,8}  {rate,4}   {peers}  {training}"));
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (RpcException)
        {
            return null; // a node that is down or has no such block yet: the next tick asks again
        }
    }
}
