using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A word on a delta.</summary>
public readonly record struct DeltaVote(Address Voter, bool Approves);

/// <summary>The votes on one delta, ascending by voter. Layout: count 2 | (voter 20 | approval 1)*.</summary>
public static class DeltaVotes
{
    public static ImmutableArray<DeltaVote> Get(IStateReader state, Hash256 task, ulong delta)
    {
        if (state.Get(DatasetKeys.Votes(task, delta)) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var votes = new DeltaVote[reader.Count16(Limits.DatasetVotesMax, Address.Size + 1)];
        for (var i = 0; i < votes.Length; i++) votes[i] = new DeltaVote(reader.Address(), reader.Byte() != 0);
        Invariant.Check(reader.IsWhole, "a record of votes is as it was written");
        return [.. votes];
    }

    /// <summary>Whether whoever sends with this key has voted, be it with a key that came before it.</summary>
    internal static bool HasVoted(IStateReader state, ImmutableArray<DeltaVote> votes, Address sender) =>
        votes.Any(vote => vote.Voter == sender || KeyRotations.Present(state, vote.Voter) == sender);

    internal static void Add(StateOverlay state, Hash256 task, ulong delta, DeltaVote vote)
    {
        var votes = Get(state, task, delta);
        var at = 0;
        while (at < votes.Length && votes[at].Voter < vote.Voter) at++;
        votes = votes.Insert(at, vote);
        var writer = new ByteWriter().UInt16((ushort)votes.Length);
        foreach (var (voter, approves) in votes) writer.Address(voter).Byte(approves ? (byte)1 : (byte)0);
        state.Set(DatasetKeys.Votes(task, delta), writer.ToArray());
    }
}
