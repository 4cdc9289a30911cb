using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class SparseDeltaTests
{
    private static readonly ModelPlan Plan = ModelSpec.SmallConvolutional().Plan;

    private readonly ModelParameters _from = Samples.Parameters(Plan, 1);
    private readonly ModelParameters _wanted = Samples.Parameters(Plan, 2);

    [Fact]
    public void ADeltaLeadsToTheCheckpointThatItNames() =>
        Prop.ForAll<byte, byte, byte>((a, b, changes) =>
        {
            var plan = Samples.OddSpec(a % Samples.OddSpecs).Plan;
            var (from, wanted) = (Samples.Parameters(plan, (byte)(b % 100)), Samples.Parameters(plan, (byte)((b + 1) % 100)));
            var delta = SparseDelta.Between(from, wanted, 1 + changes, out var result);
            Assert.True(SparseDelta.TryDecode(delta.Encode(), out var decoded, out _));
            Assert.Equal(delta.Encode(), decoded.Encode());
            Assert.True(decoded.TryApply(from, out var checkpoint, out var error), error.ToString());
            return checkpoint.AsSpan().SequenceEqual(Checkpoint.Write(result)) && BlobManifest.Of(checkpoint).Hash == decoded.Result;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void ADeltaIsAHundredthOfTheFullForm()
    {
        var delta = SparseDelta.Between(_from, _wanted, 64, out _);
        var full = Checkpoint.SizeBytes(Plan);
        Assert.InRange(delta.Changes, 1, 64 * 3);
        Assert.True(delta.Encode().Length * 40 < full, $"{delta.Encode().Length} of {full} bytes");
    }

    [Fact]
    public void NoDeltaIsLongerThanItsBound()
    {
        var longest = SparseDelta.Between(_from, _wanted, SparseDelta.ChangesMax, out _).Encode();
        Assert.InRange(longest.Length, 2_000, SparseDelta.BytesMax(Plan.ParameterCount));
        Assert.True(SparseDelta.BytesMax(Plan.ParameterCount) * 4 < Checkpoint.SizeBytes(Plan));
    }

    [Fact]
    public void TheGreatestDifferencesAreSentFirst()
    {
        var wanted = _from.Copy();
        wanted.Values[5] += 1;
        wanted.Values[9] -= 2;
        wanted.Values[4095] += 0.5f;
        wanted.Values[4096] += 0.25f; // of the next block
        var delta = SparseDelta.Between(_from, wanted, 2, out var result);
        Assert.Equal(3, delta.Changes);
        Assert.InRange(result.Values[9], wanted.Values[9] - 0.01f, wanted.Values[9] + 0.01f);
        Assert.InRange(result.Values[5], wanted.Values[5] - 0.01f, wanted.Values[5] + 0.01f);
        Assert.Equal(_from.Values[4095], result.Values[4095]);
        Assert.InRange(result.Values[4096], wanted.Values[4096] - 0.01f, wanted.Values[4096] + 0.01f);
    }

    [Fact]
    public void NothingChangedIsADeltaToo()
    {
        var delta = SparseDelta.Between(_from, _from, 64, out var result);
        Assert.Equal(0, delta.Changes);
        Assert.Equal(delta.Base, delta.Result);
        Assert.Equal(Samples.Bits(_from.Values), Samples.Bits(result.Values));
    }

    [Fact]
    public void ADeltaOfAnythingElseIsRefusedByName()
    {
        var delta = SparseDelta.Between(_from, _wanted, 64, out _);
        Assert.False(delta.TryApply(_wanted, out _, out var error));
        Assert.Equal(SparseDeltaError.OtherBase, error);
        Assert.False(delta.TryApply(Samples.Parameters(Samples.OddSpec(0).Plan, 1), out _, out error));
        Assert.Equal(SparseDeltaError.OtherModel, error);
        var bytes = delta.Encode();
        bytes[36] ^= 1; // the result that it promises
        Assert.True(SparseDelta.TryDecode(bytes, out var false1, out _));
        Assert.False(false1.TryApply(_from, out _, out error));
        Assert.Equal(SparseDeltaError.OtherResult, error);
    }

    [Fact]
    public void NoDeltaMakesAModelEndless()
    {
        var from = _from.Copy();
        from.Values[0] = float.MaxValue;
        // The greatest change that there is, 127 * 2^63, at place 0.
        var head = SparseDelta.Between(from, from, 1, out _).Encode()[..72];
        var changed = new ByteWriter().Bytes(head).UInt16(1).Byte(63).Byte(0).Byte(0).Byte(127);
        for (var block = 1; block < (Plan.ParameterCount + 4095) / 4096; block++) changed.UInt16(0);
        Assert.True(SparseDelta.TryDecode(changed.ToArray(), out var delta, out _));
        // The sum rounds back to the same number, so the result is the base itself, as the head says.
        Assert.True(delta.TryApply(from, out _, out var error), error.ToString());
    }

    [Fact]
    public void HostileBytesAreRefusedByName()
    {
        var wanted = _from.Copy();
        foreach (var place in new[] { 3, 7, 8 }) wanted.Values[place] += place;
        var good = SparseDelta.Between(_from, wanted, 3, out _).Encode();
        AssertFault(SparseDeltaError.None, good);
        AssertFault(SparseDeltaError.Truncated, []);
        AssertFault(SparseDeltaError.Truncated, good[..71]);
        AssertFault(SparseDeltaError.Truncated, good[..76]);
        AssertFault(SparseDeltaError.Truncated, good[..^1]);
        AssertFault(SparseDeltaError.TrailingBytes, [.. good, 0]);
        AssertFault(SparseDeltaError.WrongMagic, With(good, 0, (byte)'X'));
        AssertFault(SparseDeltaError.TooLarge, With(good, 68, 1)); // 16 million parameters and more
        AssertFault(SparseDeltaError.TooLarge, [.. good[..68], 0, 0, 0, 0]);
        AssertFault(SparseDeltaError.TooManyChanges, With(good, 72, 5)); // 1,283 changes
        AssertFault(SparseDeltaError.ExponentOutOfRange, With(good, 74, 64));
        AssertFault(SparseDeltaError.ExponentOutOfRange, With(good, 74, 0x80));
        // Places 3, 7, 8 in twelve bits each: 00 30 07 00 80.
        Assert.Equal(new byte[] { 0, 0x30, 7, 0, 0x80 }, good[75..80]);
        AssertFault(SparseDeltaError.PlacesOutOfOrder, With(good, 77, 3)); // 3 twice
        AssertFault(SparseDeltaError.PlacesOutOfOrder, With(good, 77, 2)); // 2 after 3
        AssertFault(SparseDeltaError.NotCanonical, With(good, 79, 0x81)); // a bit where nothing is
        AssertFault(SparseDeltaError.NotCanonical, With(good, 80, 0)); // a change of zero
        // 24, 56 and 64 eighths: as 12, 28 and 32 quarters they would be the same delta with another hash.
        Assert.Equal(new byte[] { 24, 56, 64 }, good[80..83]);
        AssertFault(SparseDeltaError.NotCanonical, With(With(With(With(good, 74, unchecked((byte)-2)), 80, 12), 81, 28), 82, 32));
        AssertFault(SparseDeltaError.NotCanonical, With(good, 82, 0x80)); // -128, which nobody writes
    }

    [Fact]
    public void ThePlacesOfAShortBlockLieInIt()
    {
        var plan = Samples.OddSpec(6).Plan;
        var from = Samples.Parameters(plan, 1);
        var wanted = from.Copy();
        wanted.Values[^1] += 1;
        var good = SparseDelta.Between(from, wanted, 1, out _).Encode();
        AssertFault(SparseDeltaError.None, good);
        var place = plan.ParameterCount; // one behind the last
        AssertFault(SparseDeltaError.PlacesOutOfOrder, With(With(good, 75, (byte)(place >> 4)), 76, (byte)((place & 15) << 4)));
    }

    [Fact]
    public void MemoryIsTakenForWhatIsThere()
    {
        var promise = new ByteWriter().Bytes("NCD1"u8).Hash(Samples.Seed(1)).Hash(Samples.Seed(2)).UInt32(ModelLimits.ParametersMax).Bytes(new byte[100]).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertFault(SparseDeltaError.Truncated, promise);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public void WhatADeltaLeavesOutComesLater()
    {
        var (sent, fresh) = (new ErrorFeedback(Plan), _from);
        for (var round = 0; round < 400; round++) sent.Next(fresh, round == 0 ? _wanted : fresh, 64, out fresh);
        // 64 of 4,096 a round: all values have come near to what was wanted once, though it was said once only.
        Assert.True(Distance(fresh, _wanted) < Distance(_from, _wanted) / 50, $"{Distance(fresh, _wanted)} of {Distance(_from, _wanted)}");

        var (forgot, without) = (new ErrorFeedback(Plan), _from);
        for (var round = 0; round < 20; round++)
        {
            forgot.Next(without, round == 0 ? _wanted : without, 64, out without);
            forgot.Reset();
        }

        Assert.True(Distance(without, _wanted) > Distance(_from, _wanted) / 2);
    }

    [Fact]
    public void WhatIsLeftOutOfTheGreatestNumbersStaysANumber()
    {
        var (feedback, greatest) = (new ErrorFeedback(Plan), _from.Copy());
        Array.Fill(greatest.Values, float.MaxValue);
        for (var round = 0; round < 3; round++)
        {
            feedback.Next(_from, greatest, 1, out var result);
            Assert.True(result.IsFinite);
        }
    }

    [Fact]
    public void ACopyOfWhatIsLeftOutGoesOnByItself()
    {
        var feedback = new ErrorFeedback(Plan);
        feedback.Next(_from, _wanted, 64, out var first);
        var (one, two) = (feedback.Copy(), feedback.Copy());
        Assert.Equal(one.Next(first, first, 64, out _).Encode(), two.Next(first, first, 64, out _).Encode());
        Assert.Equal(one.Next(first, first, 64, out _).Encode(), two.Next(first, first, 64, out _).Encode());
        Assert.Equal(feedback.Copy().Next(first, first, 64, out _).Encode(), feedback.Next(first, first, 64, out _).Encode());
    }

    [Fact]
    public void WhatWouldLeaveTheRangeIsDropped()
    {
        var (feedback, wanted) = (new ErrorFeedback(Plan), _from.Copy());
        wanted.Values[0] = float.MaxValue;
        feedback.Next(_from, wanted, 1, out var first); // a byte of the greatest step is far from it: almost all is left out
        feedback.Next(first, wanted, 1, out var second);
        Assert.True(second.IsFinite);
        Assert.True(second.Values[0] > first.Values[0]);
    }

    [Fact]
    public void TheFormatIsPinned() =>
        Assert.Equal("0x7278b3721633249870b162bf6cc1f56904ede61ad2fe132f7e19ead243b18c7f", Hash256.Sha256(SparseDelta.Between(_from, _wanted, 64, out _).Encode()).ToString());

    private static double Distance(ModelParameters a, ModelParameters b) => a.Values.Zip(b.Values).Sum(pair => (double)(pair.First - pair.Second) * (pair.First - pair.Second));

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }

    private static void AssertFault(SparseDeltaError expected, byte[] bytes)
    {
        Assert.Equal(expected == SparseDeltaError.None, SparseDelta.TryDecode(bytes, out _, out var error));
        Assert.Equal(expected, error);
    }
}
