using System.Collections.Immutable;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.GovernanceAction;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Simulation;

/// <summary>
/// Who validates, height by height, by a reckoning of this file's own from the transactions of the decided blocks: votes are counted here,
/// evidence is judged here, keys are followed here. The chain's word is taken for one thing, whether what was accepted could be carried out.
/// </summary>
/// <param name="first">The set of the first two heights.</param>
/// <param name="governance">How long is voted, and how long what was accepted waits.</param>
public sealed class MemberBook(ValidatorSet first, GovernanceParameters governance)
{
    private const int FewestInnocent = 4;

    private readonly SortedDictionary<Address, ulong> _elected = new(first.Validators.ToDictionary(member => member.Address, member => member.Power));
    private readonly Dictionary<Height, ImmutableArray<Validator>> _sets = new() { [Height.First] = first.Validators, [Height.First.Next()] = first.Validators };
    private readonly Dictionary<Address, ulong> _jailed = [];
    private readonly Dictionary<Address, Address> _successors = [];
    private readonly SortedDictionary<ulong, Motion> _motions = [];
    private ulong _nextMotion = 1;

    /// <summary>Those who vote from two heights after the last block on, ascending.</summary>
    public ImmutableArray<Validator> Elected => [.. _elected.Select(member => new Validator(member.Key, member.Value))];

    /// <summary>The set of a height up to two past the last block.</summary>
    public ImmutableArray<Validator> At(Height height) => _sets[height];

    /// <summary>Whether there is a set of the height: none of the zeroth, nor of one that nobody can know yet.</summary>
    public bool Has(Height height) => _sets.ContainsKey(height);

    /// <summary>Whether both keys are or were those of one validator.</summary>
    public bool IsSame(Address one, Address other) => Present(one) == Present(other);

    public bool IsJailed(Address validator) => _jailed.ContainsKey(validator);

    /// <summary>Takes note of a transaction of the block, which the chain took: those that pay nothing are in a block for what they do.</summary>
    public void Take(Transaction transaction, Height height)
    {
        switch (transaction.Kind)
        {
            case MessageOneofCase.FaultEvidence:
                if (GuiltyBy(transaction) is { } guilty) Jail(Present(guilty));
                break;
            case MessageOneofCase.KeyRotation:
                var fresh = Address.FromBytes(transaction.Body.KeyRotation.NewAddress.Span);
                _elected.Remove(transaction.Sender, out var power);
                _elected.Add(fresh, power);
                _successors[transaction.Sender] = fresh;
                break;
            case MessageOneofCase.GovernanceProposal:
                _motions.Add(_nextMotion++, new Motion(transaction.Body.GovernanceProposal.Action, height) { Votes = { [transaction.Sender] = true } });
                break;
            case MessageOneofCase.GovernanceVote:
                _motions[transaction.Body.GovernanceVote.Proposal].Votes[transaction.Sender] = transaction.Body.GovernanceVote.Approve;
                break;
        }
    }

    /// <summary>Whom evidence convicts; null where it is none that holds.</summary>
    public static Address? GuiltyBy(Transaction transaction)
    {
        if (!FaultProof.TryDecode(transaction.Body.FaultEvidence.Evidence.Span, out var proof, out _)) return null;
        return proof.Check(new GenesisHash(Hash256.FromBytes(transaction.Body.Genesis.Span))) == EvidenceFault.None ? proof.Guilty : null;
    }

    /// <summary>Counts the votes at the end of a block, and fixes who validates two heights on.</summary>
    /// <returns>What is wrong; null where the chain says what this book says.</returns>
    public string? EndBlock(Height height, IReadOnlyList<Event> events)
    {
        // That a statement is false another checker finds; twice is jail, before the votes are counted.
        foreach (var happened in events)
            if (happened.Kind is "training.false_attestation" or "training.false_private_losses" or "training.false_recheck" && In(happened, "again") == "yes" && Address.TryParse(In(happened, "validator"), out var liar))
                Jail(liar);
        foreach (var (id, motion) in _motions.ToArray())
        {
            if (motion.Effect is null)
            {
                if (Count(id, motion, height, events) is { } fault) return fault;
                continue;
            }

            if (height < motion.Effect) continue;
            _motions.Remove(id);
            var isCarried = Says(events, "governance.carried_out", id);
            if (isCarried == Says(events, "governance.failed", id)) return $"proposal {id} was to be carried out at height {motion.Effect}, and was not";
            if (isCarried) Carry(motion.Action);
        }

        if (events.Count(happened => happened.Kind == "governance.accepted") != _motions.Values.Count(motion => motion.AcceptedAt == height)) return "a proposal was accepted without the votes";
        _sets[height.Plus(2)] = Elected;
        return null;
    }

    private string? Count(ulong id, Motion motion, Height height, IReadOnlyList<Event> events)
    {
        var total = Sum(_elected.Keys);
        var isAccepted = 3 * Sum(motion.Votes.Where(vote => vote.Value).Select(vote => Present(vote.Key))) > 2 * total;
        if (isAccepted != Says(events, "governance.accepted", id)) return $"proposal {id} is {(isAccepted ? "accepted" : "not accepted")} by the votes, and the chain says otherwise";
        if (isAccepted) (motion.AcceptedAt, motion.Effect) = (height, height.Plus(governance.DelayBlocks));
        else if (3 * Sum(motion.Votes.Where(vote => !vote.Value).Select(vote => Present(vote.Key))) >= total || height >= motion.Opened.Plus(governance.VotingBlocks)) _motions.Remove(id);
        return null;
    }

    // Of those who are not jailed.
    private ulong Sum(IEnumerable<Address> voters) => voters.Where(voter => !IsJailed(voter)).Aggregate(0UL, (sum, voter) => sum + _elected.GetValueOrDefault(voter));

    private void Carry(GovernanceAction action)
    {
        switch (action.ActionCase)
        {
            case ActionOneofCase.AdmitValidator:
                _elected.Add(Address.FromBytes(action.AdmitValidator.Address.Span), action.AdmitValidator.Power);
                break;
            case ActionOneofCase.RemoveValidator:
                _elected.Remove(Present(Address.FromBytes(action.RemoveValidator.Address.Span)));
                break;
            case ActionOneofCase.ChangePower:
                _elected[Present(Address.FromBytes(action.ChangePower.Address.Span))] = action.ChangePower.Power;
                break;
            case ActionOneofCase.JailValidator:
                Jail(Present(Address.FromBytes(action.JailValidator.Address.Span)));
                break;
            case ActionOneofCase.UnjailValidator:
                var free = Present(Address.FromBytes(action.UnjailValidator.Address.Span));
                if (_jailed.Remove(free, out var power) && power > 0) _elected.TryAdd(free, power);
                break;
        }
    }

    // Power goes only where four innocent ones remain.
    private void Jail(Address guilty)
    {
        if (IsJailed(guilty)) return;
        var innocent = _elected.Keys.Count(member => member != guilty && !IsJailed(member));
        ulong power = 0;
        if (innocent >= FewestInnocent) _elected.Remove(guilty, out power);
        _jailed.Add(guilty, power);
    }

    private Address Present(Address key)
    {
        while (_successors.TryGetValue(key, out var next)) key = next;
        return key;
    }

    private static string In(Event happened, string key) => happened.Attributes.Single(attribute => attribute.Key == key).Value;

    private static bool Says(IReadOnlyList<Event> events, string kind, ulong id) => events.Any(happened =>
        happened.Kind == kind && happened.Attributes.Single(attribute => attribute.Key == "proposal").Value == id.ToString(CultureInfo.InvariantCulture));

    private sealed class Motion(GovernanceAction action, Height opened)
    {
        public GovernanceAction Action => action;

        public Height Opened => opened;

        public Height? AcceptedAt { get; set; }

        public Height? Effect { get; set; }

        public Dictionary<Address, bool> Votes { get; } = [];
    }
}
