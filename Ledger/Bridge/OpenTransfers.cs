using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What is under way over the bridge and in no list of the state: records stand under the hashes of their keys, so that only a walk over all of them
/// finds it. Whoever asks often walks once and follows the events of blocks.
/// </summary>
/// <param name="Withdrawals">Burn ids, ascending.</param>
/// <param name="Quarantined">Nonces of the locks in quarantine, ascending.</param>
public sealed record OpenTransfers(SortedSet<Hash256> Withdrawals, SortedSet<ulong> Quarantined)
{
    public static OpenTransfers Find(LedgerState state)
    {
        var found = new OpenTransfers([], []);
        foreach (var (key, _) in state.Tree.Records)
        {
            if (key.Bytes[0] != (byte)StateModule.Bridge) continue;
            if (key.Bytes[1] == BridgeKeys.Withdrawal) found.Withdrawals.Add(Hash256.FromBytes(key.Bytes[2..]));
            if (key.Bytes[1] == BridgeKeys.Quarantine) found.Quarantined.Add(new ByteReader(key.Bytes[2..]).UInt64());
        }

        return found;
    }

    /// <summary>Burn ids of the withdrawals that wait for their leaf, in their order.</summary>
    public static IEnumerable<Hash256> Waiting(IStateReader state)
    {
        var status = BridgeStatus.Get(state);
        for (var place = status.WaitingFirst; place < status.WaitingNext; place++)
        {
            var burnId = Ledger.Withdrawals.WaitingAt(state, place);
            Invariant.Check(burnId is not null, "every place between the first and the next has a withdrawal");
            yield return burnId.Value;
        }
    }
}
