using System.Runtime.ExceptionServices;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// One thread writes while the caller goes on; blocks that wait are made durable together, so that many small ones cost one wait for the disk.
/// The caller is held up where much waits already. The first failure is told to whoever commits or flushes next, and nothing is written after
/// it.
/// </summary>
public sealed class BackgroundCommits : IBlockCommits, IDisposable
{
    private const int WaitingMax = 32;
    private const long WaitingBytesMax = 4 * 1024 * 1024;

    private readonly ChainStore _store;
    private readonly Action _stored;
    private readonly Queue<(LedgerState Before, ValidatedBlock Validated, VerifiedCommit Commit)> _waiting = [];
    private readonly object _gate = new();
    private long _waitingBytes;
    private readonly Thread _writer;
    private bool _isWriting;
    private bool _isClosed;
    private Exception? _failure;

    /// <param name="store">Only this object commits to it.</param>
    /// <param name="stored">Called on the writer's thread when nothing waits any more.</param>
    public BackgroundCommits(ChainStore store, Action stored)
    {
        _store = store;
        _stored = stored;
        _writer = new Thread(Write) { IsBackground = true, Name = "block commits" };
        _writer.Start();
    }

    public bool HasPending
    {
        get
        {
            lock (_gate) return _failure is null && (_isWriting || _waiting.Count > 0); // who flushes after a failure is told of it
        }
    }

    public void Commit(LedgerState before, ValidatedBlock validated, VerifiedCommit commit)
    {
        lock (_gate)
        {
            var bytes = validated.Block.Bytes.Length;
            while ((_waiting.Count >= WaitingMax || (_waiting.Count > 0 && _waitingBytes + bytes > WaitingBytesMax)) && _failure is null) Monitor.Wait(_gate);
            ThrowFailure();
            _waiting.Enqueue((before, validated, commit));
            _waitingBytes += bytes;
            Monitor.PulseAll(_gate);
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            while ((_isWriting || _waiting.Count > 0) && _failure is null) Monitor.Wait(_gate);
            ThrowFailure();
        }
    }

    /// <summary>Writes what waits, then ends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }

        _writer.Join();
    }

    private void Write()
    {
        var together = new List<(LedgerState Before, ValidatedBlock Validated, VerifiedCommit Commit)>();
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Count == 0 && !_isClosed) Monitor.Wait(_gate);
                if (_failure is not null || _waiting.Count == 0) return;
                together.Clear();
                together.AddRange(_waiting);
                _waiting.Clear();
                _waitingBytes = 0;
                _isWriting = true;
                Monitor.PulseAll(_gate);
            }

            Exception? failure = null;
            try
            {
                for (var i = 0; i < together.Count; i++)
                {
                    var (before, validated, commit) = together[i];
                    _store.Commit(before, validated, commit, durable: i == together.Count - 1);
                }
            }
            catch (Exception e)
            {
                failure = e; // whoever commits or flushes next throws it
            }

            bool isIdle;
            lock (_gate)
            {
                _isWriting = false;
                _failure = failure;
                isIdle = _waiting.Count == 0;
                Monitor.PulseAll(_gate);
            }

            if (isIdle || failure is not null) _stored();
        }
    }

    private void ThrowFailure()
    {
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
    }
}
