using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// What is decided is what may be: each block follows the one before, its author leads the round that it was built for, by a reckoning of this
/// file's own from the decided blocks alone, and every transaction in it was asked for by somebody, or is evidence, once.
/// </summary>
/// <param name="validators">The set of the first height; evidence makes it smaller, while four innocent ones remain.</param>
/// <param name="offered">SHA-256 of the bytes of all transactions that were asked for.</param>
public sealed class ValidityChecker(ValidatorSet validators, IReadOnlySet<Hash256> offered) : IChecker
{
    private const ulong RotationPeriod = 4;
    private const int FewestInnocent = 4;

    private readonly SortedDictionary<Height, (Block Block, Round Round)> _waiting = [];
    private readonly HashSet<Hash256> _included = [];
    private readonly Dictionary<Address, HashSet<Address>> _missedBy = [];
    private readonly Dictionary<Height, HashSet<Address>> _absent = [];
    private readonly HashSet<Address> _jailed = [];
    private readonly Dictionary<Height, IReadOnlyList<Address>> _members = [];
    private Block? _last;

    public string Name => "validity";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is EngineOutput.Committed committed) Decided(committed.Block.Block, committed.Block.Certificate.Round);
    }

    public void Decided(Block block, Round round)
    {
        // A crash may have kept a block's first decision from being told: then it is looked at when somebody else tells.
        if (_last is null || block.Height > _last.Height) _waiting.TryAdd(block.Height, (block, round));
        while (_waiting.Remove((_last?.Height ?? Height.Genesis).Next(), out var next))
        {
            Check(next.Block, next.Round);
            _last = next.Block;
        }
    }

    private void Check(Block block, Round round)
    {
        var header = block.Header;
        if (_last is not null && header.Parent != _last.Hash) throw Fault(block, $"its parent is {header.Parent}, {_last.Hash} was decided");
        if (_last is not null && header.Time <= _last.Header.Time) throw Fault(block, "its time is not after its parent's");
        if (header.BuiltRound > round) throw Fault(block, $"it was built for round {header.BuiltRound} and decided in round {round}");
        if (Leader(header.Height, header.BuiltRound) is var leader && header.Author != leader) throw Fault(block, $"its author is {header.Author}, {leader} leads round {header.BuiltRound}");
        foreach (var transaction in block.Transactions)
        {
            var hash = Hash256.Sha256(transaction.Span);
            if (GuiltyBy(transaction.Span, block.Header.Genesis) is { } guilty) _jailed.Add(guilty);
            else if (!offered.Contains(hash)) throw Fault(block, "nobody asked for one of its transactions");
            if (!_included.Add(hash)) throw Fault(block, "one of its transactions was in a block before");
        }

        NoteAbsences(block);
    }

    // In turns, every fourth height counting its own; in round 0 whoever was absent two heights before is passed over.
    private Address Leader(Height height, Round round)
    {
        var members = MembersAt(height);
        var quarter = height.Value / RotationPeriod;
        var turn = height.Value % RotationPeriod == 0 ? quarter : height.Value - quarter;
        var absent = round == Round.Zero ? _absent.GetValueOrDefault(height) : null;
        for (ulong i = 0; i < (ulong)members.Count; i++)
        {
            var candidate = members[(int)((turn + round.Value + i) % (ulong)members.Count)];
            if (absent is null || absent.Count == members.Count || !absent.Contains(candidate)) return candidate;
        }

        throw new System.Diagnostics.UnreachableException();
    }

    private IReadOnlyList<Address> MembersAt(Height height) => _members.GetValueOrDefault(height) ?? [.. validators.Validators.Select(validator => validator.Address)];

    // Whom a transaction convicts; null where it is no evidence that holds.
    private static Address? GuiltyBy(ReadOnlySpan<byte> bytes, GenesisHash genesis)
    {
        if (!Transaction.TryDecode(bytes, genesis, out var transaction, out _) || transaction.Kind != TransactionBody.MessageOneofCase.FaultEvidence) return null;
        if (!FaultProof.TryDecode(transaction.Body.FaultEvidence.Evidence.Span, out var proof, out _)) return null;
        return proof.Check(genesis) == EvidenceFault.None ? proof.Guilty : null;
    }

    // Who is convicted is passed over in round 0 two heights later, or is gone where four innocent ones remain. Absent: blocks of a third of the
    // authors and one more, rounded down, came without its precommit, and none with it since.
    private void NoteAbsences(Block block)
    {
        if (block.LastCommit is { } commit)
        {
            var voters = MembersAt(commit.Height);
            var seen = commit.Signatures.Select(s => voters[s.Index]).Concat(block.LatePrecommits.Select(late => MembersAt(late.Height)[late.Index])).ToHashSet();
            foreach (var address in seen) _missedBy.Remove(address);
            foreach (var address in voters)
            {
                if (seen.Contains(address)) continue;
                if (_missedBy.TryGetValue(address, out var authors)) authors.Add(block.Header.Author);
                else _missedBy[address] = [block.Header.Author];
            }
        }

        IReadOnlyList<Address> members = MembersAt(block.Height.Plus(1));
        foreach (var guilty in members.Where(_jailed.Contains).ToList())
            if (members.Count(member => !_jailed.Contains(member)) >= FewestInnocent)
                members = [.. members.Where(member => member != guilty)];
        _members[block.Height.Plus(2)] = members;
        _absent[block.Height.Plus(2)] = [.. members.Where(member => _jailed.Contains(member) || (_missedBy.TryGetValue(member, out var by) && by.Count >= ((members.Count - 1) / 3) + 1))];
    }

    private static SimulationFailedException Fault(Block block, string what) => new($"validity: block {block.Hash} at {block.Height}: {what}");
}
