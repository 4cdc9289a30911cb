using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// A signer whose memory is a two-slot file: what it signed is on the disk before the signature is handed out, so that no crash makes it
/// sign the opposite.
/// </summary>
public sealed class FileSigner : ISigner, IDisposable
{
    private const string FileName = "signer-state";

    private readonly PrivateKey _key;
    private readonly TwoSlotFile _file;
    private SignerState _state;

    /// <param name="key">The validator's key.</param>
    /// <param name="folder">Where the memory is kept.</param>
    /// <exception cref="OperatorException">The memory is open in another process, or harmed, or another key's: signing without it could sign twice.</exception>
    public FileSigner(PrivateKey key, IFolder folder)
    {
        _key = key;
        _file = new TwoSlotFile(folder, FileName, SignerState.SizeMax);
        try
        {
            _state = Load();
        }
        catch
        {
            _file.Dispose(); // else a second look would say that another node has it
            throw;
        }
    }

    public Address Address => _key.Address;

    public SignerState State => _state;

    public Signature? TrySign(SignRequest request, out SignRefusal refusal)
    {
        (refusal, var given) = SignerRules.Check(_state, request);
        if (refusal != SignRefusal.None || given is not null) return given;
        var signature = _key.Sign(request.Digest);
        var after = SignerRules.After(_state, request, signature);
        _file.Write(after.Encode());
        _state = after;
        return signature;
    }

    public Signature SignTagged(TaggedContent content)
    {
        Invariant.Check(TaggedDomains.IsSigned(content.Domain), "a signer signs what it is known to sign, and votes and proposals under its rules only");
        return _key.Sign(content.Digest);
    }

    public void Dispose() => _file.Dispose();

    private SignerState Load()
    {
        if (!_file.TryRead(out var payload, out var fault))
            return fault == SlotFault.NeverWritten ? SignerState.Empty : throw Harmed("both of its slots are corrupt");
        var state = SignerState.Decode(payload) ?? throw Harmed("it holds no signer state");
        // Its signatures are handed out again: those of another key would be wrong votes, and that key's memory would be written over.
        foreach (var signed in new[] { state.Proposal, state.Prevote, state.Precommit })
            if (signed is not null && !signed.Signature.IsBy(Address, signed.Digest))
                throw new OperatorException($"the file {FileName} belongs to another key than {Address}: give each key a folder of its own");
        return state;
    }

    private static OperatorException Harmed(string how) => new(
        $"the file {FileName} is harmed: {how}. Restore it, or wait until the chain is past every height that this key may have signed and delete it");
}
