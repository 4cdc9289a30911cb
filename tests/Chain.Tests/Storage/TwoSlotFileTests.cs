using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

public sealed class TwoSlotFileTests
{
    private const int Capacity = 200;
    private const int SlotSize = 4096;

    [Fact]
    public void TheNewestValidSlotIsReadAndTheOtherIsWritten()
    {
        var folder = new MemoryFolder();
        Write(folder, [1], [2], [3]); // slot 0 has 1, then 3; slot 1 has 2
        Flip(folder, 20);
        AssertHas(folder, [3]);
        Flip(folder, TwoSlotFile.HeaderSize);
        AssertHas(folder, [2]);
        Write(folder, [4]);
        AssertHas(folder, [4]);
        Flip(folder, TwoSlotFile.HeaderSize);
        AssertHas(folder, [2]); // so 4 went into slot 0, beside the valid one
    }

    [Fact]
    public void TwoCorruptSlotsAreNamedAndNeverWrittenOver()
    {
        var folder = new MemoryFolder();
        Write(folder, [1], [2]);
        Flip(folder, TwoSlotFile.HeaderSize);
        Flip(folder, SlotSize + TwoSlotFile.HeaderSize);
        using var file = new TwoSlotFile(folder, "state", Capacity);
        Assert.False(file.TryRead(out _, out var fault));
        Assert.Equal(SlotFault.Corrupt, fault);
        Assert.Throws<StoreFailedException>(() => file.Write([3]));
        Assert.Throws<StoreFailedException>(() => file.TryRead(out _, out _));
    }

    [Fact]
    public void ALostOnlySlotIsNotTakenForANewFile()
    {
        var folder = new MemoryFolder();
        Write(folder, [1]);
        Flip(folder, TwoSlotFile.HeaderSize);
        using var file = new TwoSlotFile(folder, "state", Capacity);
        Assert.Equal(SlotFault.Corrupt, file.Fault);
    }

    [Fact]
    public void SlotsThatNobodyCanOrderAreCorrupt()
    {
        var folder = new MemoryFolder();
        Write(folder, [1], [2]);
        using (var raw = folder.OpenSlots("state"))
        {
            var first = new byte[SlotSize];
            raw.Read(0, first);
            raw.WriteDurably(SlotSize, first);
        }

        using var file = new TwoSlotFile(folder, "state", Capacity);
        Assert.Equal(SlotFault.Corrupt, file.Fault);
    }

    [Fact]
    public void ASlotOfNumberZeroIsNone()
    {
        var slot = new byte[2 * SlotSize];
        BinaryPrimitives.WriteUInt32BigEndian(slot.AsSpan(TwoSlotFile.HeaderSize), Crc32C.Compute(slot.AsSpan(0, TwoSlotFile.HeaderSize)));
        var folder = new MemoryFolder();
        using (var raw = folder.OpenSlots("state")) raw.WriteDurably(0, slot);
        using var file = new TwoSlotFile(folder, "state", Capacity);
        Assert.False(file.TryRead(out _, out var fault));
        Assert.Equal(SlotFault.Corrupt, fault);
    }

    [Fact]
    public void EmptyAndFullPayloadsFit()
    {
        var folder = new MemoryFolder();
        Write(folder, Array.Empty<byte>());
        AssertHas(folder, []);
        Write(folder, Enumerable.Repeat((byte)7, Capacity).ToArray());
        AssertHas(folder, Enumerable.Repeat((byte)7, Capacity).ToArray());
        using var file = new TwoSlotFile(folder, "state", Capacity);
        Assert.Throws<InvariantException>(() => file.Write(new byte[Capacity + 1]));
    }

    /// <summary>Crashes at every call, the first write included: what had returned is there, and at most the write after it.</summary>
    [Fact]
    public void NoCrashEverGoesBack()
    {
        var outcomes = new Dictionary<string, int> { ["old"] = 0, ["new"] = 0 };
        for (ulong seed = 0; seed < 2_000; seed++)
        {
            var stream = new SeededStream(seed);
            var folder = new MemoryFolder();
            var returned = 0;
            for (var life = 0; life < 4; life++)
            {
                folder.CrashAfter((long)stream.NextBelow(6), stream);
                try
                {
                    var file = new TwoSlotFile(folder, "state", Capacity);
                    for (; returned < 100; returned++) file.Write(Payload(returned + 1));
                }
                catch (SimulatedCrashException) { }

                folder.Crash(stream);
                using var after = new TwoSlotFile(folder, "state", Capacity);
                if (!after.TryRead(out var payload, out var fault))
                {
                    Assert.Equal((0, SlotFault.NeverWritten), (returned, fault));
                    continue;
                }

                var found = BinaryPrimitives.ReadInt32BigEndian(payload);
                Assert.InRange(found, Math.Max(1, returned), returned + 1);
                outcomes[found == returned ? "old" : "new"]++;
                returned = found;
            }
        }

        Assert.All(outcomes, outcome => Assert.True(outcome.Value > 100, outcome.Key));
    }

    [Fact]
    public void RandomBytesNeverThrowAndNeverPass() =>
        Prop.ForAll<ulong, byte>((seed, size) =>
        {
            var folder = new MemoryFolder();
            var bytes = new byte[size * 40];
            new SeededStream(seed).Fill(bytes);
            using (var raw = folder.OpenSlots("state")) raw.WriteDurably(0, bytes);
            using var file = new TwoSlotFile(folder, "state", Capacity);
            return !file.TryRead(out _, out var fault) && fault != SlotFault.None;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyFlippedBitIsNoticed()
    {
        for (var at = 0; at < TwoSlotFile.HeaderSize + 4 + Crc32C.Size; at++)
        {
            var folder = new MemoryFolder();
            Write(folder, Payload(1), Payload(2));
            Flip(folder, SlotSize + at);
            AssertHas(folder, Payload(1));
        }
    }

    [Fact]
    public void TheFormatIsPinned()
    {
        var stream = new SeededStream(1);
        var folder = new MemoryFolder();
        var all = new List<byte>();
        for (var i = 0; i < 20; i++)
        {
            var payload = new byte[stream.NextBelow(Capacity + 1)];
            stream.Fill(payload);
            Write(folder, payload);
            using var raw = folder.OpenSlots("state");
            var bytes = new byte[raw.Length];
            raw.Read(0, bytes);
            all.AddRange(Hash256.Sha256(bytes).ToArray());
        }

        Assert.Equal("0xf1ffea82c7a560b3cea130d50a66b958ae16578238b22a5ba3978c189a8b678b", Hash256.Sha256([.. all]).ToString());
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE3069283)]
    public void TheCheckSumIsCastagnolis(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(System.Text.Encoding.ASCII.GetBytes(text)));

    // RFC 3720 B.4: 32 bytes of zeros, of ones, ascending.
    [Fact]
    public void TheCheckSumHasTheVectorsOfItsRfc()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void TheCheckSumIsThatOfItsDefinitionBitByBit() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var crc = uint.MaxValue;
            foreach (var b in bytes)
            {
                crc ^= b;
                for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) == 1 ? 0x82F63B78 : 0);
            }

            return Crc32C.Compute(bytes) == ~crc;
        }).QuickCheckThrowOnFailure();

    private static byte[] Payload(int number)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        return payload;
    }

    private static void Write(MemoryFolder folder, params byte[][] payloads)
    {
        using var file = new TwoSlotFile(folder, "state", Capacity);
        foreach (var payload in payloads) file.Write(payload);
    }

    private static void AssertHas(MemoryFolder folder, byte[] expected)
    {
        using var file = new TwoSlotFile(folder, "state", Capacity);
        Assert.True(file.TryRead(out var payload, out var fault), fault.ToString());
        Assert.Equal(expected, payload);
    }

    private static void Flip(MemoryFolder folder, int at)
    {
        using var raw = folder.OpenSlots("state");
        var one = new byte[1];
        Assert.Equal(1, raw.Read(at, one));
        raw.WriteDurably(at, [(byte)(one[0] ^ 0x10)]);
    }
}
