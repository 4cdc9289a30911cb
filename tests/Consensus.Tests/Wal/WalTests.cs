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
        Same(AllKinds, wal.Open(Height7).Records);
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
        Assert.Equal(Limits.BlockBytesMax, Assert.IsType<WalRecord.ValueRecord>(Assert.Single(wal.Open(Height7).Records)).Block.Length);
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
                var read = wal.Open(Height7);
                Same(AllKinds[..whole], read.Records);
                Assert.Equal((length - read.Length, false), (read.LostBytes, read.IsHarmed));
                wal.Append(after);
                wal.Flush();
            }

            using var again = new Wal(folder);
            Same([.. AllKinds[..whole], after], again.Open(Height7).Records); // the tail was cut: what is appended stands right behind
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
            var read = WalRead.Decode(bytes);
            Same(AllKinds[..before], read.Records);
            Assert.Equal(before == 0 ? 0 : ends[before - 1], read.Length);
            Assert.False(read.IsHarmed); // none of them says that another was flushed
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void AGapARepeatAndAnotherOrderEndTheLog()
    {
        var (bytes, ends) = LogOf(AllKinds);
        var (first, second) = (bytes[..ends[0]], bytes[ends[0]..ends[1]]);
        Same(AllKinds[..1], WalRead.Decode([.. first, .. bytes[ends[1]..]]).Records);
        Same(AllKinds[..1], WalRead.Decode([.. first, .. first, .. second]).Records);
        Same([], WalRead.Decode([.. second, .. first]).Records);
        Same(AllKinds[..2], WalRead.Decode([.. first, .. second, .. second]).Records);
    }

    /// <summary>The log of a node that flushes after each record: every byte of it is promised.</summary>
    [Fact]
    public void AHarmedFileIsToldWhereverSomethingFollowsTheHarm()
    {
        var (bytes, ends) = LogOf(AllKinds, isFlushed: true);
        var (harmed, last) = (0, 0);
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 0x5A;
            var read = WalRead.Decode(bytes);
            var before = ends.Count(end => end <= at);
            Same(AllKinds[..before], read.Records);
            Assert.Equal(bytes.Length - read.Length, read.LostBytes);
            Assert.Equal(before < AllKinds.Length - 1, read.IsHarmed); // the last record has no witness: it may as well be torn
            if (read.IsHarmed) harmed++;
            else last++;
            bytes[at] ^= 0x5A;
        }

        Assert.True(harmed > 500 && last > 50, $"{harmed} told, {last} not to be told");
    }

    [Fact]
    public void ALostSectorOfWhatWasNotFlushedIsNoHarm()
    {
        var (bytes, ends) = LogOf(AllKinds);
        Array.Clear(bytes, ends[1], ends[2] - ends[1]); // the crash came before the third of them was on the disk, and after the fourth
        var read = WalRead.Decode(bytes);
        Same(AllKinds[..2], read.Records);
        Assert.Equal((bytes.Length - (long)ends[1], false), (read.LostBytes, read.IsHarmed));
    }

    /// <summary>After a cut, records take the places of old ones. An old one that the disk brings back is whole and in its place, and was not written after those.</summary>
    [Fact]
    public void AnOldRecordInItsPlaceDoesNotContinueNewOnes()
    {
        WalRecord Timeout(uint round) => new WalRecord.TimeoutRecord(new Timestamp(round), TimeoutKind.Propose, new Round(round));
        var (before, ends) = LogOf([Timeout(1), Timeout(2), Timeout(3)]);
        var (after, same) = LogOf([Timeout(1), Timeout(5), Timeout(6)]);
        Assert.Equal(ends, same);
        Same([Timeout(1), Timeout(5)], WalRead.Decode([.. after[..ends[1]], .. before[ends[1]..]]).Records);
    }

    [Fact]
    public void WhatAKilledProcessLeftIsMadeDurableBeforeAnythingFollowsFromIt()
    {
        using (var wal = new Wal(_folder))
        {
            wal.Open(Height7);
            wal.Append(AllKinds[0]);
            _folder.Kill(); // in the cache of the machine, and not on its disk
        }

        using (var wal = new Wal(_folder))
        {
            Same(AllKinds[..1], wal.Open(Height7).Records);
            wal.Flush();
        }

        _folder.Crash(new SeededStream(1));
        Same(AllKinds[..1], Wal.Read(_folder, Height7).Records);
    }

    [Fact]
    public void LookingAtALogChangesNothing()
    {
        Write(AllKinds);
        using (var file = _folder.OpenAppend(File7)) file.Append([1, 2, 3]);
        var length = _folder.Length;
        var read = Wal.Read(_folder, Height7);
        Same(AllKinds, read.Records);
        Assert.Equal((3, false, length), (read.LostBytes, read.IsHarmed, _folder.Length));
    }

    [Fact]
    public void TimersOfMoreThanADayAreNotReadAndNotWritten()
    {
        var start = new WalRecord.StartRecord(new Timestamp(1), null, new TimeoutSettings { Delta = TimeSpan.FromDays(1) });
        var payload = start.Encode();
        Assert.Equal(start, WalRecord.Decode(payload));
        payload[^9]++; // one tick more
        Assert.Null(WalRecord.Decode(payload));
        Assert.Throws<InvariantException>(() => (start with { Timeouts = new TimeoutSettings { Delta = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) } }).Encode());
    }

    [Fact]
    public void AGreatLengthIsNotBelieved()
    {
        foreach (var length in new uint[] { uint.MaxValue, int.MaxValue, 1u << 31, (uint)Limits.BlockBytesMax + 5000 })
        {
            var frame = new byte[64];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(frame, length);
            Assert.Empty(WalRead.Decode(frame).Records);
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
            Assert.Equal((0, 0L, false), (WalRead.Decode(bytes).Records.Count, WalRead.Decode(bytes).Length, WalRead.Decode(bytes).IsHarmed));
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
                        var (records, _, _, isHarmed) = wal.Open(Height7);
                        Assert.False(isHarmed); // no crash breaks what a flush has promised
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
            Assert.Empty(wal.Open(new Height(height)).Records);
            wal.Append(new WalRecord.TimeoutRecord(new Timestamp(height), TimeoutKind.Propose, Round.Zero));
            wal.Flush();
        }

        Assert.Equal(["signer-state", .. Enumerable.Range(22, 9).Select(height => $"wal-{height:d20}")], _folder.List());
        Same([new WalRecord.TimeoutRecord(new Timestamp(25), TimeoutKind.Propose, Round.Zero)], wal.Open(new Height(25)).Records);
        Same([new WalRecord.TimeoutRecord(new Timestamp(30), TimeoutKind.Propose, Round.Zero)], wal.Open(new Height(30)).Records);
        wal.Dispose();
        Assert.Equal(Enumerable.Range(22, 9).Select(height => new Height((ulong)height)), Wal.HeightsIn(_folder));
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

    private static (byte[] Bytes, int[] Ends) LogOf(WalRecord[] records, bool isFlushed = false)
    {
        var folder = new MemoryFolder();
        var ends = new List<int>();
        using (var wal = new Wal(folder))
        {
            wal.Open(Height7);
            foreach (var record in records)
            {
                wal.Append(record);
                if (isFlushed) wal.Flush();
            }
        }

        using var file = folder.OpenAppend(File7);
        foreach (var record in records) ends.Add((ends is [] ? 0 : ends[^1]) + WalFrame.Overhead + record.Encode().Length);
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
            new WalRecord.StartRecord(new Timestamp(1), committee.Keys[2].Address, new TimeoutSettings { Propose = TimeSpan.FromMilliseconds(1.5), Cap = TimeSpan.FromDays(1) }),
            new WalRecord.StartRecord(new Timestamp(1), null, new TimeoutSettings()),
            new WalRecord.ProposalRecord(new Timestamp(2), committee.Sign(new Proposal(height, new Round(2), block.Hash, new Round(1)), 2), true, new byte[] { 1, 2, 3 }),
            new WalRecord.ProposalRecord(new Timestamp(3), committee.Sign(new Proposal(height, new Round(3), block.Hash, null), 3), false, Array.Empty<byte>()),
            new WalRecord.VoteRecord(new Timestamp(4), committee.Sign(new Prevote(height, new Round(2), block.Hash, new Round(1)), 0).Signed),
            new WalRecord.VoteRecord(new Timestamp(5), committee.Sign(new Precommit(height, new Round(2), block), 1).Signed),
            new WalRecord.VoteRecord(new Timestamp(6), committee.Sign(new Precommit(height, new Round(2), null), 2).Signed),
            new WalRecord.TimeoutRecord(new Timestamp(ulong.MaxValue), TimeoutKind.Propose, Round.Zero),
            new WalRecord.TimeoutRecord(new Timestamp(8), TimeoutKind.Prevote, new Round(uint.MaxValue - 1)),
            new WalRecord.TimeoutRecord(new Timestamp(8), TimeoutKind.Precommit, new Round(1)),
            new WalRecord.ValueRecord(new Timestamp(9), new Round(4), new byte[] { 9, 9 }),
            new WalRecord.EffectsRecord(new Timestamp(10), Hash256.Sha256([1])),
            new WalRecord.SilenceRecord(new Timestamp(10)),
            // Less what was known, so that a single vote may be all that is left of one.
            new WalRecord.PolkaRecord(new Timestamp(10), new PolkaCertificate(height, new Round(2), new Round(1), block.Hash, [SignatureOf(new Prevote(height, new Round(2), block.Hash, new Round(1)), 3)])),
            new WalRecord.RoundRecord(new Timestamp(11), new RoundCertificate([committee.Sign(new Precommit(height, new Round(2), null), 2).Signed])),
            new WalRecord.CommitRecord(new Timestamp(12), new CommitCertificate(height, new Round(2), block, [SignatureOf(new Precommit(height, new Round(2), block), 1)])),
        ];

        IndexedSignature SignatureOf(Vote vote, int by) => new((ushort)by, committee.Sign(vote, by).Signed.Signature);
    }
}
