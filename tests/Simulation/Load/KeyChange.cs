using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// A validator takes a new key, as an operator does it: the old key says so on the chain; when the node itself has come to where the old key is
/// retired, it is stopped and started with the new one, and with a signer's memory of its own.
/// </summary>
public sealed class KeyChange : IChange
{
    private const ulong InBlockWithin = 15;

    private readonly SimulatedHost _host;
    private readonly PrivateKey _old;
    private readonly PrivateKey _fresh;
    private readonly Height _until;
    private readonly Transaction _rotation;

    /// <param name="state">The newest.</param>
    /// <param name="host">Whose key, that of a validator now and at the next height.</param>
    /// <param name="fresh">One that nobody has had.</param>
    public KeyChange(LedgerState state, SimulatedHost host, PrivateKey fresh)
    {
        (_host, _old, _fresh) = (host, host.Node.Key, fresh);
        _until = state.Height.Plus(InBlockWithin);
        var sequence = ValidatorRecord.Get(state, _old.Address)!.Sequence;
        var consent = fresh.Sign(KeyRotations.Consent(state.GenesisHash, _old.Address, fresh.Address, sequence).Digest);
        _rotation = Transaction.Sign(
            new TransactionBody
            {
                Genesis = state.GenesisHash.Value.ToByteString(),
                ExpiryHeight = _until.Value,
                KeyRotation = new KeyRotation { Sequence = sequence, NewAddress = fresh.Address.ToByteString(), Signature = ByteString.CopyFrom(consent.Bytes) },
            },
            _old);
    }

    public bool GoOn(Cluster cluster, SeededStream draw)
    {
        if (KeyRotations.Present(cluster.Newest, _old.Address) == _old.Address)
        {
            if (cluster.Newest.Height >= _until) return false;
            cluster.Submit(draw, _rotation);
            return true;
        }

        if (_host.Node.Key.Address == _fresh.Address) return false;
        if (_host.Node.Engine is { } engine && KeyRotations.IsRetiredAt(engine.State, _old.Address, engine.State.Height.Next())) _host.Rekey(_fresh);
        return true;
    }

    public ValidatorSet Result(LedgerState state, ValidatorSet members)
    {
        var changed = members.Validators.Select(member => member.Address == _old.Address ? member with { Address = _fresh.Address } : member);
        return ValidatorSet.TryCreate(changed, out var set) ? set : members;
    }
}
