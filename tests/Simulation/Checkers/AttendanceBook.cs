using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>
/// Who is passed over in round 0: whose precommit was missing in the certificates that blocks of a third of the validators and one more,
/// rounded down, brought, and in none since; and who is jailed and still votes. A reckoning of this file's own from the decided blocks.
/// </summary>
public sealed class AttendanceBook(MemberBook members)
{
    // Late precommits come for so many blocks: so long a set is remembered that nobody has any more.
    private const ulong Remembered = 6;

    private readonly Dictionary<Address, HashSet<Address>> _missedBy = [];
    private readonly Dictionary<Height, IReadOnlySet<Address>> _passedOver = [];

    /// <summary>Who is passed over at a height up to two past the last block.</summary>
    public IReadOnlySet<Address> At(Height height) => _passedOver.GetValueOrDefault(height) ?? ImmutableHashSet<Address>.Empty;

    /// <summary>Takes note of a block, of which the members took note before.</summary>
    public void Note(Block block)
    {
        if (block.LastCommit is { } commit)
        {
            var voters = members.At(commit.Height);
            var seen = commit.Signatures.Select(s => voters[s.Index].Address).Concat(block.LatePrecommits.Select(late => members.At(late.Height)[late.Index].Address)).ToHashSet();
            foreach (var (voter, _) in voters)
            {
                if (seen.Contains(voter)) _missedBy.Remove(voter);
                else Miss(voter, block.Header.Author, Enough(voters.Length));
            }
        }

        var elected = members.Elected;
        _passedOver[block.Height.Plus(2)] = elected.Select(member => member.Address)
            .Where(member => members.IsJailed(member) || (_missedBy.TryGetValue(member, out var by) && by.Count >= Enough(elected.Length))).ToHashSet();
        Forget(block.Height, elected);
    }

    private static int Enough(int count) => ((count - 1) / 3) + 1;

    private void Miss(Address voter, Address author, int enough)
    {
        if (!_missedBy.TryGetValue(voter, out var authors)) _missedBy[voter] = authors = [];
        // One validator is one author by however many keys.
        if (authors.Count < enough && !authors.Any(other => members.IsSame(other, author))) authors.Add(author);
    }

    // Who comes back after its last set has gone begins anew.
    private void Forget(Height height, ImmutableArray<Validator> elected)
    {
        var oldest = height.MinusOrGenesis(Remembered);
        if (height.Value < Remembered || !members.Has(oldest)) return;
        var gone = members.At(oldest);
        for (var at = oldest.Next(); at <= height.Plus(2); at = at.Next())
            if (members.At(at).SequenceEqual(gone))
                return;
        foreach (var (former, _) in gone)
            if (!elected.Any(member => member.Address == former))
                _missedBy.Remove(former);
    }
}
