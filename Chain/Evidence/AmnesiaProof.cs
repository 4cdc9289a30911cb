namespace NeuroChain.Chain;

/// <summary>
/// A precommit for a block in round r1, which locks it, and a prevote for a block in r2 > r1 whose validRound is none or below r1: no honest
/// validator prevotes so, for after r1 it prevotes only in answer to a polka of r1 or later. It may even be the same block. Layout after the
/// kind: precommit 194 | prevote 134.
/// </summary>
/// <param name="Lock">The precommit.</param>
/// <param name="Against">The prevote against it.</param>
public sealed record AmnesiaProof(SignedVote Lock, SignedVote Against) : FaultProof
{
    public override FaultKind Kind => FaultKind.Amnesia;

    public override Address Guilty => Lock.Validator;

    public override Height Height => Lock.Vote.Height;

    /// <summary>Why a validator with this precommit may sign that prevote all the same; none where it may not. Only rounds and blocks are looked at.</summary>
    public static EvidenceFault Compare(Precommit locked, Prevote vote)
    {
        if (locked.Block is null || vote.Block is null) return EvidenceFault.NoBlock;
        if (vote.Round <= locked.Round) return EvidenceFault.NotLater;
        return vote.ValidRound is { } answered && answered >= locked.Round ? EvidenceFault.Justified : EvidenceFault.None;
    }

    public override EvidenceFault Check(GenesisHash genesis)
    {
        if (Lock.Vote is not Precommit locked || Against.Vote is not Prevote vote) return EvidenceFault.Malformed;
        if (Lock.Validator != Against.Validator) return EvidenceFault.DifferentSigners;
        if (locked.Height != vote.Height) return EvidenceFault.DifferentPlaces;
        if (Compare(locked, vote) is not EvidenceFault.None and var fault) return fault;
        return Lock.Verify(genesis) is null || Against.Verify(genesis) is null ? EvidenceFault.WrongSignature : EvidenceFault.None;
    }

    internal static AmnesiaProof? Read(ref ByteReader reader)
    {
        var (locked, vote) = (SignedVote.ReadFrom(ref reader), SignedVote.ReadFrom(ref reader));
        return locked?.Vote is Precommit && vote?.Vote is Prevote ? new AmnesiaProof(locked, vote) : null;
    }

    private protected override void WriteTo(ByteWriter writer)
    {
        Lock.WriteTo(writer);
        Against.WriteTo(writer);
    }
}
