using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A word on a delta.</summary>
/// <param name="Voter">A validator's first key, any other address itself.</param>
/// <param name="Approves">For it.</param>
/// <param name="Points">The voter's when it voted.</param>
/// <param name="IsValidator">Whether it was one when it voted.</param>
public readonly record struct DeltaVote(Address Voter, bool Approves, Amount Points, bool IsValidator) : IListedVote;

/// <summary>The votes on one delta, ascending by voter. Layout: count 2 | (voter 20 | 1 approves, 2 a validator's: 1 | points 16)*.</summary>
public static class DeltaVotes
{
    private const byte Approval = 1, OfValidator = 2;

    public static ImmutableArray<DeltaVote> Get(IStateReader state, Hash256 task, ulong delta)
    {
        if (state.Get(DatasetKeys.Votes(task, delta)) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var votes = new DeltaVote[reader.Count16(Limits.DatasetVotesMax, Address.Size + 1 + Amount.Size)];
        for (var i = 0; i < votes.Length; i++)
        {
            var (voter, flags, points) = (reader.Address(), reader.Byte(), reader.Amount());
            votes[i] = new DeltaVote(voter, (flags & Approval) != 0, points, (flags & OfValidator) != 0);
        }

        Invariant.Check(reader.IsWhole, "a record of votes is as it was written");
        return [.. votes];
    }

    internal static void Set(StateOverlay state, Hash256 task, ulong delta, ImmutableArray<DeltaVote> votes)
    {
        var writer = new ByteWriter().UInt16((ushort)votes.Length);
        foreach (var vote in votes)
            writer.Address(vote.Voter).Byte((byte)((vote.Approves ? Approval : 0) | (vote.IsValidator ? OfValidator : 0))).Amount(vote.Points);
        state.Set(DatasetKeys.Votes(task, delta), writer.ToArray());
    }
}
