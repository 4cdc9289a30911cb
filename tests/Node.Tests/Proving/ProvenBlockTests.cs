using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>A block as the API shows it, against two headers: nothing in it can be changed, added or left out.</summary>
public sealed class ProvenBlockTests : IClassFixture<ProvenModelTests.Certified>
{
    private readonly Header _after;
    private readonly V1.Block _shown;

    public ProvenBlockTests(ProvenModelTests.Certified certified)
    {
        var chain = certified.Chain.Chain;
        var height = Enumerable.Range(1, 8).Select(h => new Height((ulong)h)).First(h => chain.Get(h)!.Block.Transactions.Length > 1);
        _shown = BlockMessage.Of(chain.Get(height)!, chain.OutcomeOf(height)!);
        _after = chain.Get(height.Next())!.Block.Header;
    }

    [Fact]
    public void AnHonestBlockIsProvedAndEveryFieldDerived()
    {
        var lying = _shown.Clone();
        lying.Height = 99;
        lying.Author = ByteString.CopyFrom(new byte[20]);
        lying.TimeMs = 1;
        lying.StateRoot = lying.Hash = lying.Parent = ByteString.Empty;
        lying.BuiltRound = 9;
        lying.Transactions[0].Reason = "made up";
        var proved = ProvenBlock.Check(lying, _after);
        var expected = _shown.Clone();
        expected.CommitCertificate = ByteString.Empty;
        Assert.Equal(expected, proved);
    }

    [Fact]
    public void EveryAlterationIsRefused()
    {
        Refused(b => b.Header = ByteString.CopyFrom([.. b.Header.Take(393), (byte)(b.Header[393] ^ 1)]));
        Refused(b => b.Header = ByteString.Empty);
        Refused(b => b.Transactions.RemoveAt(1));
        Refused(b => b.Transactions.Add(b.Transactions[0].Clone()));
        Refused(b => b.Transactions[0].Code = 100);
        Refused(b => b.Transactions[0].Code = 1 << 16);
        Refused(b => b.Transactions[0].Fee = ByteString.CopyFrom(new byte[15]));
        Refused(b => b.Transactions[0].Hash = b.Transactions[1].Hash);
        Refused(b => (b.Transactions[0].Raw, b.Transactions[1].Raw) = (b.Transactions[1].Raw, b.Transactions[0].Raw));
        Refused(b => b.Events.Add(new V1.BlockEvent { Kind = "accounts.transferred" }));
        Refused(b => b.Events.Clear());
        Refused(b => b.Events[0].Transaction++);
        Refused(b => b.TrainingProof = ByteString.CopyFrom(1));
    }

    private void Refused(Action<V1.Block> alter)
    {
        var block = _shown.Clone();
        alter(block);
        Assert.Throws<NotProvedException>(() => ProvenBlock.Check(block, _after));
    }
}
