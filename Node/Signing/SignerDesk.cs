using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

/// <summary>
/// A signer and whom it serves: one node at a time. Another one is served once the first was silent for a while, or by the same word of the same
/// node after a restart; what the earlier one asks for from then on is refused. Two nodes never sign the same thing in two ways in any case,
/// since there is one memory; this keeps them from taking turns. An epoch ends with this process: its node acquires the signer anew, and so sees
/// whether the memory is still the one that it knows.
/// </summary>
/// <remarks>Safe from any thread. A failed disk ends it: what is not on the disk is not given out.</remarks>
internal sealed class SignerDesk : IDisposable
{
    /// <summary>A node that was not heard for so long is taken for gone. It says that it is there five times as often.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string FileName = "signer-epoch";

    private readonly Lock _gate = new();
    private readonly ISigner _signer;
    private readonly TwoSlotFile _file;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SignerEpoch _epoch;
    private bool _isOver = true; // what an earlier process gave: its node is waited for, and has to ask
    private long _heard;

    /// <param name="signer">Holds key and memory.</param>
    /// <param name="folder">Where the epoch is kept.</param>
    /// <param name="time">Its timestamps: they do not jump.</param>
    /// <exception cref="OperatorException">The epoch is in use or harmed.</exception>
    public SignerDesk(ISigner signer, IFolder folder, TimeProvider time)
    {
        (_signer, _time, _heard) = (signer, time, time.GetTimestamp()); // whoever had it before a restart may be there still
        _file = new TwoSlotFile(folder, FileName, SignerEpoch.Size);
        try
        {
            _epoch = Load();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public Address Validator => _signer.Address;

    /// <summary>Faulted once the disk failed: the process must end.</summary>
    public Task Failed => _failed.Task;

    /// <summary>A new epoch for a node; null, with whom it is, where another one has it and is alive.</summary>
    public (SignerEpoch Epoch, SignerState State)? TryAcquire(Address node, out Address holder)
    {
        lock (_gate)
        {
            holder = _epoch.Node;
            if (_epoch != SignerEpoch.None && holder != node && _time.GetElapsedTime(_heard) < Patience) return null;
            var next = new SignerEpoch(_epoch.Number + 1, node);
            Durably(() => _file.Write(next.Encode()));
            (_epoch, _isOver, holder, _heard) = (next, false, node, _time.GetTimestamp());
            return (next, _signer.State);
        }
    }

    /// <summary>Whether the epoch is the node's and not over. If so, the node is alive.</summary>
    public bool Holds(Address node, ulong epoch)
    {
        lock (_gate)
        {
            if (_isOver || _epoch.Number != epoch || _epoch.Node != node) return false;
            _heard = _time.GetTimestamp();
            return true;
        }
    }

    public Signature? TrySign(Address node, ulong epoch, SignRequest request, out SignRefusal refusal)
    {
        lock (_gate)
        {
            refusal = SignRefusal.NoLease;
            if (!Holds(node, epoch)) return null;
            var why = SignRefusal.None;
            var signature = Durably(() => _signer.TrySign(request, out why));
            refusal = why;
            return signature;
        }
    }

    /// <summary>Null where the epoch is over.</summary>
    public Signature? TrySignTagged(Address node, ulong epoch, TaggedContent content)
    {
        lock (_gate) return Holds(node, epoch) ? _signer.SignTagged(content) : null;
    }

    public void Dispose() => _file.Dispose();

    private SignerEpoch Load()
    {
        if (!_file.TryRead(out var payload, out var fault))
            return fault == SlotFault.NeverWritten ? SignerEpoch.None : throw Harmed("both of its slots are corrupt");
        return SignerEpoch.Decode(payload) ?? throw Harmed("it holds no epoch");
    }

    private void Durably(Action write) => Durably<object?>(() =>
    {
        write();
        return null;
    });

    private T Durably<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (StoreFailedException failure)
        {
            _failed.TrySetException(failure);
            throw;
        }
    }

    private static OperatorException Harmed(string how) => new($"the file {FileName} is harmed: {how}. Stop all nodes that use this signer and delete it");
}
