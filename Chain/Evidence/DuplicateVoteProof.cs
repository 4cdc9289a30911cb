namespace NeuroChain.Chain;

/// <summary>
/// Two different votes of one kind in one round, also prevotes that differ in validRound alone. Layout after the kind: the two signed votes,
/// the one with the lower bytes first.
/// </summary>
public sealed record DuplicateVoteProof(SignedVote First, SignedVote Second) : FaultProof
{
    public override FaultKind Kind => FaultKind.DuplicateVote;

    public override Address Guilty => First.Validator;

    public override Height Height => First.Vote.Height;

    /// <summary>The evidence that two votes make, in whichever order they came.</summary>
    public static DuplicateVoteProof Of(SignedVote one, SignedVote other) =>
        Ascend(one.Encode(), other.Encode()) ? new DuplicateVoteProof(one, other) : new DuplicateVoteProof(other, one);

    public override EvidenceFault Check(GenesisHash genesis)
    {
        var (first, second) = (First.Vote, Second.Vote);
        if (First.Validator != Second.Validator) return EvidenceFault.DifferentSigners;
        if (first is Prevote != second is Prevote || first.Height != second.Height || first.Round != second.Round) return EvidenceFault.DifferentPlaces;
        if (first == second) return EvidenceFault.SameStatement; // two signatures of one vote are no fault
        if (!Ascend(First.Encode(), Second.Encode())) return EvidenceFault.WrongOrder;
        return First.Verify(genesis) is null || Second.Verify(genesis) is null ? EvidenceFault.WrongSignature : EvidenceFault.None;
    }

    internal static DuplicateVoteProof? Read(ref ByteReader reader)
    {
        var (first, second) = (SignedVote.ReadFrom(ref reader), SignedVote.ReadFrom(ref reader));
        return first is null || second is null ? null : new DuplicateVoteProof(first, second);
    }

    private protected override void WriteTo(ByteWriter writer)
    {
        First.WriteTo(writer);
        Second.WriteTo(writer);
    }
}
