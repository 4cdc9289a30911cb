using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What a finished run came to, and whether it is as it must be.</summary>
internal static class TestnetSummary
{
    /// <summary>From this many blocks on claims must have been certified and a block led by a term.</summary>
    private const ulong BlocksForClaims = 60;

    private const int ClaimsLeast = 2;

    public static async Task<bool> PrintAsync(TestnetBoard board, LocalNetwork network, Height last, CancellationToken cancellationToken)
    {
        var blocks = new List<V1.Block?>();
        var after = new List<V1.Block?>();
        for (var i = 0; i < network.Validators; i++)
        {
            blocks.Add(await board.BlockAsync(i, last, cancellationToken).ConfigureAwait(false));
            after.Add(await board.BlockAsync(i, last.Next(), cancellationToken).ConfigureAwait(false));
        }

        await board.TakeBlocksAsync(0, last.Value, cancellationToken).ConfigureAwait(false);
        var agree = blocks.All(b => b is not null && b.Hash.Equals(blocks[0]!.Hash)) && after.All(b => b is not null && b.StateRoot.Equals(after[0]!.StateRoot));
        var ledger = board.Ledger;
        Console.WriteLine();
        Console.WriteLine($"summary after {last} blocks");
        Console.WriteLine($"  block hash   {(blocks[0] is { } block ? Hex.Encode(block.Hash.Span) : "-")} on {blocks.Count(b => b is not null && b.Hash.Equals(blocks[0]?.Hash))} of {blocks.Count} nodes");
        Console.WriteLine($"  state root   {(after[0] is { } next ? Hex.Encode(next.StateRoot.Span) : "-")} on {after.Count(b => b is not null && b.StateRoot.Equals(after[0]?.StateRoot))} of {after.Count} nodes");
        Console.WriteLine($"  transactions {ledger.Transactions}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  claims       {ledger.Claims.Count} certified by {ledger.Claims.Select(c => c.Producer).Distinct().Count()} producers, least z {(ledger.Claims.Count > 0 ? ledger.Claims.Min(c => c.Z) : 0):F1}, {ledger.Voids} rounds void"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  accuracy     {(board.Accuracy is { } accuracy ? $"{100 * accuracy:F2} %" : "-")} on all 10,000 test images"));
        Console.WriteLine($"  term-led     {ledger.TermLedTotal} blocks: {string.Join(", ", ledger.TermLed.Select(t => string.Create(CultureInfo.InvariantCulture, $"{board.NameOf(t.Key)} {t.Value} ({100.0 * t.Value / last.Value:F1} %)")))}");
        var learned = last.Value < BlocksForClaims || (ledger.Claims.Count >= ClaimsLeast && ledger.TermLedTotal > 0);
        if (!agree) Console.WriteLine("FAILED: the nodes do not agree");
        if (!learned) Console.WriteLine($"FAILED: at least {ClaimsLeast} certified claims and a term-led block are wanted");
        return agree && learned;
    }
}
