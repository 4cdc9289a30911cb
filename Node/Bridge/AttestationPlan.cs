using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Which blocks of Ethereum a validator speaks of: those with the next events of the vault, the newest heartbeat where something is to be shown by it,
/// and those that the chain attested under another hash than is known here. Nothing else: each word costs every node a record.
/// </summary>
internal static class AttestationPlan
{
    /// <summary>Blocks with events beyond the chain's cursor of which a validator speaks before: so many words are always kept, with room for others.</summary>
    public const int BlocksAhead = 32;

    /// <summary>Attested blocks that are compared with what is known here.</summary>
    public const int Compared = 32;

    /// <summary>What the validator is to say now; null where it has said all, or must not.</summary>
    /// <param name="state">The chain's.</param>
    /// <param name="validator">Its present address.</param>
    /// <param name="findings">What it has read.</param>
    /// <param name="needsHeartbeat">Whether something else than reserves is to be shown by the newest heartbeat.</param>
    /// <param name="sequence">Above this one.</param>
    public static BridgeAttestation? Next(LedgerState state, Address validator, IEthereumFindings findings, bool needsHeartbeat, ulong sequence)
    {
        if (!ValidatorsModule.Members(state).Contains(validator) || ValidatorRecord.IsJailedAt(state, validator)) return null;
        var words = AttestationWords.Get(state, KeyRotations.Identity(state, validator));
        var wanted = findings.State.Halt is { } halt ? Contradicted(state, halt) : Wanted(state, findings, needsHeartbeat);
        var attestation = new BridgeAttestation { Sequence = Math.Max(words.Sequence, sequence) + 1 };
        foreach (var (number, hash) in wanted)
        {
            if (attestation.Blocks.Count == Limits.AttestedPerMessageMax) break;
            if (words.Of(number) == hash || AttestedBlocks.HashOf(state, number) == hash) continue;
            attestation.Blocks.Add(new EthereumBlock { Number = number, Hash = hash.ToByteString() });
        }

        return attestation.Blocks.Count > 0 ? attestation : null;
    }

    private static SortedDictionary<ulong, Hash256> Wanted(LedgerState state, IEthereumFindings findings, bool needsHeartbeat)
    {
        var wanted = new SortedDictionary<ulong, Hash256>();
        foreach (var block in findings.BlocksWithNoncesFrom(BridgeStatus.Get(state).Nonce + 1).Take(BlocksAhead)) wanted[block.Number] = block.Hash;
        if (findings.NewestHeartbeat is { } heartbeat && (needsHeartbeat || ReservesPlan.IsDue(state, heartbeat))) wanted[heartbeat.Number] = heartbeat.Hash;
        foreach (var (number, attested) in AttestedBlocks.Newest(state, Compared))
            if (findings.HashOf(number) is { } known && known != attested)
                wanted[number] = known;

        return wanted;
    }

    // A watch that stands says nothing more of Ethereum, except, where what was final is not any more, which attested blocks have another hash now: a third
    // of the validators with that word stops the bridge.
    private static SortedDictionary<ulong, Hash256> Contradicted(LedgerState state, WatcherHalt halt)
    {
        var changed = halt.Changed.ToDictionary(block => block.Number, block => block.Hash);
        return new SortedDictionary<ulong, Hash256>(AttestedBlocks.Newest(state, Compared).Where(attested => changed.ContainsKey(attested.Number)).ToDictionary(attested => attested.Number, attested => changed[attested.Number]));
    }
}
