using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class StoreVerifierTests
{
    private static readonly Height Ninth = new(9);

    private readonly TransferChain _chain = new();

    public StoreVerifierTests() => _chain.StepTo(20);

    [Fact]
    public void AStoreAsANodeWritesItIsWhole()
    {
        var report = Verify();
        Assert.Empty(report.Faults.First);
        Assert.Equal(20UL, report.Blocks);
        Assert.Equal(20UL, report.Transactions);
        Assert.Equal((ulong)_chain.State.Records.Count(), report.Records);
    }

    // Every thing that is stored of a height, missed where it is gone.
    [Theory]
    [InlineData("blocks")]
    [InlineData("certificates")]
    [InlineData("receipts")]
    [InlineData("events")]
    [InlineData("marks")]
    [InlineData("undo")]
    public void WhatIsMissingAtAHeightIsNamed(string column)
    {
        Write(batch => batch.Delete(new Column(column), ChainColumns.Key(Ninth)));
        Expect(Ninth, column);
    }

    [Theory]
    [InlineData("blocks")]
    [InlineData("certificates")]
    [InlineData("receipts")]
    [InlineData("events")]
    [InlineData("marks")]
    [InlineData("undo")]
    public void OneWrongBitAtAHeightIsNamed(string column)
    {
        var bytes = _chain.Store.Get(new Column(column), ChainColumns.Key(Ninth))!;
        bytes[^1] ^= 1;
        Write(batch => batch.Put(new Column(column), ChainColumns.Key(Ninth), bytes));
        Expect(Ninth, column);
    }

    [Theory]
    [InlineData("blocks")]
    [InlineData("certificates")]
    [InlineData("receipts")]
    [InlineData("events")]
    [InlineData("marks")]
    [InlineData("undo")]
    public void WhatStandsAboveTheLastHeightIsNamed(string column)
    {
        var above = new Height(21);
        Write(batch => batch.Put(new Column(column), ChainColumns.Key(above), [1]));
        Expect(above, column);
    }

    [Theory]
    [InlineData("heights")]
    [InlineData("transactions")]
    [InlineData("validator-sets")]
    public void AnIndexThatLacksAnEntryIsNamed(string column)
    {
        var entry = _chain.Store.Scan(new Column(column), KeyRange.All).First();
        Write(batch => batch.Delete(new Column(column), entry.Key));
        Assert.Contains(Verify().Faults.First, fault => fault.Column.Name == column && fault.Key.AsSpan().SequenceEqual(entry.Key));
    }

    [Theory]
    [InlineData("heights")]
    [InlineData("transactions")]
    [InlineData("validator-sets")]
    public void AnIndexWithAnEntryTooManyIsNamed(string column)
    {
        var entry = _chain.Store.Scan(new Column(column), KeyRange.All).First();
        Write(batch => batch.Put(new Column(column), Hash256.Sha256([1]).ToArray(), entry.Value));
        Assert.Contains(Verify().Faults.First, fault => fault.Column.Name == column);
    }

    [Fact]
    public void AWrongRecordOfTheStateIsNoticed()
    {
        var entry = _chain.Store.Scan(ChainColumns.State, KeyRange.All).Last();
        entry.Value[0] ^= 1;
        Write(batch => batch.Put(ChainColumns.State, entry.Key, entry.Value));
        Assert.Contains(Verify().Faults.First, fault => fault.Column == ChainColumns.State);
    }

    // A record that says another value, well-formed: only the undoing tells, and only of that height.
    [Fact]
    public void AnUndoRecordWithAnotherValueIsFoundAtItsHeight()
    {
        _chain.StepTo(100);
        var height = new Height(50);
        Assert.True(UndoRecord.TryDecode(_chain.Store.Get(ChainColumns.Undo, ChainColumns.Key(height)), out var undo));
        var changed = undo.Value.Select(entry => KeyValuePair.Create(entry.Key, entry.Key.Equals(undo.Value[0].Key) ? [.. entry.Value!, 1] : entry.Value));
        Write(batch => batch.Put(ChainColumns.Undo, ChainColumns.Key(height), UndoRecord.Encode([.. changed]).Span));
        var fault = Assert.Single(Verify().Faults.First);
        Assert.Equal((height, ChainColumns.Undo), (fault.Height!.Value, fault.Column));
    }

    [Fact]
    public void SignaturesAreCheckedUnlessToldNotTo()
    {
        var certificate = _chain.Chain.Get(Ninth)!.Certificate;
        var moved = certificate with { Signatures = [.. certificate.Signatures.Select(s => s with { Signature = certificate.Signatures[0].Signature })] };
        Write(batch => batch.Put(ChainColumns.Certificates, ChainColumns.Key(Ninth), moved.Encode()));
        Assert.True(Verify(withSignatures: false).IsWhole);
        Expect(Ninth, "certificates");
    }

    [Fact]
    public void TooLittlePowerIsNoticedWithoutSignaturesToo()
    {
        var certificate = _chain.Chain.Get(Ninth)!.Certificate;
        Write(batch => batch.Put(ChainColumns.Certificates, ChainColumns.Key(Ninth), (certificate with { Signatures = certificate.Signatures[..2] }).Encode()));
        Assert.Contains(Verify(withSignatures: false).Faults.First, fault => fault.Height == Ninth && fault.Column == ChainColumns.Certificates);
    }

    /// <summary>A node does without such records, and says so once; whoever looks is told which they are.</summary>
    [Theory]
    [InlineData("evidence", 28)]
    [InlineData("evidence", 8)]
    [InlineData("polkas", 8)]
    [InlineData("polkas", 7)]
    public void ARecordThatIsNoneIsNamed(string column, int keyBytes)
    {
        var key = new byte[keyBytes];
        Write(batch => batch.Put(new Column(column), key, [0, 0, 0, 1, 9]));
        Assert.Contains(Verify().Faults.First, fault => fault.Column.Name == column && fault.Key.AsSpan().SequenceEqual(key));
    }

    [Fact]
    public void ABlockOfAnotherHeightInItsPlaceIsNamed()
    {
        Write(batch => batch.Put(ChainColumns.Blocks, ChainColumns.Key(Ninth), _chain.Chain.Get(new Height(8))!.Block.Bytes.Span));
        Expect(Ninth, "blocks");
    }

    private void Expect(Height height, string column) => Assert.Contains(Verify().Faults.First, fault => fault.Height == height && fault.Column.Name == column);

    private void Write(Action<WriteBatch> change)
    {
        var batch = new WriteBatch();
        change(batch);
        _chain.Store.Write(batch, durable: true);
    }

    private StoreVerification Verify(bool withSignatures = true) => new StoreVerifier(TransferChain.Genesis, _chain.Chain, withSignatures, _ => { }).Run();
}
