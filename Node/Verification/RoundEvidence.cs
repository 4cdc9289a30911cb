using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>An attestation as its validator showed it in a block.</summary>
internal sealed record ShownAttestation(Address Validator, byte[] Statement, IReadOnlyList<uint> PrivateLosses);

/// <summary>What validators sent in one training round, as it stands in the blocks.</summary>
internal sealed class RoundEvidence
{
    /// <summary>Ascending by address, as the seed takes them.</summary>
    public SortedDictionary<Address, Hash256> Shares { get; } = [];

    public List<ShownAttestation> Attestations { get; } = [];

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
                case TransactionBody.MessageOneofCase.AttestationReveal:
                    var reveal = transaction.Body.AttestationReveal;
                    Of(Hash256.FromBytes(reveal.Task.Span), reveal.TrainingRound).Attestations.Add(
                        new ShownAttestation(transaction.Sender, reveal.Statement.ToByteArray(), reveal.PrivateLosses));
                    break;
            }
        }
    }

    /// <summary>Called at the block that closed a round's seed window: derives the seed and says where the ledger has another.</summary>
    public VerificationFinding? CloseSeed(GenesisHash genesis, ValidatorSet validators, TrainingRoundRecord round, Height height)
    {
        var evidence = Of(round.Task, round.Number);
        var shares = evidence.Shares.Where(share => validators.Contains(share.Key)).Select(share => share.Value);
        evidence.Seed = TrainingSeed.Of(genesis, round.Task, round.Number, shares);
        return evidence.Seed == round.Seed
            ? null
            : new VerificationFinding(FindingKind.SeedDiffers, height, $"training round {round.Number}: {round.Seed} is on record, the shares give {evidence.Seed}");
    }

    /// <summary>What was sent in a round that is over.</summary>
    public RoundEvidence Take(Hash256 task, ulong round) => _rounds.Remove((task, round), out var evidence) ? evidence : new RoundEvidence();

    private RoundEvidence Of(Hash256 task, ulong round)
    {
        if (!_rounds.TryGetValue((task, round), out var evidence)) _rounds[(task, round)] = evidence = new RoundEvidence();
        return evidence;
    }
}
