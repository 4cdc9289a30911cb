using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A live term: the right to lead that many more blocks in round 0. Layout: id 8 | holder 20 | task 32 | training round 8 | proof root 32 | granted 8 | quota 4 | blocks granted 4.</summary>
public sealed record TermRecord(ulong Id, Address Holder, Hash256 Task, ulong TrainingRound, Hash256 ProofRoot, Height Granted, uint Quota, uint Length)
{
    internal const int Size = (3 * 8) + Address.Size + (2 * Hash256.Size) + 4 + 4;

    /// <summary>Whether it has been given no block yet: then no block shows its proof.</summary>
    public bool IsUntouched => Quota == Length;

    internal void WriteTo(ByteWriter writer) =>
        writer.UInt64(Id).Address(Holder).Hash(Task).UInt64(TrainingRound).Hash(ProofRoot).Height(Granted).UInt32(Quota).UInt32(Length);

    internal static TermRecord ReadFrom(ref ByteReader reader) =>
        new(reader.UInt64(), reader.Address(), reader.Hash(), reader.UInt64(), reader.Hash(), reader.Height(), reader.UInt32(), reader.UInt32());
}

/// <summary>The live terms in the order of certification, and the number of the next one. Layout: next id 8 | terms, count 2.</summary>
internal sealed record TermQueue(ulong NextId, ImmutableArray<TermRecord> Terms)
{
    public static TermQueue Get(IStateReader state)
    {
        if (state.Get(TrainingKeys.TermQueue) is not { } bytes) return new TermQueue(1, []);
        var reader = new ByteReader(bytes);
        var next = reader.UInt64();
        var count = reader.Count16(ushort.MaxValue, TermRecord.Size);
        var terms = ImmutableArray.CreateBuilder<TermRecord>(count);
        for (var i = 0; i < count; i++) terms.Add(TermRecord.ReadFrom(ref reader));
        Invariant.Check(reader.IsWhole, "the term queue is as it was written");
        return new TermQueue(next, terms.MoveToImmutable());
    }

    public void Store(StateOverlay state)
    {
        var writer = new ByteWriter().UInt64(NextId).UInt16((ushort)Terms.Length);
        foreach (var term in Terms) term.WriteTo(writer);
        state.Set(TrainingKeys.TermQueue, writer.ToArray());
    }
}
