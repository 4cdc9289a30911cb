using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

public sealed class StateProofTests
{
    private static readonly (byte[] Key, byte[] Value)[] Records = [.. Enumerable.Range(0, 40).Select(i => (Key(i), new[] { (byte)i, (byte)7 }))];

    private static readonly NaiveState State = new(Records);

    [Fact]
    public void EveryRecordIsProvedAndEveryOtherKeyIsProvedAbsent() =>
        Prop.ForAll<byte[]>(numbers =>
        {
            var records = numbers.Distinct().Select(n => (Key(n), new[] { n })).ToArray();
            var state = new NaiveState(records);
            return Enumerable.Range(0, 256).All(i =>
            {
                var isThere = numbers.Contains((byte)i);
                var bytes = state.Prove(Key(i)).Encode();
                return StateProof.TryDecode(bytes, out var proof)
                    && proof.Encode().AsSpan().SequenceEqual(bytes)
                    && proof.ProvesInclusion(state.Root, Key(i), [(byte)i]) == isThere
                    && proof.ProvesExclusion(state.Root, Key(i)) != isThere;
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void NothingIsInTheEmptyState()
    {
        var proof = new NaiveState().Prove(Key(1));
        Assert.Equal([0, 0, 0], proof.Encode());
        Assert.True(proof.ProvesExclusion(Hash256.Zero, Key(1)));
        Assert.False(proof.ProvesInclusion(Hash256.Zero, Key(1), []));
        Assert.False(proof.ProvesExclusion(State.Root, Key(1_000)));
    }

    [Fact]
    public void AProofHoldsForItsKeyValueAndRootAlone()
    {
        foreach (var (key, value) in Records)
        {
            var proof = State.Prove(key);
            Assert.True(proof.ProvesInclusion(State.Root, key, value));
            Assert.False(proof.ProvesInclusion(State.Root, key, [.. value, 0]));
            Assert.False(proof.ProvesInclusion(State.Root, key, []));
            Assert.False(proof.ProvesInclusion(Hash256.Sha256([1]), key, value));
            foreach (var (other, otherValue) in Records.Where(r => r.Key != key))
            {
                Assert.False(proof.ProvesInclusion(State.Root, other, value));
                Assert.False(proof.ProvesInclusion(State.Root, other, otherValue));
                Assert.False(proof.ProvesExclusion(State.Root, other));
            }
        }
    }

    [Fact]
    public void ALeafDoesNotExcludeItsOwnKeyWhateverItsValue()
    {
        var (key, value) = Records[0];
        var honest = State.Prove(key);
        Assert.False(honest.ProvesExclusion(State.Root, key));
        Assert.False(new StateProof([.. honest.Siblings], new StateProofLeaf(StateHash.Path(key), Hash256.Sha256([9]))).ProvesExclusion(State.Root, key));
        Assert.False(new StateProof([.. honest.Siblings], null).ProvesExclusion(State.Root, key));
        Assert.True(honest.ProvesInclusion(State.Root, key, value));
    }

    [Fact]
    public void ALeafThatIsNotOnTheWayExcludesNothing()
    {
        // A tree made by a liar: on the left of the root stands a leaf whose path begins with 1, so that its own key seems to have no record.
        var right = Enumerable.Range(0, 100).Select(Key).First(k => StateHash.Path(k).Bit(0));
        var left = Enumerable.Range(0, 100).Select(Key).First(k => !StateHash.Path(k).Bit(0));
        var leaf = new StateProofLeaf(StateHash.Path(right), Hash256.Sha256([1]));
        var root = StateHash.Branch(StateHash.Leaf(leaf.Path, leaf.ValueHash), Hash256.Sha256([2]));
        Assert.False(new StateProof([Hash256.Sha256([2])], leaf).ProvesExclusion(root, left));

        var inPlace = new StateProofLeaf(StateHash.Path(left), Hash256.Sha256([1]));
        var honest = StateHash.Branch(StateHash.Leaf(inPlace.Path, inPlace.ValueHash), Hash256.Sha256([2]));
        var absent = Enumerable.Range(100, 100).Select(Key).First(k => !StateHash.Path(k).Bit(0));
        Assert.True(new StateProof([Hash256.Sha256([2])], inPlace).ProvesExclusion(honest, absent));
    }

    [Fact]
    public void AnyFlippedBitOfAProofFails()
    {
        foreach (var number in new[] { 0, 1, 2, 3, 1_000, 1_001, 1_002, 1_003 })
        {
            var key = Key(number);
            byte[] value = [(byte)(number & 0xff), 7];
            var bytes = State.Prove(key).Encode();
            Assert.True(Proves(bytes, key, value));
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Proves(bytes, key, value), $"key {number}, bit {bit}");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void ACutOrProlongedEncodingIsNone()
    {
        foreach (var key in new[] { Key(0), Key(1_000), Key(1_003) })
        {
            var bytes = State.Prove(key).Encode();
            for (var length = 0; length < bytes.Length; length++) Assert.False(StateProof.TryDecode(bytes.AsSpan(0, length), out _));
            Assert.False(StateProof.TryDecode([.. bytes, 0], out _));
        }
    }

    [Fact]
    public void SiblingsInAnotherOrderOrNumberLeadElsewhere()
    {
        var (key, value) = Records[5];
        var honest = State.Prove(key);
        Hash256[] siblings = [.. honest.Siblings];
        Assert.True(siblings.Length >= 2);
        Hash256[][] wrong = [[.. siblings.Reverse()], siblings[1..], siblings[..^1], [.. siblings, Hash256.Zero], [Hash256.Zero, .. siblings]];
        foreach (var other in wrong) Assert.False(new StateProof(other, honest.Leaf).ProvesInclusion(State.Root, key, value));
    }

    [Fact]
    public void AProofHasOneEncoding()
    {
        var sibling = Hash256.Sha256([1]);
        byte[] one = [0, 2, 0b0100_0000, .. sibling.ToArray(), 0];
        Assert.True(StateProof.TryDecode(one, out var proof));
        Assert.Equal([Hash256.Zero, sibling], proof.Siblings);
        Assert.Equal(one, proof.Encode());

        Assert.False(StateProof.TryDecode([0, 2, 0b0110_0000, .. sibling.ToArray(), .. sibling.ToArray(), 0], out _)); // a bit beyond the depth
        Assert.False(StateProof.TryDecode([0, 2, 0b0100_0001, .. sibling.ToArray(), 0], out _)); // a stray bit
        Assert.False(StateProof.TryDecode([0, 2, 0b1100_0000, .. new byte[32], .. sibling.ToArray(), 0], out _)); // a zero written out
        Assert.False(StateProof.TryDecode([0, 2, 0b0100_0000, .. sibling.ToArray(), 2], out _)); // an end that is neither
        Assert.False(StateProof.TryDecode([0, 2, 0b0100_0000, .. sibling.ToArray(), 0, .. new byte[64]], out _)); // a leaf that is said to be none
    }

    [Fact]
    public void AWayOf256StepsIsTheLongest()
    {
        var siblings = Enumerable.Range(0, StateHash.DepthMax).Select(i => Hash256.Sha256([(byte)i])).ToArray();
        var path = StateHash.Path(Key(1));
        var longest = new StateProof(siblings, new StateProofLeaf(path, Hash256.Sha256([5]))).Encode();
        Assert.Equal(StateProof.SizeMax, longest.Length);
        Assert.True(StateProof.TryDecode(longest, out var proof));
        Assert.True(proof.ProvesInclusion(StateHash.Root(StateHash.Leaf(path, Hash256.Sha256([5])), path, siblings), Key(1), [5]));

        longest[0] = 1;
        longest[1] = 1;
        Assert.False(StateProof.TryDecode([.. longest, .. new byte[100]], out _));
        Assert.False(StateProof.TryDecode([0xff, 0xff, .. new byte[10_000]], out _));
        Assert.Throws<InvariantException>(() => new StateProof([.. siblings, Hash256.Zero], null));
    }

    [Fact]
    public void RandomBytesNeverThrowAndDecodeToWhatTheyAre() =>
        Prop.ForAll<byte[]>(bytes => !StateProof.TryDecode(bytes, out var proof) || proof.Encode().AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void BitsAreCountedFromTheHighestOfTheFirstByte()
    {
        var bytes = new byte[32];
        bytes[0] = 0x80;
        bytes[9] = 0x01;
        bytes[31] = 0x01;
        var hash = Hash256.FromBytes(bytes);
        Assert.Equal([0, 79, 255], Enumerable.Range(0, 256).Where(hash.Bit));
        Assert.True(hash.SharesBits(hash, 256));
        foreach (var at in new[] { 0, 1, 63, 64, 127, 128, 191, 192, 255 })
        {
            var other = hash.ToArray();
            other[at / 8] ^= (byte)(0x80 >> (at % 8));
            Assert.True(hash.SharesBits(Hash256.FromBytes(other), at));
            Assert.False(hash.SharesBits(Hash256.FromBytes(other), at + 1));
        }
    }

    private static bool Proves(byte[] bytes, byte[] key, byte[] value) =>
        StateProof.TryDecode(bytes, out var proof) && (proof.ProvesInclusion(State.Root, key, value) || proof.ProvesExclusion(State.Root, key));

    private static byte[] Key(int number) => [1, 0, (byte)(number >> 8), (byte)(number & 0xff)];
}
