using System.Collections.Immutable;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// A delta that is voted on. Layout: proposer 20 | opened 8 | base version 8 | blob 32 | bytes 8 | result root 32 | adds 4 | removes 4 |
/// bond 16 | backed 1 | validators that hold it, count 2, ascending, 20 each | reason, length first.
/// </summary>
/// <param name="Task">The task whose training set it changes.</param>
/// <param name="Number">In the order of proposal, from 1 on.</param>
/// <param name="Proposer">Who put the bond down.</param>
/// <param name="Opened">The block that brought it.</param>
/// <param name="BaseVersion">The version that it changes.</param>
/// <param name="Blob">What is added and removed.</param>
/// <param name="Bytes">Length of the blob.</param>
/// <param name="ResultRoot">Root of the changed set.</param>
/// <param name="Adds">Samples that it adds.</param>
/// <param name="Removes">Samples that it removes.</param>
/// <param name="Bond">In escrow until it is decided.</param>
/// <param name="IsBacked">Somebody who is somebody approves of it: it gives its place to no larger bond.</param>
/// <param name="Held">Validators that made the change and found the root, by their first keys.</param>
/// <param name="Reason">For people.</param>
public sealed record DeltaRecord(
    Hash256 Task,
    ulong Number,
    Address Proposer,
    Height Opened,
    ulong BaseVersion,
    BlobHash Blob,
    ulong Bytes,
    Hash256 ResultRoot,
    uint Adds,
    uint Removes,
    Amount Bond,
    bool IsBacked,
    ImmutableArray<Address> Held,
    string Reason)
{
    public static DeltaRecord? Get(IStateReader state, Hash256 task, ulong number)
    {
        if (state.Get(DatasetKeys.Delta(task, number)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new DeltaRecord(
            task,
            number,
            reader.Address(),
            reader.Height(),
            reader.UInt64(),
            new BlobHash(reader.Hash()),
            reader.UInt64(),
            reader.Hash(),
            reader.UInt32(),
            reader.UInt32(),
            reader.Amount(),
            reader.Byte() != 0,
            ReadHeld(ref reader),
            Encoding.UTF8.GetString(reader.LengthAndBytes(Limits.GovernanceReasonBytesMax)));
        Invariant.Check(reader.IsWhole, "a delta record is as it was written");
        return record;
    }

    /// <summary>Whether validators with more than two thirds of the power hold it and found its result. Whoever is jailed neither holds nor is missed.</summary>
    internal bool IsHeld(VoterWeights weights) =>
        VotingPower.IsQuorum(Held.Aggregate(0UL, (sum, holder) => sum + weights.Power(holder)), weights.TotalPower);

    // Who is a validator no more counts for nothing: so the list is never longer than a set.
    internal DeltaRecord WithHolder(IStateReader state, ValidatorSet members, Address identity)
    {
        Invariant.Check(!Held.Contains(identity), "a second message is refused before it is stored");
        return this with { Held = [.. Held.Where(holder => members.Contains(KeyRotations.Present(state, holder))).Append(identity).Order()] };
    }

    internal void Store(StateOverlay state)
    {
        var writer = new ByteWriter()
            .Address(Proposer)
            .Height(Opened)
            .UInt64(BaseVersion)
            .Hash(Blob.Value)
            .UInt64(Bytes)
            .Hash(ResultRoot)
            .UInt32(Adds)
            .UInt32(Removes)
            .Amount(Bond)
            .Byte(IsBacked ? (byte)1 : (byte)0)
            .UInt16((ushort)Held.Length);
        foreach (var holder in Held) writer.Address(holder);
        state.Set(DatasetKeys.Delta(Task, Number), writer.LengthAndBytes(Encoding.UTF8.GetBytes(Reason)).ToArray());
    }

    internal void Delete(StateOverlay state)
    {
        state.Delete(DatasetKeys.Delta(Task, Number));
        state.Delete(DatasetKeys.Votes(Task, Number));
    }

    private static ImmutableArray<Address> ReadHeld(ref ByteReader reader)
    {
        var held = new Address[reader.Count16(Limits.ValidatorsMax, Address.Size)];
        for (var i = 0; i < held.Length; i++) held[i] = reader.Address();
        return [.. held];
    }
}
