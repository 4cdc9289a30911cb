using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The proposals that are voted on or wait for their height, ascending, and the next number. Layout: next id 8 | ids, count 2, 8 each.</summary>
public sealed record OpenProposals(ulong NextId, ImmutableArray<ulong> Ids)
{
    private static readonly StateKey Key = StateKey.Of(StateModule.Governance, 0);

    public static OpenProposals Get(IStateReader state)
    {
        if (state.Get(Key) is not { } bytes) return new OpenProposals(1, []);
        var reader = new ByteReader(bytes);
        var next = reader.UInt64();
        var ids = new ulong[reader.Count16(Limits.OpenProposalsMax, 8)];
        for (var i = 0; i < ids.Length; i++) ids[i] = reader.UInt64();
        Invariant.Check(reader.IsWhole, "the list of proposals is as it was written");
        return new OpenProposals(next, [.. ids]);
    }

    /// <summary>All of them, in the order of opening.</summary>
    public static IEnumerable<ProposalRecord> All(IStateReader state)
    {
        foreach (var id in Get(state).Ids)
        {
            var record = ProposalRecord.Get(state, id);
            Invariant.Check(record is not null, "a listed proposal has a record");
            yield return record;
        }
    }

    internal void Store(StateOverlay state)
    {
        var writer = new ByteWriter().UInt64(NextId).UInt16((ushort)Ids.Length);
        foreach (var id in Ids) writer.UInt64(id);
        state.Set(Key, writer.ToArray());
    }

    internal static void Remove(StateOverlay state, ulong id)
    {
        var open = Get(state);
        (open with { Ids = open.Ids.Remove(id) }).Store(state);
        state.Delete(ProposalRecord.Key(id));
    }
}
