using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// Draws mini-batches without replacement: one Fisher-Yates shuffle a training pass, done only as far as samples are taken. A batch may
/// reach over the end of a pass into the next.
/// </summary>
internal sealed class MiniBatches(int population, SeededStream stream)
{
    private readonly int[] _order = [.. Enumerable.Range(0, population)];
    private int _taken;

    public void Fill(Span<int> batch)
    {
        foreach (ref var sample in batch)
        {
            if (_taken == _order.Length) _taken = 0;
            var drawn = _taken + (int)stream.NextBelow((ulong)(_order.Length - _taken));
            (_order[_taken], _order[drawn]) = (_order[drawn], _order[_taken]);
            sample = _order[_taken++];
        }
    }
}
