namespace NeuroChain.Chain;

/// <summary>The faults that a validator proves of itself by what it signed. The number is the first byte of the evidence.</summary>
public enum FaultKind : byte
{
    /// <summary>Two votes of one kind in one round.</summary>
    DuplicateVote = 1,

    /// <summary>Two proposals in one round.</summary>
    DuplicateProposal = 2,

    /// <summary>A precommit for a block, and a later prevote that no polka since could have allowed.</summary>
    Amnesia = 3,

    /// <summary>A proposal in a round that another leads.</summary>
    WrongLeader = 4,
}

/// <summary>Names for people and events.</summary>
public static class FaultKinds
{
    /// <summary>The name in events and on the command line: "duplicate-vote".</summary>
    public static string Name(this FaultKind kind) => kind switch
    {
        FaultKind.DuplicateVote => "duplicate-vote",
        FaultKind.DuplicateProposal => "duplicate-proposal",
        FaultKind.Amnesia => "amnesia",
        FaultKind.WrongLeader => "wrong-leader",
        _ => throw new InvariantException($"no fault has the number {(byte)kind}"),
    };
}
