using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>A message on its way as the bytes that travel: encoded, hashed and decoded once, however many receive it.</summary>
public sealed class Letter(byte[] bytes)
{
    private PeerMessage? _message;
    private bool _isRead;

    public Letter(PeerMessage message) : this(message.Encode()) { }

    public byte[] Bytes => bytes;

    public Hash256 Digest { get; } = Hash256.Sha256(bytes);

    /// <summary>The message as receivers decode it; null where the bytes are none.</summary>
    public PeerMessage? Message
    {
        get
        {
            if (!_isRead) PeerMessage.TryDecode(bytes, out _message);
            _isRead = true;
            return _message;
        }
    }
}

/// <summary>A letter and whom it goes to.</summary>
public readonly record struct Parcel(Address To, Letter Letter);
