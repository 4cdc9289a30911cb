using System.Collections.Concurrent;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A block made ready ahead, or why it could not be.</summary>
internal readonly record struct BlockAhead(PreparedBlock? Block, BlockRefusal Refusal);

/// <summary>Decodes blocks and checks their signatures on the other cores while the caller executes the ones before.</summary>
internal static class BlocksAhead
{
    // One is ready while another is made ready: what waits longer is only carried through more collections.
    private const int Ahead = 1;

    /// <summary>The blocks in their order; it ends after the first that is refused.</summary>
    public static IEnumerable<BlockAhead> Prepare(IEnumerable<ReadOnlyMemory<byte>> blocks, GenesisHash genesis)
    {
        using var ready = new BlockingCollection<BlockAhead>(Ahead);
        using var stop = new CancellationTokenSource();
        var preparing = Task.Run(() =>
        {
            try
            {
                foreach (var bytes in blocks)
                {
                    var isGood = PreparedBlock.TryPrepare(bytes, genesis, out var prepared, out var refusal);
                    ready.Add(new BlockAhead(prepared, refusal), stop.Token);
                    if (!isGood) return;
                }
            }
            catch (OperationCanceledException)
            {
                // The caller has seen enough.
            }
            finally
            {
                ready.CompleteAdding();
            }
        });
        try
        {
            foreach (var next in ready.GetConsumingEnumerable()) yield return next;
        }
        finally
        {
            stop.Cancel();
            preparing.GetAwaiter().GetResult();
        }
    }
}
