using Google.Protobuf;
using NeuroChain.Types.V1;
using static NeuroChain.Chain.Tests.ChainFormats;
using Kind = NeuroChain.Types.V1.TransactionBody.MessageOneofCase;

namespace NeuroChain.Chain.Tests;

/// <summary>Lengths and counts of what validators operate with, and of batches: whatever is out of bounds is refused before anything else.</summary>
public sealed class ModuleMessageTests
{
    private static readonly PrivateKey Key = PrivateKey.FromSeed(Hash256.Sha256([1]));

    private static readonly ByteString Address20 = ByteString.CopyFrom(new byte[20]);

    private static readonly ByteString Amount16 = ByteString.CopyFrom(new byte[16]);

    public static TheoryData<string> AddressFields => ["admit", "node", "remove", "power", "jail", "unjail", "pay"];

    [Theory]
    [MemberData(nameof(AddressFields))]
    public void AnActionsAddressesHaveTwentyBytes(string field)
    {
        Assert.Equal(TransactionFault.None, FaultOf(WithAddress(field, 20)));
        foreach (var length in new[] { 0, 19, 21, 32 }) Assert.Equal(TransactionFault.MalformedMessage, FaultOf(WithAddress(field, length)));
    }

    [Fact]
    public void AProposalHasAnAction()
    {
        Assert.Equal(TransactionFault.MalformedMessage, FaultOf((GovernanceAction?)null));
        Assert.Equal(TransactionFault.MalformedMessage, FaultOf(new GovernanceAction()));
    }

    [Fact]
    public void AReasonIsBoundedInBytes()
    {
        Assert.Equal(TransactionFault.None, FaultOf(Proposal(new string('x', Limits.GovernanceReasonBytesMax))));
        Assert.Equal(TransactionFault.MemoTooLong, FaultOf(Proposal(new string('x', Limits.GovernanceReasonBytesMax + 1))));
        Assert.Equal(TransactionFault.MemoTooLong, FaultOf(Proposal(new string('ü', (Limits.GovernanceReasonBytesMax / 2) + 1))));
    }

    [Theory]
    [InlineData(0, TransactionFault.MalformedMessage)]
    [InlineData(1, TransactionFault.None)]
    [InlineData(Limits.ParameterSettingsMax, TransactionFault.None)]
    [InlineData(Limits.ParameterSettingsMax + 1, TransactionFault.MalformedMessage)]
    public void AChangeHasOneTo32Settings(int count, TransactionFault fault)
    {
        var change = new ChangeParameters();
        change.Settings.AddRange(Enumerable.Range(0, count).Select(i => new ParameterSetting { Key = $"k{i}", Value = "1" }));
        Assert.Equal(fault, FaultOf(new GovernanceAction { ChangeParameters = change }));
    }

    [Theory]
    [InlineData(0, 1, TransactionFault.MalformedMessage)]
    [InlineData(1, 0, TransactionFault.MalformedMessage)]
    [InlineData(64, 128, TransactionFault.None)]
    [InlineData(65, 1, TransactionFault.MalformedMessage)]
    [InlineData(1, 129, TransactionFault.MalformedMessage)]
    public void ASettingIsBounded(int key, int value, TransactionFault fault) => Assert.Equal(fault, FaultOf(new GovernanceAction
    {
        ChangeParameters = new ChangeParameters { Settings = { new ParameterSetting { Key = new string('k', key), Value = new string('1', value) } } },
    }));

    [Theory]
    [InlineData("", TransactionFault.MalformedMessage)]
    [InlineData("a", TransactionFault.None)]
    [InlineData("z-09", TransactionFault.None)]
    [InlineData("A", TransactionFault.MalformedMessage)]
    [InlineData("a_b", TransactionFault.MalformedMessage)]
    [InlineData("a b", TransactionFault.MalformedMessage)]
    [InlineData("ä", TransactionFault.MalformedMessage)]
    [InlineData("a\n", TransactionFault.MalformedMessage)]
    public void AnUpgradesNameIsPlain(string name, TransactionFault fault)
    {
        Assert.Equal(fault, FaultOf(new GovernanceAction { ScheduleUpgrade = new ScheduleUpgrade { Name = name, Height = 5 } }));
        Assert.Equal(fault, FaultOf(new GovernanceAction { CancelUpgrade = new CancelUpgrade { Name = name } }));
    }

    [Fact]
    public void AnUpgradesNameHas64Characters()
    {
        Assert.Equal(TransactionFault.None, FaultOf(new GovernanceAction { CancelUpgrade = new CancelUpgrade { Name = new string('a', 64) } }));
        Assert.Equal(TransactionFault.MalformedMessage, FaultOf(new GovernanceAction { CancelUpgrade = new CancelUpgrade { Name = new string('a', 65) } }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public void AmountsHaveSixteenBytes(int length)
    {
        var amount = ByteString.CopyFrom(new byte[length]);
        Assert.Equal(TransactionFault.MalformedMessage, FaultOf(new GovernanceAction { TreasuryPayment = new TreasuryPayment { To = Address20, Amount = amount } }));
        Assert.Equal(TransactionFault.MalformedMessage, FaultOf(Paying(new TransactionBody { Burn = new Burn { Amount = amount } })));
        Assert.Equal(TransactionFault.MalformedMessage, FaultOf(Paying(new TransactionBody { Bond = new Bond { Amount = amount } })));
        Assert.Equal(TransactionFault.MalformedMessage, FaultOf(Paying(new TransactionBody { Unbond = new Unbond { Amount = amount } })));
    }

    [Theory]
    [InlineData(0, TransactionFault.MalformedMessage)]
    [InlineData(1, TransactionFault.None)]
    [InlineData(Limits.PaymentsPerBatchMax, TransactionFault.None)]
    [InlineData(Limits.PaymentsPerBatchMax + 1, TransactionFault.MalformedMessage)]
    public void ABatchHasOneTo256Payments(int count, TransactionFault fault) => Assert.Equal(fault, FaultOf(Batch(count, Address20, Amount16)));

    [Fact]
    public void OneBadPaymentSpoilsABatch()
    {
        foreach (var length in new[] { 0, 19, 21 }) Assert.Equal(TransactionFault.MalformedMessage, FaultOf(Batch(3, ByteString.CopyFrom(new byte[length]), Amount16)));
        foreach (var length in new[] { 0, 15, 17 }) Assert.Equal(TransactionFault.MalformedMessage, FaultOf(Batch(3, Address20, ByteString.CopyFrom(new byte[length]))));
    }

    [Fact]
    public void ABatchsMemoIsBoundedLikeATransfers()
    {
        TransactionBody With(string memo)
        {
            var body = Batch(1, Address20, Amount16);
            body.BatchTransfer.Memo = memo;
            return body;
        }

        Assert.Equal(TransactionFault.None, FaultOf(With(new string('x', Limits.MemoBytesMax))));
        Assert.Equal(TransactionFault.MemoTooLong, FaultOf(With(new string('x', Limits.MemoBytesMax + 1))));
    }

    [Fact]
    public void OperationsHaveNeitherFeeNorNonce()
    {
        foreach (var kind in new[] { Kind.GovernanceProposal, Kind.GovernanceVote, Kind.KeyRotation, Kind.FaultEvidence })
        {
            var body = AnyBody(new SeededStream(1), kind);
            body.Fee = BytesOf(new Amount(1));
            Assert.Equal(TransactionFault.FeeOnProtocolMessage, FaultOf(body));
            body = AnyBody(new SeededStream(1), kind);
            body.Nonce = 1;
            Assert.Equal(TransactionFault.NonceOnProtocolMessage, FaultOf(body));
        }
    }

    [Theory]
    [InlineData(0, TransactionFault.MalformedMessage)]
    [InlineData(1, TransactionFault.None)]
    [InlineData(FaultProof.SizeMax, TransactionFault.None)]
    [InlineData(FaultProof.SizeMax + 1, TransactionFault.MalformedMessage)]
    public void EvidenceIsBoundedAndNotEmpty(int length, TransactionFault fault) =>
        Assert.Equal(fault, FaultOf(new TransactionBody { FaultEvidence = new FaultEvidence { Evidence = ByteString.CopyFrom(new byte[length]) } }));

    private static TransactionBody Batch(int count, ByteString to, ByteString amount)
    {
        var batch = new BatchTransfer();
        for (var i = 1; i < count; i++) batch.Payments.Add(new Payment { To = Address20, Amount = Amount16 });
        if (count > 0) batch.Payments.Add(new Payment { To = to, Amount = amount });
        return Paying(new TransactionBody { BatchTransfer = batch });
    }

    private static GovernanceAction WithAddress(string field, int length)
    {
        var address = ByteString.CopyFrom(new byte[length]);
        return field switch
        {
            "admit" => new GovernanceAction { AdmitValidator = new AdmitValidator { Address = address, Node = Address20, Power = 1 } },
            "node" => new GovernanceAction { AdmitValidator = new AdmitValidator { Address = Address20, Node = address, Power = 1 } },
            "remove" => new GovernanceAction { RemoveValidator = new RemoveValidator { Address = address } },
            "power" => new GovernanceAction { ChangePower = new ChangePower { Address = address } },
            "jail" => new GovernanceAction { JailValidator = new JailValidator { Address = address } },
            "unjail" => new GovernanceAction { UnjailValidator = new UnjailValidator { Address = address } },
            _ => new GovernanceAction { TreasuryPayment = new TreasuryPayment { To = address, Amount = Amount16 } },
        };
    }

    private static TransactionBody Paying(TransactionBody body)
    {
        body.Fee = BytesOf(new Amount(1));
        return body;
    }

    private static TransactionBody Proposal(string reason) => new()
    {
        GovernanceProposal = new GovernanceProposal { Action = new GovernanceAction { RemoveValidator = new RemoveValidator { Address = Address20 } }, Reason = reason },
    };

    private static TransactionFault FaultOf(GovernanceAction? action) =>
        FaultOf(new TransactionBody { GovernanceProposal = action is null ? new GovernanceProposal() : new GovernanceProposal { Action = action } });

    private static TransactionFault FaultOf(TransactionBody body)
    {
        body.Genesis = BytesOf(Genesis.Value);
        body.Sender = BytesOf(Key.Address);
        var bytes = body.ToByteArray();
        var envelope = new TransactionEnvelope
        {
            Body = ByteString.CopyFrom(bytes),
            Signature = ByteString.CopyFrom(Key.Sign(Transaction.HashOf(bytes).Value).Bytes[..64]),
        };
        _ = Transaction.TryDecode(envelope.ToByteArray(), Genesis, out _, out var fault);
        return fault;
    }
}
