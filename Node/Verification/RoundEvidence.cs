using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>An attestation as its validator showed it in a block.</summary>
/// <param name="Validator">The key that committed to it, whose private samples it is about; another key of the same validator may have shown it.</param>
/// <param name="Statement">The statement's bytes.</param>
/// <param name="PrivateLosses">Of the incumbent, then of each judged candidate.</param>
internal sealed record ShownAttestation(Address Validator, byte[] Statement, IReadOnlyList<uint> PrivateLosses);

/// <summary>What validators sent in one training round, as it stands in the blocks.</summary>
internal sealed class RoundEvidence
{
    /// <summary>By the key that sent each.</summary>
    public SortedDictionary<Address, Hash256> Shares { get; } = [];

    public List<ShownAttestation> Attestations { get; } = [];

    /// <summary>Who committed to what.</summary>
    public List<(Address Validator, Hash256 Commitment)> Commitments { get; } = [];

    /// <summary>The seed that the shares give; null until their window has closed.</summary>
    public Hash256? Seed { get; set; }
}

/// <summary>Collects the messages of the rounds in progress, from the blocks alone and not from the state that they led to.</summary>
internal sealed class EvidenceCollector
{
    private readonly Dictionary<(Hash256 Task, ulong Round), RoundEvidence> _rounds = [];

    public void Add(IEnumerable<Transaction> transactions)
    {
        foreach (var transaction in transactions)
        {
            switch (transaction.Kind)
            {
                case TransactionBody.MessageOneofCase.SeedShare:
                    var share = transaction.Body.SeedShare;
                    Of(Hash256.FromBytes(share.Task.Span), share.TrainingRound).Shares[transaction.Sender] = Hash256.FromBytes(share.Share.Span);
                    break;
                case TransactionBody.MessageOneofCase.AttestationCommit:
                    var commit = transaction.Body.AttestationCommit;
                    Of(Hash256.FromBytes(commit.Task.Span), commit.TrainingRound).Commitments.Add((transaction.Sender, Hash256.FromBytes(commit.Commitment.Span)));
                    break;
                case TransactionBody.MessageOneofCase.AttestationReveal:
                    var reveal = transaction.Body.AttestationReveal;
                    Show(Of(Hash256.FromBytes(reveal.Task.Span), reveal.TrainingRound), transaction.Sender, reveal);
                    break;
            }
        }
    }

    /// <summary>Called at the block that closed a round's seed window: derives the seed and says where the ledger has another.</summary>
    public VerificationFinding? CloseSeed(IStateReader state, GenesisHash genesis, TrainingRoundRecord round, Height height)
    {
        var evidence = Of(round.Task, round.Number);
        var shares = evidence.Shares
            .OrderBy(share => KeyRotations.Identity(state, share.Key))
            .Select(share => share.Value);
        evidence.Seed = TrainingSeed.Of(genesis, round.Task, round.Number, shares);
        evidence.Shares.Clear(); // a second seed is made of its own shares alone
        return evidence.Seed == round.Seed
            ? null
            : new VerificationFinding(FindingKind.SeedDiffers, height, $"training round {round.Number}: {round.Seed} is on record, the shares give {evidence.Seed}");
    }

    /// <summary>What was sent in a round that is over.</summary>
    public RoundEvidence Take(Hash256 task, ulong round) => _rounds.Remove((task, round), out var evidence) ? evidence : new RoundEvidence();

    // A key that is new since the commitment shows what another key committed to, once more where that one had shown it.
    private static void Show(RoundEvidence evidence, Address sender, AttestationReveal reveal)
    {
        var committed = sender;
        if (TrainingStatement.TryDecode(reveal.Statement.Span, out var statement))
        {
            var (digest, salt) = (statement.Digest, Hash256.FromBytes(reveal.Salt.Span));
            var others = evidence.Commitments.OrderBy(one => one.Validator != sender).Select(one => (Address?)one.Validator);
            committed = others.FirstOrDefault(validator => evidence.Commitments.Contains((validator!.Value, Binding(validator.Value)))) ?? sender;

            Hash256 Binding(Address validator) => CandidateBinding.AttestationCommitment(digest, reveal.PrivateLosses, validator, salt);
        }

        evidence.Attestations.RemoveAll(shown => shown.Validator == committed);
        evidence.Attestations.Add(new ShownAttestation(committed, reveal.Statement.ToByteArray(), reveal.PrivateLosses));
    }

    private RoundEvidence Of(Hash256 task, ulong round)
    {
        if (!_rounds.TryGetValue((task, round), out var evidence)) _rounds[(task, round)] = evidence = new RoundEvidence();
        return evidence;
    }
}
