using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;

namespace NeuroChain.Node.Tests;

/// <summary>What is followed by events is what a walk over the state finds.</summary>
public sealed class OpenTransferIndexTests
{
    private static readonly Address There = LedgerFixture.Key(4_001).Address;

    private readonly BridgeWorld _world = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EventsLeadWhereAWalkLeads(bool areEventsGone)
    {
        var index = new OpenTransferIndex(height => areEventsGone && height.Value % 3 == 0 ? null : _world.Chain.Blocks[(int)height.Value - 1].Result.Events);
        Check(index);
        _world.Fund();
        _world.Ethereum.Lock(There, Hash256.Sha256([1]), Amount.FromNtk(3)); // to nobody
        _world.Ethereum.Lock(There, Hash256.Sha256([2]), Amount.FromNtk(4));
        _world.Bring();
        Check(index);
        var (small, large) = (_world.Burn(Amount.FromNtk(5), There), _world.Burn(Amount.FromNtk(150), There));
        Check(index);
        _world.Chain.Step(_world.Veto(_world.Chain.ValidatorKeys[0], large), _world.Veto(_world.Chain.ValidatorKeys[1], large));
        Check(index);
        _world.Ethereum.Release(small, There, Amount.FromNtk(5));
        _world.Bring();
        _world.Chain.Carry(BridgeWorld.Redirect(3, There));
        var (withdrawals, quarantined) = Check(index);
        Assert.Equal((0, 1), (withdrawals, quarantined));
    }

    private (int Withdrawals, int Quarantined) Check(OpenTransferIndex index)
    {
        var (followed, found) = (index.After(_world.Chain.State), OpenTransfers.Find(_world.Chain.State));
        Assert.Equal(found.Withdrawals, followed.Withdrawals);
        Assert.Equal(found.Quarantined, followed.Quarantined);
        return (found.Withdrawals.Count, found.Quarantined.Count);
    }
}
