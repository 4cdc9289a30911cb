namespace NeuroChain.Chain;

/// <summary>
/// Facts about signatures that this thread has learned: which key signed which digest, or that none did. Who simulates many nodes in one
/// thread checks the same signature once instead of once per node.
/// </summary>
/// <remarks>
/// It is no stand-in for the check: a fact comes from libsecp256k1 alone (what it recovered, or what it has just signed) and is found again
/// only under all 97 bytes that it was learned from, so that an answer from here is the answer that the library would give. Opened by
/// nobody but tests and the simulator; elsewhere it costs the reading of one field. Two generations, so that memory stays bounded.
/// </remarks>
internal sealed class SignatureMemo : IDisposable
{
    /// <summary>Facts in one generation.</summary>
    internal const int GenerationMax = 65_536;

    [ThreadStatic]
    private static SignatureMemo? _current;

    private readonly SignatureMemo? _before;
    private Dictionary<Fact, Address?> _newer = [];
    private Dictionary<Fact, Address?> _older = [];

    private SignatureMemo(SignatureMemo? before) => _before = before;

    /// <summary>The memo of this thread; null where none is open.</summary>
    public static SignatureMemo? Current => _current;

    /// <summary>Times that an answer was found.</summary>
    public long Recalls { get; private set; }

    /// <summary>Facts that are held.</summary>
    public int Count => _newer.Count + _older.Count;

    /// <summary>Opens a memo for this thread until it is disposed, in this same thread.</summary>
    public static SignatureMemo Open() => _current = new SignatureMemo(_current);

    public void Dispose()
    {
        Invariant.Check(ReferenceEquals(_current, this), "a memo is closed by the thread that opened it, the last one first");
        _current = _before;
    }

    /// <summary>Learns who signed; null where nobody did.</summary>
    internal void Learn(Hash256 digest, ReadOnlySpan<byte> signature, Address? signer)
    {
        if (_newer.Count >= GenerationMax) (_older, _newer) = (_newer, []);
        _newer[Fact.Of(digest, signature)] = signer;
    }

    internal bool TryRecall(Hash256 digest, ReadOnlySpan<byte> signature, out Address? signer)
    {
        var fact = Fact.Of(digest, signature);
        var known = _newer.TryGetValue(fact, out signer) || _older.TryGetValue(fact, out signer);
        if (known) Recalls++;
        return known;
    }

    private readonly record struct Fact(Hash256 Digest, Hash256 R, Hash256 S, byte V)
    {
        public static Fact Of(Hash256 digest, ReadOnlySpan<byte> signature) =>
            new(digest, Hash256.FromBytes(signature[..32]), Hash256.FromBytes(signature[32..64]), signature[64]);
    }
}
