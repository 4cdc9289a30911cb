using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class LedgerStateTests
{
    [Fact]
    public void GenesisAllocatesWhatTheDocumentSays()
    {
        var chain = new LedgerFixture();
        Assert.Equal(Height.Genesis, chain.State.Height);
        Assert.Equal(chain.Genesis.Hash.Value, chain.State.LastBlock.Hash.Value);
        Assert.Equal(new Account(0, LedgerFixture.InitialBalance), chain.AccountOf(chain.Alice));
        var supply = SupplyRecord.Get(chain.State);
        Assert.Equal(chain.Genesis.RewardReserve, supply.Reserve);
        Assert.Equal((LedgerFixture.InitialBalance * 6) + chain.Genesis.RewardReserve, supply.GenesisTotal);
    }

    [Fact]
    public void TheSameBlocksGiveTheSameState()
    {
        var (a, b) = (Played(), Played());
        Assert.Equal(a.State.Mark, b.State.Mark);
        Assert.NotEqual(new LedgerFixture().State.Root, a.State.Root);
    }

    [Fact]
    public void AStateThatWasWrittenBlockByBlockIsReadBackWhole()
    {
        var chain = new LedgerFixture();
        var store = new Dictionary<string, (byte[] Key, byte[] Value)>();
        foreach (var (key, value) in chain.State.Records) store[key.ToString()] = (key.Bytes.ToArray(), value);
        for (var i = 0; i < 9; i++)
        {
            var result = chain.Step(chain.Transfer(chain.Alice, LedgerFixture.Key(50 + i).Address, Amount.FromNtk(1)));
            foreach (var (key, value) in result.Changes)
            {
                if (value is null) store.Remove(key.ToString());
                else store[key.ToString()] = (key.Bytes.ToArray(), value);
            }
        }

        Assert.True(LedgerMark.TryDecode(chain.State.Mark.Encode(), out var mark));
        Assert.Equal(chain.State.Mark, mark);
        Assert.True(LedgerState.TryLoad(chain.Genesis, mark, store.Values.Select(record => KeyValuePair.Create(record.Key, record.Value)), out var loaded));
        Assert.Equal(chain.State.Root, loaded.Root);
        foreach (var height in new[] { chain.State.Height.Next(), chain.State.Height.Plus(2) })
        {
            var (was, now) = (chain.State.ContextOf(height), loaded.ContextOf(height));
            Assert.Equal(was.Validators, now.Validators);
            Assert.Equal(was.NextValidators, now.NextValidators);
            Assert.Equal(was.Schedule.Leader(Round.Zero), now.Schedule.Leader(Round.Zero));
        }

        chain.State = loaded;
        Assert.True(Assert.Single(chain.Step(chain.Transfer(chain.Alice, chain.Bob.Address, Amount.FromNtk(1))).Receipts).IsSuccess);
    }

    [Fact]
    public void RecordsThatTheRootDoesNotCoverAreNotTaken()
    {
        var chain = Played();
        var records = chain.State.Records.Select(record => KeyValuePair.Create(record.Key.Bytes.ToArray(), record.Value)).ToArray();
        Assert.True(LedgerState.TryLoad(chain.Genesis, chain.State.Mark, records, out _));
        Assert.False(LedgerState.TryLoad(chain.Genesis, chain.State.Mark, records.Skip(1), out _));
        records[0] = KeyValuePair.Create(records[0].Key, records[0].Value.Append((byte)0).ToArray());
        Assert.False(LedgerState.TryLoad(chain.Genesis, chain.State.Mark, records, out _));
    }

    [Fact]
    public void AMarkOfAnotherLengthIsNone()
    {
        var bytes = new LedgerFixture().State.Mark.Encode();
        Assert.False(LedgerMark.TryDecode(bytes.AsSpan(1), out _));
        Assert.False(LedgerMark.TryDecode([.. bytes, 0], out _));
    }

    private static LedgerFixture Played()
    {
        var chain = new LedgerFixture();
        chain.Step();
        chain.Step(chain.Transfer(chain.Alice, chain.Bob.Address, Amount.FromNtk(3)), chain.Transfer(chain.Bob, chain.Alice.Address, Amount.FromNtk(4)));
        chain.Step([0, 1, 2], [], 1);
        chain.Step();
        return chain;
    }
}
