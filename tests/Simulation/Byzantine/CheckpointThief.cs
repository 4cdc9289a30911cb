using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// Takes other people's checkpoints: commits to what another has just committed to, pays more to be first, shows what another has shown as its
/// own, and brings checkpoints again that were certified before. It votes as it should, so that nothing but the rules of training stops it.
/// </summary>
public sealed class CheckpointThief : IBehaviour
{
    private readonly List<CandidateReveal> _shown = [];

    // Each is stolen once: two thieves would steal from each other for ever.
    private readonly HashSet<(ulong Round, ByteString Content)> _stolen = [];
    private (ulong Round, CandidateReveal Reveal)? _again;

    public string Name => "checkpoint-thief";

    public IEnumerable<Parcel> Hear(Address from, PeerMessage message, Accomplice me)
    {
        if (message is not PeerMessage.TransactionsMessage told || me.Engine is null) return [];
        var bodies = new List<TransactionBody>();
        foreach (var bytes in told.Transactions)
            if (Transaction.TryDecode(bytes.Span, me.Genesis, out var heard, out _) && heard.Sender != me.Address)
                bodies.AddRange(Steal(heard.Body, me));
        if (bodies.Count == 0) return [];
        var nonce = AccountsModule.Get(me.Engine.State, me.Address).Nonce;
        return Accomplice.AsItIs(me.Peers, new PeerMessage.TransactionsMessage([.. bodies.Select(body => Pay(body, nonce++, me))]));
    }

    private IEnumerable<TransactionBody> Steal(TransactionBody heard, Accomplice me)
    {
        if (heard.CandidateCommit is { } commit && _stolen.Add((commit.TrainingRound, commit.Commitment))) return [.. StealCommit(commit, me)];
        return heard.CandidateReveal is { } reveal && _stolen.Add((reveal.TrainingRound, reveal.Manifest)) ? [.. StealReveal(reveal, me)] : [];
    }

    private IEnumerable<TransactionBody> StealCommit(CandidateCommit commit, Accomplice me)
    {
        yield return new TransactionBody { CandidateCommit = WithConsent(new CandidateCommit(commit), me) };
        if (_shown.Count == 0 || _again?.Round == commit.TrainingRound) yield break;

        // Another's checkpoint of a round that is over, under a commitment of its own.
        var shown = me.Pick(_shown);
        _again = (commit.TrainingRound, shown);
        yield return new TransactionBody
        {
            CandidateCommit = WithConsent(new CandidateCommit(commit) { Commitment = CommitmentTo(shown, me).ToByteString(), ClaimedGain = 0 }, me),
        };
    }

    private IEnumerable<TransactionBody> StealReveal(CandidateReveal reveal, Accomplice me)
    {
        if (_shown.Count < 16 && _shown.TrueForAll(known => known.Manifest != reveal.Manifest)) _shown.Add(reveal);
        yield return new TransactionBody { CandidateReveal = new CandidateReveal(reveal) };
        if (_again is { } again && again.Round == reveal.TrainingRound)
            yield return new TransactionBody { CandidateReveal = new CandidateReveal(again.Reveal) { TrainingRound = again.Round } };
    }

    private static Hash256 CommitmentTo(CandidateReveal shown, Accomplice me)
    {
        var parent = new BlobHash(Hash256.FromBytes(CandidateManifest.Parser.ParseFrom(shown.Manifest).Parent.Span));
        return CandidateBinding.Commitment(
            CandidateBinding.ManifestRoot(shown.Manifest.Span), me.Address, me.Address, Hash256.FromBytes(shown.Task.Span), parent, Hash256.FromBytes(shown.Salt.Span));
    }

    // It is trainer and producer at once.
    private static CandidateCommit WithConsent(CandidateCommit commit, Accomplice me)
    {
        var consent = CandidateBinding.ConsentDigest(me.Genesis, Hash256.FromBytes(commit.Commitment.Span), me.Address, me.Address);
        (commit.Producer, commit.ProducerSignature) = (me.Address.ToByteString(), ByteString.CopyFrom(me.SignAny(consent).Bytes));
        return commit;
    }

    private static ReadOnlyMemory<byte> Pay(TransactionBody body, ulong nonce, Accomplice me)
    {
        body.Genesis = me.Genesis.Value.ToByteString();
        body.Nonce = nonce;
        body.Fee = (Cluster.AmpleFee + Cluster.AmpleFee).ToByteString();
        var bytes = Transaction.Sign(body, me.Address, content => me.SignAny(content.Digest)).Bytes;
        me.Offered.Add(Hash256.Sha256(bytes.Span));
        return bytes;
    }
}
