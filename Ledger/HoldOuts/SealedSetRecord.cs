using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How far a sealed set is.</summary>
public enum SealedSetStatus : byte
{
    /// <summary>Custodians and validators have not all said that they hold what they should.</summary>
    Offered = 1,

    /// <summary>Rounds that open draw from it.</summary>
    Active = 2,

    /// <summary>No round draws from it any more; bonds are settled.</summary>
    Ended = 3,
}

/// <summary>
/// A sealed set of a task. Layout: status 1 | supplier 20 | opened 8 | ended 8 | last round 8 | blob 32 | bytes 8 | bond 16 | pixels 4 | threshold 1 | classes, count 2, 4
/// each | custodians, count 1, each address 20, share root 32 | accepted 1 | validators that hold it, count 2, ascending, 20 each.
/// </summary>
/// <param name="Number">In the order of the offers, from 1 on.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Supplier">Who offered it and put the bond down.</param>
/// <param name="Opened">The block that brought it.</param>
/// <param name="Ended">The block that ended it; 0 before.</param>
/// <param name="LastRound">The last round that opened samples of it; 0 before the first.</param>
/// <param name="Blob">The samples under their keys.</param>
/// <param name="Bytes">Length of the blob.</param>
/// <param name="Bond">Of the supplier, and of each custodian that has accepted.</param>
/// <param name="Terms">What stands in the blob too.</param>
/// <param name="Accepted">Bit i stands for custodian number i + 1.</param>
/// <param name="Held">Validators that hold it and found nothing against it, by their first keys.</param>
public sealed record SealedSetRecord(
    ulong Number,
    SealedSetStatus Status,
    Address Supplier,
    Height Opened,
    Height Ended,
    ulong LastRound,
    BlobHash Blob,
    ulong Bytes,
    Amount Bond,
    SealedSetTerms Terms,
    byte Accepted,
    ImmutableArray<Address> Held)
{
    public bool IsLive => Status != SealedSetStatus.Ended;

    public bool HasAccepted(int custodian) => (Accepted >> (custodian - 1) & 1) != 0;

    public static SealedSetRecord? Get(IStateReader state, Hash256 task, ulong number)
    {
        if (state.Get(HoldOutKeys.Set(task, number)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var status = (SealedSetStatus)reader.Byte();
        var (supplier, opened, ended, lastRound) = (reader.Address(), reader.Height(), reader.Height(), reader.UInt64());
        var (blob, length, bond, pixels) = (new BlobHash(reader.Hash()), reader.UInt64(), reader.Amount(), reader.UInt32());
        int threshold = reader.Byte();
        var classes = new uint[reader.Count16(SealedLimits.ClassesMax, 4)];
        for (var i = 0; i < classes.Length; i++) classes[i] = reader.UInt32();
        var custodians = new SealedCustodian[Math.Min((int)reader.Byte(), SealedLimits.CustodiansMax)];
        for (var i = 0; i < custodians.Length; i++) custodians[i] = new SealedCustodian(reader.Address(), reader.Hash());
        var accepted = reader.Byte();
        var held = new Address[reader.Count16(Limits.ValidatorsMax, Address.Size)];
        for (var i = 0; i < held.Length; i++) held[i] = reader.Address();
        Invariant.Check(reader.IsWhole, "a sealed set's record is as it was written");
        var terms = new SealedSetTerms(task, pixels, [.. classes], threshold, [.. custodians]);
        return new SealedSetRecord(number, status, supplier, opened, ended, lastRound, blob, length, bond, terms, accepted, [.. held]);
    }

    /// <summary>The number of the custodian that a key is or was one of; null where it is none of this set.</summary>
    public int? CustodianOf(IStateReader state, Address key)
    {
        var identity = KeyRotations.Identity(state, key);
        for (var i = 0; i < Terms.Custodians.Length; i++)
            if (KeyRotations.Identity(state, Terms.Custodians[i].Address) == identity)
                return i + 1;
        return null;
    }

    /// <summary>Whether somebody knows samples or shares: the supplier, and custodians that have accepted. Being named without a word of one's own binds nobody.</summary>
    internal bool IsParty(IStateReader state, Address key) =>
        KeyRotations.IsSame(state, Supplier, key) || (CustodianOf(state, key) is { } number && HasAccepted(number));

    internal bool IsHeld(VoterWeights weights) =>
        VotingPower.IsQuorum(Held.Aggregate(0UL, (sum, holder) => sum + weights.Power(holder)), weights.TotalPower);

    // Who is a validator no more counts for nothing: so the list is never longer than a set.
    internal SealedSetRecord WithHolder(IStateReader state, ValidatorSet members, Address identity) =>
        this with { Held = [.. Held.Where(holder => members.Contains(KeyRotations.Present(state, holder))).Append(identity).Order()] };

    internal void Store(StateOverlay state)
    {
        var writer = new ByteWriter()
            .Byte((byte)Status)
            .Address(Supplier)
            .Height(Opened)
            .Height(Ended)
            .UInt64(LastRound)
            .Hash(Blob.Value)
            .UInt64(Bytes)
            .Amount(Bond)
            .UInt32(Terms.Pixels)
            .Byte((byte)Terms.Threshold)
            .UInt16((ushort)Terms.Classes.Length);
        foreach (var count in Terms.Classes) writer.UInt32(count);
        writer.Byte((byte)Terms.Custodians.Length);
        foreach (var (address, root) in Terms.Custodians) writer.Address(address).Hash(root);
        writer.Byte(Accepted).UInt16((ushort)Held.Length);
        foreach (var holder in Held) writer.Address(holder);
        state.Set(HoldOutKeys.Set(Terms.Task, Number), writer.ToArray());
    }
}
