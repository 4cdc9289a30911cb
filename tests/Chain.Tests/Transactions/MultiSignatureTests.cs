using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain.Tests;

/// <summary>An account of several keys signs as its threshold asks, in one form only.</summary>
public sealed class MultiSignatureTests
{
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(1, 3).Select(i => PrivateKey.FromSeed(new SeededStream((ulong)i).NextHash())).OrderBy(key => key.Address)];
    private static readonly GenesisHash Genesis = new(Hash256.Sha256("genesis"u8));
    private static readonly MultiSignaturePolicy TwoOfThree = Policy(2, Keys);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(2, 1)]
    public void AnyKeysUpToTheThresholdSign(int first, int second)
    {
        var transaction = Transaction.Sign(Body(), TwoOfThree, [Keys[first], Keys[second]]);
        Assert.Equal(TwoOfThree.Address, transaction.Sender);
        Assert.Equal(2, transaction.SignatureCount);
        Assert.True(Transaction.TryDecode(transaction.Bytes.Span, Genesis, out var again, out _));
        Assert.Equal(transaction.Hash, again.Hash);
    }

    [Fact]
    public void KeysThatSignApartComeToTheSameTransaction()
    {
        var body = Body();
        body.Sender = ByteString.CopyFrom(TwoOfThree.Address.ToArray());
        var signatures = new[] { Keys[2], Keys[0] }.Select(key => (key.Address, key.Sign(Transaction.DigestOf(body))));
        Assert.Equal(Transaction.Sign(Body(), TwoOfThree, [Keys[0], Keys[2]]).Bytes.ToArray(), Transaction.Assemble(body, TwoOfThree, signatures).Bytes.ToArray());
    }

    [Fact]
    public void TheAddressFollowsFromThresholdAndMembersInAnyOrder()
    {
        Assert.Equal(TwoOfThree.Address, Policy(2, [.. Keys.Reverse()]).Address);
        Assert.NotEqual(TwoOfThree.Address, Policy(1, Keys).Address);
        Assert.NotEqual(TwoOfThree.Address, Policy(2, Keys[..2]).Address);
        Assert.Equal("0x", TwoOfThree.Address.ToString()[..2]);
    }

    [Fact]
    public void APolicyHasTwoToSixteenDifferentMembersAndAThresholdAmongThem()
    {
        Address[] members = [.. Keys.Select(key => key.Address)];
        Assert.False(MultiSignaturePolicy.TryCreate(1, members[..1], out _));
        Assert.False(MultiSignaturePolicy.TryCreate(0, members, out _));
        Assert.False(MultiSignaturePolicy.TryCreate(4, members, out _));
        Assert.False(MultiSignaturePolicy.TryCreate(1, [members[0], members[0]], out _));
        var many = Enumerable.Range(1, 17).Select(i => Address.FromBytes([.. new byte[19], (byte)i])).ToArray();
        Assert.True(MultiSignaturePolicy.TryCreate(16, many[..16], out _));
        Assert.False(MultiSignaturePolicy.TryCreate(16, many, out _));
    }

    [Fact]
    public void OneSignatureTooFewOrTooManyIsNoTransaction()
    {
        var whole = Signature(Transaction.Sign(Body(), TwoOfThree, [Keys[0], Keys[1]]));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(TwoOfThree.Address, whole[..^65]));
        var third = Signature(Transaction.Sign(Body(), Policy(3, Keys), Keys));
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(TwoOfThree.Address, [2, .. third[1..]]));
    }

    [Fact]
    public void OneKeyCannotSignTwice()
    {
        var whole = Signature(Transaction.Sign(Body(), TwoOfThree, [Keys[0], Keys[1]]));
        var at = whole.Length - (2 * 65);
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(TwoOfThree.Address, [.. whole[..at], .. whole[at..(at + 65)], .. whole[at..(at + 65)]]));
    }

    [Fact]
    public void SignaturesAreInTheOrderOfTheMembers()
    {
        var whole = Signature(Transaction.Sign(Body(), TwoOfThree, [Keys[0], Keys[1]]));
        var at = whole.Length - (2 * 65);
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(TwoOfThree.Address, [.. whole[..at], .. whole[(at + 65)..], .. whole[at..(at + 65)]]));
    }

    [Fact]
    public void KeysOfAnotherAccountOrAStrangersKeyDoNotSign()
    {
        var whole = Signature(Transaction.Sign(Body(), TwoOfThree, [Keys[0], Keys[1]]));
        Assert.Equal(TransactionFault.WrongSignature, FaultOf(Keys[0].Address, whole));
        whole[^65] = 2; // said to be the third member's
        Assert.Equal(TransactionFault.WrongSignature, FaultOf(TwoOfThree.Address, whole));
        whole[^65] = 3; // there is no fourth
        Assert.Equal(TransactionFault.MalformedSignature, FaultOf(TwoOfThree.Address, whole));
    }

    [Fact]
    public void AnAccountOfSeveralKeysIsNoValidator()
    {
        var body = new TransactionBody { Genesis = ByteString.CopyFrom(Genesis.Value.ToArray()), GovernanceVote = new GovernanceVote { Proposal = 1, Approve = true } };
        Assert.Throws<InvariantException>(() => Transaction.Sign(body, TwoOfThree, [Keys[0], Keys[1]]));
    }

    private static TransactionFault FaultOf(Address sender, byte[] signature)
    {
        var body = Body();
        body.Sender = ByteString.CopyFrom(sender.ToArray());
        var envelope = new TransactionEnvelope { Body = body.ToByteString(), Signature = ByteString.CopyFrom(signature) };
        Assert.False(Transaction.TryDecode(envelope.ToByteArray(), Genesis, out _, out var fault));
        return fault;
    }

    private static byte[] Signature(Transaction transaction) => TransactionEnvelope.Parser.ParseFrom(transaction.Bytes.Span).Signature.ToByteArray();

    private static TransactionBody Body() => new()
    {
        Genesis = ByteString.CopyFrom(Genesis.Value.ToArray()),
        Fee = ByteString.CopyFrom(Amount.FromNtk(1).ToArray()),
        Transfer = new Transfer { To = ByteString.CopyFrom(new byte[20]), Amount = ByteString.CopyFrom(Amount.FromNtk(1).ToArray()) },
    };

    private static MultiSignaturePolicy Policy(int threshold, PrivateKey[] keys)
    {
        Assert.True(MultiSignaturePolicy.TryCreate(threshold, keys.Select(key => key.Address), out var policy));
        return policy;
    }
}
