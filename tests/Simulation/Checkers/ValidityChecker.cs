using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// What is decided is what may be: each block follows the one before, its author leads the round that it was built for, by a reckoning of these
/// books' own from the decided blocks, and every transaction in it was asked for by somebody, or is evidence, once.
/// </summary>
/// <param name="validators">The set of the first height.</param>
/// <param name="offered">SHA-256 of the bytes of all transactions that were asked for.</param>
/// <param name="governance">How validators vote; as the chain does it unless told otherwise.</param>
public sealed class ValidityChecker(ValidatorSet validators, IReadOnlySet<Hash256> offered, GovernanceParameters? governance = null) : IChecker
{
    private const ulong RotationPeriod = 4;

    private readonly SortedDictionary<Height, (Block Block, Round Round, IReadOnlyList<Event> Events)> _waiting = [];
    private readonly HashSet<Hash256> _included = [];
    private readonly Books _books = Books.Of(new MemberBook(validators, governance ?? new GovernanceParameters()));
    private Block? _last;

    public string Name => "validity";

    /// <summary>Blocks that were led by right of a training.</summary>
    public int TermLed { get; private set; }

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is EngineOutput.Committed committed) Decided(committed.Block.Block, committed.Block.Certificate.Round, committed.Outcome.Events);
    }

    public void Decided(Block block, Round round, IReadOnlyList<Event>? events = null)
    {
        // A crash may have kept a block's first decision from being told: then it is looked at when somebody else tells.
        if (_last is null || block.Height > _last.Height) _waiting.TryAdd(block.Height, (block, round, events ?? []));
        while (_waiting.Remove((_last?.Height ?? Height.Genesis).Next(), out var next))
        {
            Check(next.Block, next.Round, next.Events);
            _last = next.Block;
        }
    }

    private void Check(Block block, Round round, IReadOnlyList<Event> events)
    {
        var header = block.Header;
        if (_last is not null && header.Parent != _last.Hash) throw Fault(block, $"its parent is {header.Parent}, {_last.Hash} was decided");
        if (_last is not null && header.Time <= _last.Header.Time) throw Fault(block, "its time is not after its parent's");
        if (header.BuiltRound > round) throw Fault(block, $"it was built for round {header.BuiltRound} and decided in round {round}");
        if (Leader(header.Height, header.BuiltRound) is var leader && header.Author != leader) throw Fault(block, $"its author is {header.Author}, {leader} leads round {header.BuiltRound}");
        var isTermLed = header.BuiltRound == Round.Zero && _books.Terms.At(header.Height) is not null;
        if (isTermLed != (block.TrainingProof is not null)) throw Fault(block, isTermLed ? "it lacks the proof of the training that leads it" : "it has a proof of training and no training leads it");
        if (isTermLed) TermLed++;
        foreach (var bytes in block.Transactions) Check(block, bytes.Span);
        if (_books.Members.EndBlock(block.Height, events) is { } fault) throw Fault(block, fault);
        _books.Attendance.Note(block);
        _books.Terms.Note(block.Height, events);
    }

    private void Check(Block block, ReadOnlySpan<byte> bytes)
    {
        var hash = Hash256.Sha256(bytes);
        var isRead = Transaction.TryDecode(bytes, block.Header.Genesis, out var transaction, out _);
        var isEvidence = isRead && transaction!.Kind == TransactionBody.MessageOneofCase.FaultEvidence && MemberBook.GuiltyBy(transaction) is not null;
        if (!isEvidence && !offered.Contains(hash)) throw Fault(block, "nobody asked for one of its transactions");
        if (!_included.Add(hash)) throw Fault(block, "one of its transactions was in a block before");
        if (isRead) _books.Members.Take(transaction!, block.Height);
    }

    // In turns, every fourth height counting its own; in round 0 a term leads, and whoever is absent is passed over.
    private Address Leader(Height height, Round round)
    {
        if (round == Round.Zero && _books.Terms.At(height) is { } holder) return holder;
        var members = _books.Members.At(height);
        var quarter = height.Value / RotationPeriod;
        var turn = height.Value % RotationPeriod == 0 ? quarter : height.Value - quarter;
        var absent = round == Round.Zero ? _books.Attendance.At(height) : null;
        for (ulong i = 0; i < (ulong)members.Length; i++)
        {
            var candidate = members[(int)((turn + round.Value + i) % (ulong)members.Length)].Address;
            if (absent is null || absent.Count == members.Length || !absent.Contains(candidate)) return candidate;
        }

        throw new System.Diagnostics.UnreachableException();
    }

    private static SimulationFailedException Fault(Block block, string what) => new($"validity: block {block.Hash} at {block.Height}: {what}");

    private sealed record Books(MemberBook Members, AttendanceBook Attendance, TermBook Terms)
    {
        public static Books Of(MemberBook members)
        {
            var attendance = new AttendanceBook(members);
            return new Books(members, attendance, new TermBook(members, attendance));
        }
    }
}
