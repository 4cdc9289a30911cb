using System.Security.Cryptography;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>
/// The hash over everything that happens in a run, in its order: deliveries, timers, turns and what they led to, faults. Two runs that differ
/// anywhere differ here.
/// </summary>
public sealed class EventLog(EventQueue events) : IDisposable
{
    private const int Buffered = 16 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ByteWriter _writer = new(Buffered);
    private int _length;

    public long Count { get; private set; }

    public void Record(char kind, int node, ulong number = 0, Hash256 content = default)
    {
        _writer.UInt64(events.Now).Byte((byte)kind).UInt16((ushort)node).UInt64(number).Hash(content);
        Count++;
        if ((_length += 8 + 1 + 2 + 8 + Hash256.Size) < Buffered - 64) return;
        Flush();
    }

    public Hash256 Close()
    {
        Flush();
        return Hash256.FromBytes(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(_writer.ToArray());
        _writer = new ByteWriter(Buffered);
        _length = 0;
    }
}
