using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>Books that are wrong by a unit, a nonce or a transfer: the equations find each of them, or they would show nothing.</summary>
internal static class WrongBooks
{
    private static readonly Amount Unit = new(1);

    /// <param name="run">Whose books are right.</param>
    public static void AreFound(BridgeRun run)
    {
        var (right, there) = (ChainView.Of(run.Agreed), run.Ethereum);
        run.Equations.Check(right, there);
        IsFound(run, "S1", right with { Supply = right.Supply with { Credited = right.Supply.Credited + Unit } });
        IsFound(run, "S1", right with { Supply = right.Supply with { Refunded = right.Supply.Refunded - Unit } });
        IsFound(run, "S2", right with { Supply = right.Supply with { Treasury = right.Supply.Treasury + Unit } });
        IsFound(run, "S2", Changed(run, records => records.Accounts[run.Accounts[0].Address] = records.Accounts.GetValueOrDefault(run.Accounts[0].Address) + 1));
        IsFound(run, "S2", Changed(run, records => records.QuarantinedLocks[ulong.MaxValue] = 1));
        IsFound(run, "S3", Changed(run, records => records.OpenBurns[Hash256.Zero] = 1));
        IsFound(run, "S3", Changed(run, records => records.PendingLocks[ulong.MaxValue] = 1));
        IsFound(run, "S3", right with { Status = right.Status with { Open = Unit } });
        IsFound(run, "S9", right with { Claims = right.Claims with { Claimed = right.Claims.Claimed + Unit } });
        IsFound(run, "S9", right with { Claims = right.Claims with { Leaves = right.Claims.Leaves + 1 } });
        IsFound(run, "no halt", right with { Status = right.Status with { Halts = BridgeHalt.Dispute } });

        IsFound(run, "S3", right, there with { Slots = there.Slots with { TotalReleased = there.Slots.TotalReleased - 1 } });
        IsFound(run, "S4", right, there with { Balance = there.Balance - 1 });
        IsFound(run, "S4", right, there with { Balance = there.Slots.Outstanding - 1, Left = there.Came - there.Slots.Outstanding + 1 });
        IsFound(run, "S5", right, there with { TokenSupply = EthereumBooks.Cap + 1 });
        IsFound(run, "S6", right, there with { Slots = there.Slots with { EventNonce = there.Slots.EventNonce + 1 } });
        IsFound(run, "S6", right, there with { Final = 0 });
        var paid = there.Releases[0];
        IsFound(run, "S7", right, there with { Releases = there.Releases.SetItem(0, paid with { BurnId = Hash256.Zero }) });
        IsFound(run, "S7", right, there with { Releases = there.Releases.SetItem(0, paid with { To = run.World.Stranger }) });
    }

    private static ChainView Changed(BridgeRun run, Action<ChainRecords> change)
    {
        var view = ChainView.Of(run.Agreed);
        change(view.Records);
        return view;
    }

    private static void IsFound(BridgeRun run, string equation, ChainView chain, EthereumBooks? ethereum = null)
    {
        var found = Assert.Throws<BrokenEquationException>(() => run.Equations.Check(chain, ethereum ?? run.Ethereum));
        Assert.StartsWith($"{equation} does not hold", found.Message, StringComparison.Ordinal);
    }
}
