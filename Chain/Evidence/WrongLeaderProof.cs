namespace NeuroChain.Chain;

/// <summary>
/// A proposal in a round that another leads. Layout after the kind: signed proposal 133 | header of its block 442 | header of the parent 442 |
/// record of the schedule, length first | its proof against the parent's state root, length first | validator set, length first.
/// </summary>
/// <remarks>
/// The leaders of height h follow from the state after h-2, whose root stands in header h-1. The proposer signed the hash of header h, which
/// names header h-1 as its parent: so the schedule is that of the very chain which it builds on, on either side of a fork, and no certificate
/// is needed. Who hides the block or invents a parent escapes this, and gets no prevote either. Height 1 has no header before it.
/// </remarks>
public sealed record WrongLeaderProof(
    SignedProposal Proposal, Header Header, Header Parent, ScheduleRecord Record, StateProof RecordProof, ValidatorSet Validators) : FaultProof
{
    private const int SetBytesMax = 2 + (Limits.ValidatorsMax * (Address.Size + 8));

    public override FaultKind Kind => FaultKind.WrongLeader;

    public override Address Guilty => Proposal.Proposer;

    public override Height Height => Proposal.Proposal.Height;

    public override EvidenceFault Check(GenesisHash genesis)
    {
        if (Height <= Height.First) return EvidenceFault.FirstHeight;
        if (Header.Hash != Proposal.Proposal.Block || Header.Height != Height || Header.Genesis != genesis) return EvidenceFault.WrongHeader;
        if (Parent.Hash != Header.Parent || Parent.Height.Value != Height.Value - 1 || Parent.Genesis != genesis) return EvidenceFault.WrongParent;
        if (!RecordProof.ProvesInclusion(Parent.StateRoot.Value, ScheduleRecord.Key(Height), Record.Encode())) return EvidenceFault.WrongRecord;
        if (Validators.Root != Record.ValidatorsRoot) return EvidenceFault.WrongValidators;
        if (Record.Schedule(Height, Validators).Leader(Proposal.Proposal.Round) == Guilty) return EvidenceFault.RightLeader;
        return Proposal.IsAuthentic(genesis) ? EvidenceFault.None : EvidenceFault.WrongSignature;
    }

    public bool Equals(WrongLeaderProof? other) => other is not null && Encode().AsSpan().SequenceEqual(other.Encode());

    public override int GetHashCode() => Proposal.GetHashCode();

    internal static WrongLeaderProof? Read(ref ByteReader reader)
    {
        if (ReadProposal(ref reader) is not { } proposal) return null;
        if (!Header.TryDecode(reader.Bytes(Header.Size), out var header) || !Header.TryDecode(reader.Bytes(Header.Size), out var parent)) return null;
        if (!ScheduleRecord.TryDecode(reader.LengthAndBytes(ScheduleRecord.SizeMax), out var record)) return null;
        if (!StateProof.TryDecode(reader.LengthAndBytes(StateProof.SizeMax), out var recordProof)) return null;
        return ValidatorSet.TryDecode(reader.LengthAndBytes(SetBytesMax), out var validators)
            ? new WrongLeaderProof(proposal, header, parent, record, recordProof, validators)
            : null;
    }

    private protected override void WriteTo(ByteWriter writer) => writer
        .Bytes(Proposal.Encode())
        .Bytes(Header.Encode())
        .Bytes(Parent.Encode())
        .LengthAndBytes(Record.Encode())
        .LengthAndBytes(RecordProof.Encode())
        .LengthAndBytes(Validators.Encode());
}
