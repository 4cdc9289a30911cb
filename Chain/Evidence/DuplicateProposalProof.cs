namespace NeuroChain.Chain;

/// <summary>
/// Two proposals of one key in one round that differ in block or validRound. Layout after the kind: the two signed proposals, 133 each, the
/// one with the lower bytes first.
/// </summary>
public sealed record DuplicateProposalProof(SignedProposal First, SignedProposal Second) : FaultProof
{
    public override FaultKind Kind => FaultKind.DuplicateProposal;

    public override Address Guilty => First.Proposer;

    public override Height Height => First.Proposal.Height;

    /// <summary>The evidence that two proposals make, in whichever order they came.</summary>
    public static DuplicateProposalProof Of(SignedProposal one, SignedProposal other) =>
        Ascend(one.Encode(), other.Encode()) ? new DuplicateProposalProof(one, other) : new DuplicateProposalProof(other, one);

    public override EvidenceFault Check(GenesisHash genesis)
    {
        if (First.Proposer != Second.Proposer) return EvidenceFault.DifferentSigners;
        if (First.Proposal.Height != Second.Proposal.Height || First.Proposal.Round != Second.Proposal.Round) return EvidenceFault.DifferentPlaces;
        if (First.Proposal == Second.Proposal) return EvidenceFault.SameStatement;
        if (!Ascend(First.Encode(), Second.Encode())) return EvidenceFault.WrongOrder;
        return First.IsAuthentic(genesis) && Second.IsAuthentic(genesis) ? EvidenceFault.None : EvidenceFault.WrongSignature;
    }

    internal static DuplicateProposalProof? Read(ref ByteReader reader)
    {
        var (first, second) = (ReadProposal(ref reader), ReadProposal(ref reader));
        return first is null || second is null ? null : new DuplicateProposalProof(first, second);
    }

    private protected override void WriteTo(ByteWriter writer) => writer.Bytes(First.Encode()).Bytes(Second.Encode());
}
