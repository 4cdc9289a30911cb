using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What one validator sent in a window.</summary>
public readonly record struct Ballot<T>(Address Validator, T Content);

/// <summary>An attestation that was shown: the statement by its digest, and the signature that certificates are made of.</summary>
public readonly record struct RevealedAttestation(Hash256 StatementDigest, Signature Signature);

/// <summary>An attestation that is hidden, and the block that has its commitment.</summary>
public readonly record struct CommittedAttestation(Hash256 Commitment, Height Height);

/// <summary>
/// The messages of one kind that validators sent in a task's round: one per validator, ascending by the address that sent it, so that order of
/// arrival leaves no trace. Layout: count 2 | (validator 20 | content)*.
/// </summary>
/// <remarks>
/// A validator that takes a new key keeps what it has sent, and sends it no second time. Only what has a signature that must stand in a certificate,
/// the reveal of an attestation, counts for the key alone: the new key shows the same attestation again, in the place of the old one's.
/// </remarks>
internal sealed class Ballots<T>(byte kind, int contentBytes, Action<ByteWriter, T> write, Ballots<T>.ReadContent read, bool isOfKey = false)
{
    public delegate T ReadContent(ref ByteReader reader);

    public ImmutableArray<Ballot<T>> Get(IStateReader state, Hash256 task)
    {
        if (state.Get(TrainingKeys.Ballots(kind, task)) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var count = reader.Count16(ushort.MaxValue, Address.Size + contentBytes);
        var ballots = ImmutableArray.CreateBuilder<Ballot<T>>(count);
        for (var i = 0; i < count; i++) ballots.Add(new Ballot<T>(reader.Address(), read(ref reader)));
        Invariant.Check(reader.IsWhole, "a ballot record is as it was written");
        return ballots.MoveToImmutable();
    }

    /// <summary>Null where the validator has sent none that counts for this key.</summary>
    public Ballot<T>? Of(IStateReader state, Hash256 task, Address validator)
    {
        var hasOtherKeys = !isOfKey && KeyRotations.LastChange(state, validator) is not null;
        foreach (var ballot in Get(state, task))
            if (ballot.Validator == validator || (hasOtherKeys && KeyRotations.IsSame(state, ballot.Validator, validator)))
                return ballot;
        return null;
    }

    public void Add(StateOverlay state, Hash256 task, Address validator, T content)
    {
        var ballots = Get(state, task);
        if (isOfKey && KeyRotations.LastChange(state, validator) is not null)
            ballots = ballots.RemoveAll(ballot => ballot.Validator != validator && KeyRotations.IsSame(state, ballot.Validator, validator));
        var at = 0;
        while (at < ballots.Length && ballots[at].Validator < validator) at++;
        Invariant.Check(at == ballots.Length || ballots[at].Validator != validator, "a second message is refused before it is stored");
        ballots = ballots.Insert(at, new Ballot<T>(validator, content));

        var writer = new ByteWriter().UInt16((ushort)ballots.Length);
        foreach (var ballot in ballots)
        {
            writer.Address(ballot.Validator);
            write(writer, ballot.Content);
        }

        state.Set(TrainingKeys.Ballots(kind, task), writer.ToArray());
    }

    public void Delete(StateOverlay state, Hash256 task) => state.Delete(TrainingKeys.Ballots(kind, task));

    /// <summary>
    /// Those of members of the set that votes on the block who are not in jail, by the keys with which they vote, ascending: nobody else counts, whenever it
    /// was sent.
    /// </summary>
    public ImmutableArray<Ballot<T>> Counted(BlockContext context, Hash256 task)
    {
        var counted = ImmutableArray.CreateBuilder<Ballot<T>>();
        foreach (var ballot in Get(context.State, task))
        {
            var voter = isOfKey && !context.Validators.Contains(ballot.Validator) ? null : KeyRotations.MemberOf(context.State, context.Validators, ballot.Validator);
            if (voter is not { } member || ValidatorRecord.IsJailedAt(context.State, member)) continue;
            counted.Add(ballot with { Validator = member });
        }

        counted.Sort((one, other) => one.Validator.CompareTo(other.Validator));
        return counted.ToImmutable();
    }

    /// <summary>The power of those whose message counts.</summary>
    public ulong Power(BlockContext context, Hash256 task)
    {
        ulong power = 0;
        foreach (var ballot in Counted(context, task)) power += context.Validators.PowerOf(ballot.Validator);
        return power;
    }
}

/// <summary>Whose private losses a validator found to be others than were shown, by their bits, and the block that has it.</summary>
public readonly record struct FoundWrong(uint Mask, Height Height);

/// <summary>The kinds of messages that validators send in a round, and after it.</summary>
internal static class RoundBallots
{
    public static readonly Ballots<uint> Availability = new(
        TrainingKeys.AvailabilityKind, 4, (writer, mask) => writer.UInt32(mask), (ref ByteReader reader) => reader.UInt32());

    public static readonly Ballots<Hash256> Shares = new(
        TrainingKeys.SharesKind, Hash256.Size, (writer, hash) => writer.Hash(hash), (ref ByteReader reader) => reader.Hash());

    public static readonly Ballots<CommittedAttestation> AttestationCommits = new(
        TrainingKeys.AttestationCommitsKind,
        Hash256.Size + 8,
        (writer, committed) => writer.Hash(committed.Commitment).Height(committed.Height),
        (ref ByteReader reader) => new CommittedAttestation(reader.Hash(), reader.Height()));

    public static readonly Ballots<RevealedAttestation> AttestationReveals = new(
        TrainingKeys.AttestationRevealsKind,
        Hash256.Size + Signature.Size,
        (writer, reveal) => writer.Hash(reveal.StatementDigest).Signature(reveal.Signature),
        ReadReveal,
        isOfKey: true);

    public static readonly Ballots<FoundWrong> Rechecks = new(
        TrainingKeys.RechecksKind,
        4 + 8,
        (writer, found) => writer.UInt32(found.Mask).Height(found.Height),
        (ref ByteReader reader) => new FoundWrong(reader.UInt32(), reader.Height()));

    private static RevealedAttestation ReadReveal(ref ByteReader reader)
    {
        var digest = reader.Hash();
        var signature = reader.Signature();
        Invariant.Check(signature is not null, "an attestation's signature was checked before it was stored");
        return new RevealedAttestation(digest, signature);
    }
}
