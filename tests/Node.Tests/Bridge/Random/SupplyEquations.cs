using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>
/// S1 to S9: what nodes hold after a height, against what Ethereum holds now and what the blocks up to that height must have made.
/// </summary>
internal sealed class SupplyEquations(ExpectedChain expected, BridgeParameters limits)
{
    private static readonly UInt128 Cap = EthereumBooks.Cap;

    /// <param name="chain">On which all nodes agree; the blocks up to it are read.</param>
    /// <param name="ethereum">Read after that state was made.</param>
    /// <exception cref="BrokenEquationException">One does not hold.</exception>
    public void Check(ChainView chain, EthereumBooks ethereum)
    {
        ethereum.Check();
        var (records, supply, status, claims) = chain;
        CheckSums(supply, status);
        CheckHoldings(records, supply);
        CheckTransfers(records, status, ethereum);
        CheckReleases(ethereum);
        FlowLimit.Check("S8 (credits)", limits.InCapacity.Units, limits.InPerSecond.Units, expected.FlowIn);
        FlowLimit.Check("S8 (leaves)", limits.OutCapacity.Units, limits.OutPerSecond.Units, expected.FlowOut);
        CheckClaims(claims, supply);
        Equation.Equal("no halt", BridgeHalt.None, status.Halts, "nobody lied about Ethereum to more than a third");
    }

    // Credited + refunded - burned is what is here, and never more than the cap.
    private void CheckSums(SupplyRecord supply, BridgeStatus status)
    {
        Equation.Holds("S1", expected.Credited + expected.Refunded >= expected.Burned && expected.BridgeSupply <= Cap, $"{expected.Credited} + {expected.Refunded} - {expected.Burned}");
        Equation.Equal("S1", (expected.Credited, expected.Burned, expected.Refunded), (supply.Credited.Units, supply.Withdrawn.Units, supply.Refunded.Units), "credited, burned, refunded");
        Equation.Holds("S1", supply.GenesisTotal.IsZero, "a bridged chain makes no NTK of its own here");
        Equation.Equal("S1", expected.Credited + ChainRecords.Sum(expected.Pending(status.Nonce)), status.Locked.Units, "all locks that the chain knows");
    }

    private void CheckHoldings(ChainRecords records, SupplyRecord supply)
    {
        var accounts = expected.Balances.ToDictionary();
        foreach (var account in accounts.Keys.Union(records.Accounts.Keys))
            Equation.Equal("S2", accounts.GetValueOrDefault(account), records.Accounts.GetValueOrDefault(account), $"units of {account}");
        Same("S2", expected.Quarantine, records.QuarantinedLocks, "in quarantine of lock");
        Equation.Equal(
            "S2",
            (expected.Reserve, expected.Pot, expected.Treasury, expected.FeesBurned),
            (supply.Reserve.Units, supply.Escrow.Units, supply.Treasury.Units, supply.Burned.Units),
            "reserve, escrow, treasury, burned fees");
        var held = ChainRecords.Sum(records.Accounts) + ChainRecords.Sum(records.QuarantinedLocks) + supply.Reserve.Units + supply.Escrow.Units + supply.Treasury.Units;
        Equation.Equal("S2", expected.BridgeSupply, held + supply.Burned.Units, "all that is held and the fees that were burned");
    }

    // What the vault owes by the events that the chain knows is here, on its way here, or on its way there.
    private void CheckTransfers(ChainRecords records, BridgeStatus status, EthereumBooks ethereum)
    {
        var (open, pending) = (OpenBurns(), expected.Pending(status.Nonce));
        Same("S3", open, records.OpenBurns, "open of burn");
        Same("S3", pending, records.PendingLocks, "pending of lock");
        Equation.Equal("S3", ethereum.Outstanding(status.Nonce), expected.BridgeSupply + ChainRecords.Sum(records.OpenBurns) + ChainRecords.Sum(records.PendingLocks), $"what the vault owes by event {status.Nonce}");
        Equation.Equal("S3", (status.Open.Units, status.Pending.Units), (ChainRecords.Sum(records.OpenBurns), ChainRecords.Sum(records.PendingLocks)), "sums of open burns and pending locks");
        Equation.Holds("S4", ethereum.Balance >= expected.BridgeSupply, $"the vault has {ethereum.Balance}, {expected.BridgeSupply} are here");
        Equation.Holds("S6", status.Nonce <= ethereum.FinalNonce, $"the chain knows of event {status.Nonce}, and only {ethereum.FinalNonce} is final");
    }

    // Whatever the vault paid was burned for that receiver, and did not come back.
    private void CheckReleases(EthereumBooks ethereum)
    {
        foreach (var release in ethereum.Releases)
        {
            Equation.Holds("S7", expected.Burns.TryGetValue(release.BurnId, out var burn), $"the vault paid {release.BurnId}, which nobody burned");
            Equation.Equal("S7", (burn.To, burn.Units), (release.To, release.Amount), $"what the vault paid for {release.BurnId}");
            Equation.Holds("S7", burn.End != BurnEnd.Refunded, $"{release.BurnId} was paid and refunded");
        }

        var known = ethereum.Releases.Select(release => release.BurnId).ToHashSet();
        foreach (var burn in expected.Burns.Values.Where(burn => burn.End == BurnEnd.Released))
            Equation.Holds("S7", known.Contains(burn.BurnId), $"the chain says that {burn.BurnId} was released, the vault does not");
    }

    private void CheckClaims(ClaimsStatus status, SupplyRecord supply)
    {
        Equation.Equal("S9", (expected.Claimed, expected.Pot, (ulong)expected.Claimants.Count), (status.Claimed.Units, status.Pot.Units, status.Leaves), "claimed, pot, leaves");
        Equation.Holds("S9", expected.Claimed + expected.Pot <= expected.TotalLeaves, $"{expected.Claimed} claimed and {expected.Pot} in the pot of {expected.TotalLeaves}");
        Equation.Holds("S9", expected.Claimed + expected.Pot <= supply.Credited.Units, "what claims are paid from was locked");
    }

    private Dictionary<Hash256, UInt128> OpenBurns() => expected.Burns.Values.Where(burn => burn.End == BurnEnd.Open).ToDictionary(burn => burn.BurnId, burn => burn.Units);

    private static void Same<TKey>(string name, IReadOnlyDictionary<TKey, UInt128> wanted, Dictionary<TKey, UInt128> there, string what)
        where TKey : notnull
    {
        foreach (var key in wanted.Keys.Union(there.Keys)) Equation.Equal(name, wanted.GetValueOrDefault(key), there.GetValueOrDefault(key), $"units {what} {key}");
    }
}
