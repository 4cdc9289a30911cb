using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A vote that stands in a list of bounded length.</summary>
internal interface IListedVote
{
    /// <summary>Who voted: a validator's first key, any other address itself.</summary>
    Address Voter { get; }

    /// <summary>The voter's points when it voted: what the place in a full list is worth.</summary>
    Amount Points { get; }

    /// <summary>Whether a validator voted: its place is not taken, or its power would be silenced by points.</summary>
    bool IsValidator { get; }
}

/// <summary>Votes ascending by voter, one each, at most <see cref="Limits.DatasetVotesMax"/>.</summary>
internal static class VoteList
{
    /// <summary>
    /// With the vote, in the place of the voter's earlier one. In a full list it takes the place of the one with the fewest points; null where none
    /// has fewer.
    /// </summary>
    public static ImmutableArray<T>? With<T>(ImmutableArray<T> votes, T vote)
        where T : struct, IListedVote
    {
        var at = PlaceOf(votes, vote.Voter);
        if (at >= 0) return votes.SetItem(at, vote);
        if (votes.Length < Limits.DatasetVotesMax) return votes.Insert(~at, vote);

        var least = -1;
        for (var i = 0; i < votes.Length; i++)
            if (!votes[i].IsValidator && (least < 0 || votes[i].Points < votes[least].Points))
                least = i;
        if (least < 0 || (!vote.IsValidator && votes[least].Points >= vote.Points)) return null;
        votes = votes.RemoveAt(least);
        return votes.Insert(~PlaceOf(votes, vote.Voter), vote);
    }

    public static bool Has<T>(ImmutableArray<T> votes, Address voter)
        where T : struct, IListedVote => PlaceOf(votes, voter) >= 0;

    // Below 0: the complement of the place where it would stand.
    private static int PlaceOf<T>(ImmutableArray<T> votes, Address voter)
        where T : struct, IListedVote
    {
        var (low, high) = (0, votes.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = votes[middle].Voter.CompareTo(voter);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }
}
