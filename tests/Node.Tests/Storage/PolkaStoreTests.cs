using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>Polkas stay as long as a fault of their height counts, whatever becomes of the blocks.</summary>
public sealed class PolkaStoreTests
{
    [Fact]
    public void WhatIsKeptOfAHeightComesBack()
    {
        var chain = new TransferChain();
        PolkaCertificate[] polkas = [PolkaOf(1, 0), PolkaOf(1, 3)];
        chain.Chain.KeepPolkas(new Height(1), polkas);
        Assert.Equal(polkas, chain.Chain.PolkasOf(new Height(1)));
        Assert.Empty(chain.Chain.PolkasOf(new Height(2)));
        chain.Chain.KeepPolkas(new Height(1), polkas[..1]); // after a crash the height is gone through again
        Assert.Equal(polkas[..1], chain.Chain.PolkasOf(new Height(1)));
    }

    /// <summary>Each proves something by itself, whatever the disk did to the one beside it.</summary>
    [Fact]
    public void WhatIsDamagedAmongThemIsLeftOut()
    {
        var chain = new TransferChain();
        chain.Chain.KeepPolkas(new Height(1), [PolkaOf(1, 0), PolkaOf(1, 3)]);
        var packed = chain.Store.Get(ChainColumns.Polkas, ChainColumns.Key(new Height(1)))!;
        Keep([0, 0, 0, 2, 7, 7, .. packed]);
        Assert.Equal([PolkaOf(1, 0), PolkaOf(1, 3)], chain.Chain.PolkasOf(new Height(1)));
        Keep(packed[..^1]);
        Assert.Equal([PolkaOf(1, 0)], chain.Chain.PolkasOf(new Height(1)));

        void Keep(byte[] bytes) => chain.Store.Write(new WriteBatch().Put(ChainColumns.Polkas, ChainColumns.Key(new Height(1)), bytes), durable: false);
    }

    [Fact]
    public void TheyGoWhenFaultsOfTheirHeightCountNoMore()
    {
        var chain = new TransferChain();
        chain.StepTo(300);
        for (ulong height = 1; height <= 300; height++) chain.Chain.KeepPolkas(new Height(height), [PolkaOf(height, 0)]);
        var floor = Height.Genesis;
        var pruner = new Pruner(chain.Chain, 128, 128, () => floor);
        while (pruner.Step(chain.State.Height)) ;
        Assert.Equal(new Height(173), chain.Chain.EarliestBlock);
        Assert.Single(chain.Chain.PolkasOf(new Height(1)));

        floor = new Height(100);
        while (pruner.Step(chain.State.Height)) ;
        Assert.Equal(floor, chain.Chain.EarliestPolkas);
        Assert.Empty(chain.Chain.PolkasOf(new Height(99)));
        Assert.Single(chain.Chain.PolkasOf(new Height(100)));
        pruner.Compact();
    }

    private static PolkaCertificate PolkaOf(ulong height, uint round) =>
        new(new Height(height), new Round(round), null, new BlockHash(Hash256.Sha256([(byte)round])), []);
}
