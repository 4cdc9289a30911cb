using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

public sealed class ValidatorSetTests
{
    // keccak256 of ethers 6, AbiCoder.encode(["address[]", "uint64[]"], ...).
    [Fact]
    public void TheRootIsThatOfEthers()
    {
        Assert.Equal("0x376c28004ae07cea2b08aa65b4c0791190c0818331718ef91aacda4e30a20dbc", RootOf((Number(1), 1)));
        Assert.Equal(
            "0x82a0866338145df4300342fcb89216d108d82aeb5c1330171a39cbeb3fb7f99b",
            RootOf((Number(1), 10), (Number(2), 10), (Number(3), 10), (Number(4), 10)));
        var bytes = new byte[Address.Size];
        bytes.AsSpan().Fill(0xab);
        var ab = Address.FromBytes(bytes);
        bytes.AsSpan().Fill(0xff);
        Assert.Equal(
            "0xd45659881eec93ee91646265a9fadd907cb1354dfea495e1b5f1bc983cae50c5",
            RootOf((Address.FromBytes(bytes), 999), (Number(0x100), 2), (ab, 1UL << 40), (Number(7), 1))); // whatever the order it was given in
        Assert.Equal(
            "0x66ff26b1e12a83bb870870b1b9481a733c545ca5e06838606802f187509fcd1b",
            RootOf([.. Enumerable.Range(0, 100).Select(i => (Number(i + 1), (ulong)((i * i) + 1)))]));
    }

    [Fact]
    public void ASetHasDifferentMembersWithPowerWithinBounds()
    {
        Assert.False(ValidatorSet.TryCreate([], out _));
        Assert.False(ValidatorSet.TryCreate([new(Number(1), 0)], out _));
        Assert.True(ValidatorSet.TryCreate([new(Number(1), Limits.VotingPowerMax)], out _));
        Assert.False(ValidatorSet.TryCreate([new(Number(1), Limits.VotingPowerMax + 1)], out _));
        Assert.False(ValidatorSet.TryCreate([new(Number(1), 1), new(Number(2), 1), new(Number(1), 2)], out _));
        Assert.True(ValidatorSet.TryCreate(Enumerable.Range(1, Limits.ValidatorsMax).Select(i => new Validator(Number(i), Limits.VotingPowerMax)), out var greatest));
        Assert.Equal(Limits.ValidatorsMax * Limits.VotingPowerMax, greatest.TotalPower);
        Assert.True(greatest.IsQuorum(greatest.TotalPower));
        Assert.False(ValidatorSet.TryCreate(Enumerable.Range(1, Limits.ValidatorsMax + 1).Select(i => new Validator(Number(i), 1)), out _));
    }

    [Fact]
    public void MembersAreFoundByAddress()
    {
        Assert.True(ValidatorSet.TryCreate(Enumerable.Range(1, 31).Select(i => new Validator(Number(2 * i), (ulong)i)), out var set));
        for (var i = 1; i <= 31; i++)
        {
            Assert.True(set.TryIndexOf(Number(2 * i), out var index));
            Assert.Equal((i - 1, (ulong)i), (index, set.PowerOf(Number(2 * i))));
            Assert.False(set.Contains(Number((2 * i) + 1)));
            Assert.Equal(0UL, set.PowerOf(Number((2 * i) - 1)));
        }
    }

    [Fact]
    public void AnEncodingInAnotherOrderIsRefused()
    {
        Assert.True(ValidatorSet.TryCreate([new(Number(1), 5), new(Number(2), 6)], out var set));
        var bytes = set.Encode();
        Assert.True(ValidatorSet.TryDecode(bytes, out var back));
        Assert.Equal(set, back);
        byte[] swapped = [.. bytes[..2], .. bytes[30..], .. bytes[2..30]];
        Assert.False(ValidatorSet.TryDecode(swapped, out _));
        Assert.False(ValidatorSet.TryDecode([0, 0], out _));
        Assert.False(ValidatorSet.TryDecode([0xff, 0xff], out _));
    }

    [Theory]
    [InlineData(1, 1, true, true)]
    [InlineData(2, 3, false, true)]
    [InlineData(1, 3, false, false)]
    [InlineData(6, 9, false, true)]
    [InlineData(7, 9, true, true)]
    [InlineData(3, 9, false, false)]
    [InlineData(4, 9, false, true)]
    [InlineData(2, 4, false, true)]
    [InlineData(3, 4, true, true)]
    [InlineData(0, 4, false, false)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, true, true)]
    public void ThresholdsAreExact(ulong power, ulong total, bool isQuorum, bool hasHonest)
    {
        Assert.Equal(isQuorum, VotingPower.IsQuorum(power, total));
        Assert.Equal(hasHonest, VotingPower.HasHonest(power, total));
    }

    [Fact]
    public void TwoQuorumsShareMoreThanAThird() =>
        Prop.ForAll<ulong, ulong, ulong>((a, b, t) =>
        {
            var total = Math.Max(1, t % (100 * Limits.VotingPowerMax));
            var (x, y) = (a % (total + 1), b % (total + 1));
            if (!VotingPower.IsQuorum(x, total) || !VotingPower.IsQuorum(y, total)) return true;
            return VotingPower.HasHonest(x + y - total, total);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(6, 2)]
    [InlineData(7, 3)]
    [InlineData(100, 34)]
    public void AmongThisManyOneIsHonest(int validators, int honest)
    {
        Assert.True(ValidatorSet.TryCreate(Enumerable.Range(1, validators).Select(i => new Validator(Number(i), 1)), out var set));
        Assert.Equal(honest, set.HonestCount);
    }

    private static Address Number(int number)
    {
        var bytes = new byte[Address.Size];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), number);
        return Address.FromBytes(bytes);
    }

    private static string RootOf(params (Address Address, ulong Power)[] validators)
    {
        Assert.True(ValidatorSet.TryCreate(validators.Select(v => new Validator(v.Address, v.Power)), out var set));
        return set.Root.ToString();
    }
}
