namespace NeuroChain.Ledger;

/// <summary>Why the bridge stands, a bit each. All but the first two stop both directions and refuse all evidence: what they rest on is in doubt.</summary>
[Flags]
public enum BridgeHalt : uint
{
    None = 0,

    /// <summary>For too long more than a third of the power each says that a block of Ethereum has one hash and another.</summary>
    Dispute = 1,

    /// <summary>A credit would have brought more NTK than there are.</summary>
    Cap = 2,

    /// <summary>More than a third of the power says that an attested block has another hash.</summary>
    Finality = 4,

    /// <summary>What the vault says of its sums, or of a withdrawal, is not what follows from its events and the burns here.</summary>
    Supply = 8,

    /// <summary>A log of the vault of no known kind, or not in its one form.</summary>
    UnknownEvent = 16,

    /// <summary>The header of an attested block has a layout of a fork that is not known here.</summary>
    UnknownLayout = 32,

    /// <summary>The vault is made for another chain, token or validator set.</summary>
    WrongVault = 64,

    /// <summary>The vault follows a validator set that this chain never had.</summary>
    WrongSet = 128,

    /// <summary>The vault holds less than it owes.</summary>
    Reserves = 256,
}

/// <summary>What the vault's flags say, as in its storage.</summary>
[Flags]
public enum VaultFlags : byte
{
    None = 0,
    LocksPaused = 1,
    ReleasesPaused = 2,
    Forked = 4,
    Retiring = 8,
    Retired = 16,
}

/// <summary>What a validator's pause stops.</summary>
[Flags]
public enum BridgeSides : byte
{
    None = 0,
    In = 1,
    Out = 2,
    Both = In | Out,
}
