using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Fuzz;

/// <summary>An input for which a promise was broken.</summary>
public sealed record FuzzFailure(FuzzTarget Target, byte[] Input, string Broken);

/// <summary>
/// Mutates good cases of one target and checks the promises on every one. What the decoder took is mutated further: so a run goes step by step
/// to places that no single mutation reaches.
/// </summary>
public sealed class Fuzzer
{
    private const int Cases = 8, KeptMost = 200, TriesMost = 20_000;

    private readonly FuzzTarget _target;
    private readonly SeededStream _stream;
    private readonly Mutations _mutations;
    private readonly List<byte[]> _good = [];
    private readonly int _given, _keptBytesMost;

    /// <param name="target">What is run.</param>
    /// <param name="seed">The same seed gives the same inputs.</param>
    public Fuzzer(FuzzTarget target, ulong seed)
    {
        _target = target;
        _stream = new SeededStream(Hash256.Sha256(Encoding.ASCII.GetBytes($"{target.Name} {seed}")));
        _mutations = new Mutations(_stream);
        for (var number = 0; number < Cases; number++) _good.Add(target.Case(number));
        _given = _good.Count;
        _keptBytesMost = 1024 + (2 * _good.Max(good => good.Length));
        // Twice: what static state and the first compilation allocate is nobody's input.
        foreach (var good in _good.Concat(_good)) _ = Promises.Break(target, good, out _);
        foreach (var good in _good) _ = Promises.Break(target, good[..(good.Length / 2)], out _);
    }

    public long Inputs { get; private set; }

    public long Taken { get; private set; }

    /// <summary>One input more; what it broke, made as small as it goes, or null.</summary>
    public FuzzFailure? Next()
    {
        var input = _mutations.Apply(Good(), Good(), _target.MostBytes);
        Inputs++;
        var broken = Promises.Break(_target, input, out var wasTaken);
        if (broken is not null) return new FuzzFailure(_target, Smaller(_target, input, broken), broken);
        if (!wasTaken) return null;
        Taken++;
        Keep(input);
        return null;
    }

    private byte[] Good() => _good[(int)_stream.NextBelow((ulong)_good.Count)];

    // What grows without end makes a run slow and finds nothing.
    private void Keep(byte[] input)
    {
        if (input.Length > _keptBytesMost) return;
        if (_good.Count < KeptMost) _good.Add(input);
        else _good[_given + (int)_stream.NextBelow((ulong)(KeptMost - _given))] = input;
    }

    // Takes stretches out while the very same promise stays broken.
    private static byte[] Smaller(FuzzTarget target, byte[] input, string broken)
    {
        var tries = 0;
        for (var size = Math.Max(1, input.Length / 2); size >= 1; size /= 2)
            for (var at = 0; at + size <= input.Length && tries < TriesMost; tries++)
            {
                byte[] without = [.. input[..at], .. input[(at + size)..]];
                if (Promises.Break(target, without, out _) == broken) input = without;
                else at += size;
            }

        return input;
    }
}
