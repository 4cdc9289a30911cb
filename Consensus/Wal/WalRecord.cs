using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// What a write-ahead log holds: all that the driver was told, in order, our own messages included, and the blocks that proposals name.
/// Layout of a payload: kind 1 | received at, milliseconds 8 | content.
/// </summary>
public abstract record WalRecord(Timestamp ReceivedAt)
{
    private const byte ProposalKind = 1;
    private const byte VoteKind = 2;
    private const byte TimeoutKindByte = 3;
    private const byte ValueKind = 4;
    private const byte StartKind = 5;
    private const byte PolkaKind = 6;
    private const byte RoundKind = 7;
    private const byte CommitKind = 8;
    private const byte EffectsKind = 9;
    private const byte SilenceKind = 10;

    /// <summary>No timer runs longer: so that durations of a file, multiplied by rounds, stay numbers.</summary>
    private const long TicksMax = TimeSpan.TicksPerDay;

    /// <summary>A proposal with its block and the ledger's verdict. Layout: valid 1 | proposal | block.</summary>
    public sealed record ProposalRecord(Timestamp ReceivedAt, SignedProposal Proposal, bool IsValid, ReadOnlyMemory<byte> Block) : WalRecord(ReceivedAt);

    public sealed record VoteRecord(Timestamp ReceivedAt, SignedVote Vote) : WalRecord(ReceivedAt);

    /// <summary>Layout: kind 1 | round 4.</summary>
    public sealed record TimeoutRecord(Timestamp ReceivedAt, TimeoutKind Kind, Round Round) : WalRecord(ReceivedAt);

    /// <summary>The block that we built as leader. Layout: round 4 | block.</summary>
    public sealed record ValueRecord(Timestamp ReceivedAt, Round Round, ReadOnlyMemory<byte> Block) : WalRecord(ReceivedAt);

    /// <summary>
    /// The height began, for this validator, or an observer where there is none, with these timers: so that a log says by itself what was done.
    /// Layout: validator 1, 20 where it is 1 | propose, prevote, precommit, delta and cap, each in ticks of 100 ns, 8.
    /// </summary>
    public sealed record StartRecord(Timestamp ReceivedAt, Address? Validator, TimeoutSettings Timeouts) : WalRecord(ReceivedAt);

    /// <summary>
    /// All that the driver answered in this height so far, as <see cref="EffectHash"/>: a replay that comes to another hash does not do what was
    /// done. Layout: hash 32.
    /// </summary>
    public sealed record EffectsRecord(Timestamp ReceivedAt, Hash256 Hash) : WalRecord(ReceivedAt);

    /// <summary>Not all that the driver asks to be said in this height is said: the node may not sign, or cannot. Layout: nothing.</summary>
    public sealed record SilenceRecord(Timestamp ReceivedAt) : WalRecord(ReceivedAt);

    /// <summary>A polka certificate, less the votes that were known.</summary>
    public sealed record PolkaRecord(Timestamp ReceivedAt, PolkaCertificate Certificate) : WalRecord(ReceivedAt);

    /// <summary>A round certificate, less the votes that were known.</summary>
    public sealed record RoundRecord(Timestamp ReceivedAt, RoundCertificate Certificate) : WalRecord(ReceivedAt);

    /// <summary>A commit certificate, less the votes that were known.</summary>
    public sealed record CommitRecord(Timestamp ReceivedAt, CommitCertificate Certificate) : WalRecord(ReceivedAt);

    public byte[] Encode()
    {
        var writer = new ByteWriter();
        switch (this)
        {
            case ProposalRecord p:
                Head(ProposalKind).Byte(p.IsValid ? (byte)1 : (byte)0).Bytes(p.Proposal.Encode()).Bytes(p.Block.Span);
                break;
            case VoteRecord v:
                Head(VoteKind).Bytes(v.Vote.Encode());
                break;
            case TimeoutRecord t:
                Head(TimeoutKindByte).Byte((byte)t.Kind).Round(t.Round);
                break;
            case ValueRecord v:
                Head(ValueKind).Round(v.Round).Bytes(v.Block.Span);
                break;
            case PolkaRecord p:
                Head(PolkaKind).Bytes(p.Certificate.Encode());
                break;
            case RoundRecord r:
                Head(RoundKind).Bytes(r.Certificate.Encode());
                break;
            case CommitRecord c:
                Head(CommitKind).Bytes(c.Certificate.Encode());
                break;
            case EffectsRecord e:
                Head(EffectsKind).Hash(e.Hash);
                break;
            case SilenceRecord:
                Head(SilenceKind);
                break;
            default:
                WriteStart(Head(StartKind), (StartRecord)this);
                break;
        }

        return writer.ToArray();

        ByteWriter Head(byte kind) => writer.Byte(kind).UInt64(ReceivedAt.Milliseconds);
    }

    /// <summary>Null where the payload is no record.</summary>
    public static WalRecord? Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var kind = reader.Byte();
        var at = new Timestamp(reader.UInt64());
        switch (kind)
        {
            case ProposalKind:
                var isValid = reader.Byte();
                var decoded = SignedProposal.TryDecode(reader.Bytes(SignedProposal.Size), out var proposal);
                var block = reader.Bytes(reader.Remaining).ToArray();
                return decoded && isValid <= 1 && reader.IsWhole ? new ProposalRecord(at, proposal!, isValid == 1, block) : null;
            case VoteKind:
                return SignedVote.TryDecode(reader.Bytes(reader.Remaining), out var vote) && reader.IsWhole ? new VoteRecord(at, vote) : null;
            case TimeoutKindByte:
                var timeout = new TimeoutRecord(at, (TimeoutKind)reader.Byte(), reader.Round());
                return reader.IsWhole && timeout.Kind is >= TimeoutKind.Propose and <= TimeoutKind.Precommit ? timeout : null;
            case ValueKind:
                var round = reader.Round();
                var built = reader.Bytes(reader.Remaining).ToArray();
                return reader.IsWhole ? new ValueRecord(at, round, built) : null;
            case StartKind:
                return ReadStart(ref reader, at);
            case PolkaKind:
                return PolkaCertificate.TryDecode(reader.Bytes(reader.Remaining), out var polka) && reader.IsWhole ? new PolkaRecord(at, polka) : null;
            case RoundKind:
                return RoundCertificate.TryDecode(reader.Bytes(reader.Remaining), out var roundVotes) && reader.IsWhole ? new RoundRecord(at, roundVotes) : null;
            case CommitKind:
                return CommitCertificate.TryDecode(reader.Bytes(reader.Remaining), out var commit) && reader.IsWhole ? new CommitRecord(at, commit) : null;
            case EffectsKind:
                var hash = reader.Hash();
                return reader.IsWhole ? new EffectsRecord(at, hash) : null;
            case SilenceKind:
                return reader.IsWhole ? new SilenceRecord(at) : null;
            default:
                return null;
        }
    }

    private static void WriteStart(ByteWriter writer, StartRecord start)
    {
        writer.Byte(start.Validator is null ? (byte)0 : (byte)1);
        if (start.Validator is { } validator) writer.Address(validator);
        var timeouts = start.Timeouts;
        foreach (var duration in new[] { timeouts.Propose, timeouts.Prevote, timeouts.Precommit, timeouts.Delta, timeouts.Cap })
        {
            Invariant.Check(duration.Ticks is >= 0 and <= TicksMax, "a timer runs for a day at most");
            writer.UInt64((ulong)duration.Ticks);
        }
    }

    private static StartRecord? ReadStart(ref ByteReader reader, Timestamp at)
    {
        var present = reader.Byte();
        Address? validator = present == 1 ? reader.Address() : null;
        Span<ulong> ticks = stackalloc ulong[5];
        foreach (ref var value in ticks) value = reader.UInt64();
        if (!reader.IsWhole || present > 1) return null;
        foreach (var value in ticks)
            if (value > TicksMax)
                return null;
        return new StartRecord(at, validator, new TimeoutSettings
        {
            Propose = TimeSpan.FromTicks((long)ticks[0]),
            Prevote = TimeSpan.FromTicks((long)ticks[1]),
            Precommit = TimeSpan.FromTicks((long)ticks[2]),
            Delta = TimeSpan.FromTicks((long)ticks[3]),
            Cap = TimeSpan.FromTicks((long)ticks[4]),
        });
    }
}
