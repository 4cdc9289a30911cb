namespace NeuroChain.Chain;

/// <summary>
/// How long keys answer on both sides. The vault hears of a fork of a past set for <see cref="ForkWindowMs"/> after it followed the next one; a
/// bond must be locked for longer, so that no key whose bond is back can stop the vault.
/// </summary>
public static class BridgeTimes
{
    private const ulong DayMs = 24 * 3600 * 1000;

    /// <summary>The vault's FORK_WINDOW (Bridge/contracts/src/VaultState.sol).</summary>
    public const ulong ForkWindowMs = 12 * DayMs;

    /// <summary>In which a change of the set is brought to the vault: only then its window begins.</summary>
    public const ulong RelayMs = 2 * DayMs;

    /// <summary>What a chain with a vault must have as <see cref="ValidatorParameters.EvidenceMs"/>, in genesis and after every vote.</summary>
    public const ulong BondMsMin = ForkWindowMs + RelayMs;
}
