using System.Security.Cryptography;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>
/// The hash over what happens in a run, in its order: deliveries with their content, timers, blocks decided, rounds begun, faults; of other outputs
/// that there was one. Runs that send, decide or suffer anything else, or at another time, differ here; what a node only thinks or stores does not show.
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
