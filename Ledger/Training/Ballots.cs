using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What one validator sent in a window.</summary>
public readonly record struct Ballot<T>(Address Validator, T Content);

/// <summary>An attestation that was shown: the statement by its digest, and the signature that certificates are made of.</summary>
public readonly record struct RevealedAttestation(Hash256 StatementDigest, Signature Signature);

/// <summary>
/// The messages of one kind that validators sent in a task's round: one per validator, ascending by address, so that order of arrival leaves
/// no trace. Layout: count 2 | (validator 20 | content)*.
/// </summary>
internal sealed class Ballots<T>(byte kind, int contentBytes, Action<ByteWriter, T> write, Ballots<T>.ReadContent read)
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

    /// <summary>Null where the validator has sent none.</summary>
    public Ballot<T>? Of(IStateReader state, Hash256 task, Address validator)
    {
        foreach (var ballot in Get(state, task))
            if (ballot.Validator == validator)
                return ballot;
        return null;
    }

    public void Add(StateOverlay state, Hash256 task, Address validator, T content)
    {
        var ballots = Get(state, task);
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

    /// <summary>Those of members of the set that votes on the block who are not in jail: nobody else counts, whenever it was sent.</summary>
    public ImmutableArray<Ballot<T>> Counted(BlockContext context, Hash256 task) =>
    [
        .. Get(context.State, task).Where(ballot => context.Validators.Contains(ballot.Validator) && !ValidatorRecord.IsJailedAt(context.State, ballot.Validator)),
    ];

    /// <summary>The power of those whose message counts.</summary>
    public ulong Power(BlockContext context, Hash256 task)
    {
        ulong power = 0;
        foreach (var ballot in Counted(context, task)) power += context.Validators.PowerOf(ballot.Validator);
        return power;
    }
}

/// <summary>The four kinds of messages that validators send in a round.</summary>
internal static class RoundBallots
{
    public static readonly Ballots<uint> Availability = new(
        TrainingKeys.AvailabilityKind, 4, (writer, mask) => writer.UInt32(mask), (ref ByteReader reader) => reader.UInt32());

    public static readonly Ballots<Hash256> Shares = OfHashes(TrainingKeys.SharesKind);

    public static readonly Ballots<Hash256> AttestationCommits = OfHashes(TrainingKeys.AttestationCommitsKind);

    public static readonly Ballots<RevealedAttestation> AttestationReveals = new(
        TrainingKeys.AttestationRevealsKind,
        Hash256.Size + Signature.Size,
        (writer, reveal) => writer.Hash(reveal.StatementDigest).Signature(reveal.Signature),
        ReadReveal);

    private static Ballots<Hash256> OfHashes(byte kind) =>
        new(kind, Hash256.Size, (writer, hash) => writer.Hash(hash), (ref ByteReader reader) => reader.Hash());

    private static RevealedAttestation ReadReveal(ref ByteReader reader)
    {
        var digest = reader.Hash();
        var signature = reader.Signature();
        Invariant.Check(signature is not null, "an attestation's signature was checked before it was stored");
        return new RevealedAttestation(digest, signature);
    }
}
