using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

public sealed class WalTests
{
    private const string File7 = "wal-00000000000000000007";

    private static readonly Height Height7 = new(7);

    private static readonly WalRecord[] AllKinds = MakeAllKinds();

    private readonly MemoryFolder _folder = new();

    [Fact]
    public void EveryKindOfRecordComesBack()
    {
        Write(AllKinds);
        using var wal = new Wal(_folder);
        Same(AllKinds, wal.Open(Height7));
        Assert.Equal(Height7, wal.Height);
    }

    [Fact]
    public void TheFieldsOfRecordsComeBack()
    {
        foreach (var record in AllKinds)
        {
            var back = WalRecord.Decode(record.Encode());
            Assert.NotNull(back);
            Assert.Equal(record.GetType(), back.GetType());
            Assert.Equal(record.ReceivedAt, back.ReceivedAt);
            switch (record, back)
            {
                case (WalRecord.ProposalRecord a, WalRecord.ProposalRecord b):
                    Assert.Equal((a.Proposal, a.IsValid), (b.Proposal, b.IsValid));
                    Assert.Equal(a.Block.ToArray(), b.Block.ToArray());
                    break;
                case (WalRecord.ValueRecord a, WalRecord.ValueRecord b):
                    Assert.Equal(a.Round, b.Round);
                    Assert.Equal(a.Block.ToArray(), b.Block.ToArray());
                    break;
                default:
                    Assert.Equal(record, back);
                    break;
            }
        }
    }

    [Fact]
    public void ABlockOfTheGreatestSizeFits()
    {
        Write(new WalRecord.ValueRecord(new Timestamp(1), Round.Zero, new byte[Limits.BlockBytesMax]));
        using var wal = new Wal(_folder);
        Assert.Equal(Limits.BlockBytesMax, Assert.IsType<WalRecord.ValueRecord>(Assert.Single(wal.Open(Height7))).Block.Length);
    }

    [Fact]
    public void ARecordThatCouldNotBeReadIsNotWritten()
    {
        using var wal = new Wal(_folder);
        wal.Open(Height7);
        Assert.Throws<InvariantException>(() => wal.Append(new WalRecord.ValueRecord(new Timestamp(1), Round.Zero, new byte[Limits.BlockBytesMax + 5000])));
    }

    [Fact]
    public void AnUnopenedLogIsNotWritten()
    {
        using var wal = new Wal(_folder);
        Assert.Throws<InvariantException>(() => wal.Append(AllKinds[0]));
    }

    [Fact]
    public void EveryTruncationGivesTheLongestWholePrefix()
    {
        var (bytes, ends) = LogOf(AllKinds);
        for (var length = 0; length <= bytes.Length; length++)
        {
            var whole = ends.Count(end => end <= length);
            var folder = FolderWith(bytes.AsSpan(0, length));
            var after = new WalRecord.TimeoutRecord(new Timestamp(99), TimeoutKind.Prevote, new Round((uint)length));
            using (var wal = new Wal(folder))
            {
                Same(AllKinds[..whole], wal.Open(Height7));
                wal.Append(after);
                wal.Flush();
            }

            using var again = new Wal(folder);
            Same([.. AllKinds[..whole], after], again.Open(Height7)); // the tail was cut: what is appended stands right behind
        }
    }

    [Fact]
    public void ABitFlipGivesWhatStandsBeforeIt()
    {
        var (bytes, ends) = LogOf(AllKinds);
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var before = ends.Count(end => end <= bit / 8);
            var (records, length) = Wal.Read(bytes);
            Same(AllKinds[..before], records);
            Assert.Equal(before == 0 ? 0 : ends[before - 1], length);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void AGapARepeatAndAnotherOrderEndTheLog()
    {
        var (bytes, ends) = LogOf(AllKinds);
        var (first, second) = (bytes[..ends[0]], bytes[ends[0]..ends[1]]);
        Same(AllKinds[..1], Wal.Read([.. first, .. bytes[ends[1]..]]).Records);
        Same(AllKinds[..1], Wal.Read([.. first, .. first, .. second]).Records);
        Same([], Wal.Read([.. second, .. first]).Records);
        Same(AllKinds[..2], Wal.Read([.. first, .. second, .. second]).Records);
    }

    [Fact]
    public void AGreatLengthIsNotBelieved()
    {
        foreach (var length in new uint[] { uint.MaxValue, int.MaxValue, 1u << 31, (uint)Limits.BlockBytesMax + 5000 })
        {
            var frame = new byte[64];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(frame, length);
            Assert.Empty(Wal.Read(frame).Records);
        }
    }

    [Fact]
    public void RubbishIsAnEmptyLog()
    {
        var stream = new SeededStream(1);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[stream.NextBelow(200)];
            if (i % 3 > 0) stream.Fill(bytes); // every third is zeros, as a file that grew without its bytes
            Assert.Equal((0, 0L), (Wal.Read(bytes).Records.Count, Wal.Read(bytes).Length));
        }
    }

    [Fact]
    public void AChangedRecordIsNoneOrTheOneOfItsBytes()
    {
        foreach (var record in AllKinds)
        {
            var payload = record.Encode();
            for (var length = 0; length < payload.Length; length++) Check(payload[..length]);
            for (var bit = 0; bit < 8 * payload.Length; bit++)
            {
                payload[bit / 8] ^= (byte)(1 << (bit % 8));
                Check(payload);
                payload[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        static void Check(byte[] payload)
        {
            if (WalRecord.Decode(payload) is { } record) Assert.Equal(payload, record.Encode());
        }
    }

    [Fact]
    public void WhatWasFlushedSurvivesEveryCrashAndNothingElseAppears()
    {
        int crashes = 0, lost = 0;
        for (ulong seed = 0; seed < 300; seed++)
        {
            var (stream, folder) = (new SeededStream(seed), new MemoryFolder());
            var written = new List<WalRecord>(); // what the log holds at most, in order
            var durable = 0;
            Wal? wal = null;
            for (var step = 0; step < 60; step++)
            {
                if (stream.NextChance(1, 8)) folder.CrashAfter((long)stream.NextBelow(4), stream);
                try
                {
                    if (wal is null)
                    {
                        wal = new Wal(folder);
                        var records = wal.Open(Height7);
                        Assert.InRange(records.Count, durable, written.Count);
                        lost += written.Count - records.Count;
                        written.RemoveRange(records.Count, written.Count - records.Count);
                        Same(written, records);
                    }

                    // Written down before the append: the crash may come after its last byte.
                    written.Add(new WalRecord.TimeoutRecord(new Timestamp(seed), TimeoutKind.Propose, new Round((uint)step)));
                    wal.Append(written[^1]);
                    if (!stream.NextChance(1, 3)) continue;
                    wal.Flush();
                    durable = written.Count;
                }
                catch (SimulatedCrashException)
                {
                    wal = null;
                    crashes++;
                }
            }
        }

        Assert.True(crashes > 1000 && lost > 500, $"{crashes} crashes, {lost} records lost");
    }

    [Fact]
    public void EachHeightHasAFileAndTheOldOnesGo()
    {
        _folder.OpenSlots("signer-state").Dispose();
        using var wal = new Wal(_folder);
        for (ulong height = 1; height <= 30; height++)
        {
            Assert.Empty(wal.Open(new Height(height)));
            wal.Append(new WalRecord.StartRecord(new Timestamp(height)));
            wal.Flush();
        }

        Assert.Equal(["signer-state", .. Enumerable.Range(22, 9).Select(height => $"wal-{height:d20}")], _folder.List());
        Same([new WalRecord.StartRecord(new Timestamp(25))], wal.Open(new Height(25)));
        Same([new WalRecord.StartRecord(new Timestamp(30))], wal.Open(new Height(30)));
    }

    [Fact]
    public void TwoLogsNeverShareAFile()
    {
        using var wal = new Wal(_folder);
        wal.Open(Height7);
        using var other = new Wal(_folder);
        Assert.Throws<OperatorException>(() => other.Open(Height7));
    }

    private void Write(params WalRecord[] records)
    {
        using var wal = new Wal(_folder);
        wal.Open(Height7);
        foreach (var record in records) wal.Append(record);
        wal.Flush();
    }

    private static (byte[] Bytes, int[] Ends) LogOf(WalRecord[] records)
    {
        var folder = new MemoryFolder();
        var ends = new List<int>();
        using (var wal = new Wal(folder))
        {
            wal.Open(Height7);
            foreach (var record in records) wal.Append(record);
        }

        using var file = folder.OpenAppend(File7);
        foreach (var record in records) ends.Add((ends is [] ? 0 : ends[^1]) + 16 + record.Encode().Length);
        Assert.Equal(file.Length, ends[^1]);
        return (file.ReadAll(), [.. ends]);
    }

    private static MemoryFolder FolderWith(ReadOnlySpan<byte> log)
    {
        var folder = new MemoryFolder();
        using var file = folder.OpenAppend(File7);
        file.Append(log);
        file.Flush();
        return folder;
    }

    // Records hold memory, which compares by reference.
    private static void Same(IReadOnlyList<WalRecord> expected, IReadOnlyList<WalRecord> actual) =>
        Assert.Equal(expected.Select(r => Convert.ToHexString(r.Encode())), actual.Select(r => Convert.ToHexString(r.Encode())));

    private static WalRecord[] MakeAllKinds()
    {
        var committee = new Committee(1, 1, 1, 1);
        var (height, block) = (committee.Height, Committee.Block("A"));
        return
        [
            new WalRecord.StartRecord(new Timestamp(1)),
            new WalRecord.ProposalRecord(new Timestamp(2), committee.Sign(new Proposal(height, new Round(2), block.Hash, new Round(1)), 2), true, new byte[] { 1, 2, 3 }),
            new WalRecord.ProposalRecord(new Timestamp(3), committee.Sign(new Proposal(height, new Round(3), block.Hash, null), 3), false, Array.Empty<byte>()),
            new WalRecord.VoteRecord(new Timestamp(4), committee.Sign(new Prevote(height, new Round(2), block.Hash, new Round(1)), 0).Signed),
            new WalRecord.VoteRecord(new Timestamp(5), committee.Sign(new Precommit(height, new Round(2), block), 1).Signed),
            new WalRecord.VoteRecord(new Timestamp(6), committee.Sign(new Precommit(height, new Round(2), null), 2).Signed),
            new WalRecord.TimeoutRecord(new Timestamp(ulong.MaxValue), TimeoutKind.Propose, Round.Zero),
            new WalRecord.TimeoutRecord(new Timestamp(8), TimeoutKind.Prevote, new Round(uint.MaxValue - 1)),
            new WalRecord.TimeoutRecord(new Timestamp(8), TimeoutKind.Precommit, new Round(1)),
            new WalRecord.ValueRecord(new Timestamp(9), new Round(4), new byte[] { 9, 9 }),
            // Less what was known, so that a single vote may be all that is left of one.
            new WalRecord.PolkaRecord(new Timestamp(10), new PolkaCertificate(height, new Round(2), new Round(1), block.Hash, [SignatureOf(new Prevote(height, new Round(2), block.Hash, new Round(1)), 3)])),
            new WalRecord.RoundRecord(new Timestamp(11), new RoundCertificate([committee.Sign(new Precommit(height, new Round(2), null), 2).Signed])),
            new WalRecord.CommitRecord(new Timestamp(12), new CommitCertificate(height, new Round(2), block, [SignatureOf(new Precommit(height, new Round(2), block), 1)])),
        ];

        IndexedSignature SignatureOf(Vote vote, int by) => new((ushort)by, committee.Sign(vote, by).Signed.Signature);
    }
}
