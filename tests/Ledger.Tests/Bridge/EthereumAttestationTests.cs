using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Which blocks of Ethereum the chain believes, and what it does where validators do not agree.</summary>
public sealed class EthereumAttestationTests
{
    private static readonly Hash256 A = Hash256.Sha256("a"u8);
    private static readonly Hash256 B = Hash256.Sha256("b"u8);

    private readonly BridgeWorld _world = new(deployed: false);

    private LedgerFixture Chain => _world.Chain;

    [Fact]
    public void MoreThanTwoThirdsAttestABlock()
    {
        _world.Attest((2_000, A), 0, 1);
        Assert.Equal(Hash256.Zero, AttestedBlocks.HashOf(Chain.State, 2_000));
        var result = _world.Attest((2_000, A), 2);
        Assert.Equal(A, AttestedBlocks.HashOf(Chain.State, 2_000));
        Assert.Equal(A.ToString(), LedgerFixture.Attribute(result, "bridge.attested", "hash"));
        Assert.Equal(2_000UL, _world.Status.AttestedHighest);
    }

    [Fact]
    public void PowerDecidesAndNotHeads()
    {
        var world = new BridgeWorld(genesis => genesis with { Validators = [.. genesis.Validators.Select((v, i) => v with { Power = i == 0 ? 10UL : 1 })] }, deployed: false);
        world.Attest((2_000, A), 1, 2, 3);
        Assert.Equal(Hash256.Zero, AttestedBlocks.HashOf(world.Chain.State, 2_000));
        world.Attest((2_000, A), 0);
        Assert.Equal(A, AttestedBlocks.HashOf(world.Chain.State, 2_000));
    }

    [Fact]
    public void AWordCanBeChangedUntilTheBlockIsAttested()
    {
        _world.Attest((2_000, A), 0, 1);
        _world.Attest((2_000, B), 1, 2, 3);
        Assert.Equal(B, AttestedBlocks.HashOf(Chain.State, 2_000));
    }

    [Fact]
    public void OneMessageSpeaksOfManyBlocks()
    {
        var blocks = Enumerable.Range(0, Limits.AttestedPerMessageMax).Select(i => (2_000UL + (ulong)i, A)).ToArray();
        Chain.Step([.. Chain.ValidatorKeys.Take(3).Select(key => _world.Word(key, blocks))]);
        Assert.All(blocks, block => Assert.Equal(A, AttestedBlocks.HashOf(Chain.State, block.Item1)));
    }

    [Fact]
    public void AnOldMessageBringsNoOldWordBack()
    {
        var old = _world.Word(Chain.ValidatorKeys[0], (2_000, A));
        Chain.Step(old);
        Chain.Step(_world.Word(Chain.ValidatorKeys[0], (2_000, B)));
        Assert.Equal(TransactionRejection.WrongSequence, Chain.OutcomeOf(old));
    }

    [Fact]
    public void ANewKeyIsNoSecondVoice()
    {
        var fresh = LedgerFixture.Key(700);
        _world.Attest((2_000, A), 0, 1);
        Chain.Step(Chain.Rotate(Chain.ValidatorKeys[0], fresh));
        Chain.Step();
        Assert.Equal(TransactionRejection.AlreadySent, Chain.OutcomeOf(_world.Word(fresh, (2_000, A))));
        Assert.Equal(TransactionRejection.NotAValidator, Chain.OutcomeOf(_world.Word(Chain.ValidatorKeys[0], 9, (2_000, B))));
        Chain.Step(_world.Word(Chain.ValidatorKeys[2], (2_000, A)));
        Assert.Equal(A, AttestedBlocks.HashOf(Chain.State, 2_000));
    }

    [Fact]
    public void TheWordsOfTheJailedCountNothing()
    {
        _world.Attest((2_000, A), 0, 1);
        Chain.State = LedgerChange.Of(Chain, context => Jail.Commit(context, Chain.ValidatorKeys[0].Address, "vote")); // it keeps its power: four are the fewest
        _world.Attest((2_000, A), 2);
        Assert.Equal(Hash256.Zero, AttestedBlocks.HashOf(Chain.State, 2_000));
        _world.Attest((2_000, A), 3);
        Assert.Equal(A, AttestedBlocks.HashOf(Chain.State, 2_000));
    }

    [Theory]
    [InlineData(999UL, false)]
    [InlineData(1_000UL, true)]
    [InlineData(1_001_000UL, true)]
    [InlineData(1_001_001UL, false)]
    public void NumbersHaveAWindow(ulong number, bool isTaken) => Assert.Equal(
        isTaken ? TransactionRejection.None : TransactionRejection.AttestationOutOfWindow, Chain.OutcomeOf(_world.Word(Chain.ValidatorKeys[0], (number, A))));

    [Fact]
    public void TheWindowGoesAlong()
    {
        _world.Attest((500_000, A));
        Assert.Equal(TransactionRejection.AttestationOutOfWindow, Chain.OutcomeOf(_world.Word(Chain.ValidatorKeys[0], (399_999, A))));
        Assert.Equal(TransactionRejection.None, Chain.OutcomeOf(_world.Word(Chain.ValidatorKeys[0], (400_000, A))));
        Assert.Equal(TransactionRejection.None, Chain.OutcomeOf(_world.Word(Chain.ValidatorKeys[0], (1_500_000, A))));
    }

    [Fact]
    public void WhoSaysTooMuchForgetsItsLowestNumbers()
    {
        for (var i = 0; i < 3; i++)
            Chain.Step(_world.Word(Chain.ValidatorKeys[0], [.. Enumerable.Range(0, 32).Select(n => (2_000UL + (ulong)((32 * i) + n), A))]));
        var words = AttestationWords.Get(Chain.State, Chain.ValidatorKeys[0].Address);
        Assert.Equal(AttestationWords.Most, words.Words.Length);
        Assert.Equal((Hash256.Zero, A), (words.Of(2_031), words.Of(2_032)));
    }

    [Fact]
    public void AttestedBlocksAreForgottenInTheirOrder()
    {
        Chain.State = Chain.State.With(state =>
        {
            for (ulong i = 0; i < AttestedBlocks.Kept; i++) AttestedBlocks.Add(state, 5_000 + i, A);
        });
        Assert.Equal(A, AttestedBlocks.HashOf(Chain.State, 5_000));
        _world.Attest((9_500, B));
        Assert.Equal((Hash256.Zero, A, B), (AttestedBlocks.HashOf(Chain.State, 5_000), AttestedBlocks.HashOf(Chain.State, 5_001), AttestedBlocks.HashOf(Chain.State, 9_500)));
    }

    [Fact]
    public void ADisputeThatLastsStopsCredits()
    {
        var result = _world.Attest((2_000, A), 0, 1);
        Assert.DoesNotContain(result.Events, happened => happened.Kind == "bridge.disputed");
        result = _world.Attest((2_000, B), 2, 3);
        Assert.Equal("2000", LedgerFixture.Attribute(result, "bridge.disputed", "number"));
        Chain.Step();
        Chain.Step();
        Assert.Equal(BridgeHalt.None, _world.Status.Halts);
        result = Chain.Step();
        Assert.Equal("Dispute", LedgerFixture.Attribute(result, "bridge.halted", "reason"));
        Assert.False(_world.Status.IsInOpen);
        Assert.False(_world.Status.IsInDoubt); // what is attested stays true, and withdrawals go on
    }

    [Fact]
    public void ADisputeThatIsSettledStopsNothing()
    {
        _world.Attest((2_000, A), 0, 1);
        _world.Attest((2_000, B), 2, 3);
        _world.Attest((2_000, B), 1);
        for (var i = 0; i < 5; i++) Chain.Step();
        Assert.Equal((B, BridgeHalt.None), (AttestedBlocks.HashOf(Chain.State, 2_000), _world.Status.Halts));
    }

    [Fact]
    public void OneWhoDiffersIsNoDispute()
    {
        _world.Attest((2_000, A), 0, 1);
        _world.Attest((2_000, B), 2);
        for (var i = 0; i < 5; i++) Chain.Step();
        Assert.Equal(BridgeHalt.None, _world.Status.Halts);
    }

    [Fact]
    public void F2AnAttestedBlockThatWasNotFinalStopsBothDirections()
    {
        _world.Attest((2_000, A));
        _world.Attest((2_000, B), 0);
        Assert.Equal(BridgeHalt.None, _world.Status.Halts);
        var result = _world.Attest((2_000, B), 1);
        Assert.Equal("Finality", LedgerFixture.Attribute(result, "bridge.halted", "reason"));
        Assert.True(_world.Status.IsInDoubt);
        Assert.Equal(Hash256.Zero, AttestedBlocks.HashOf(Chain.State, 2_000)); // nothing is proven by it any more

        Chain.Carry(_world.Resume());
        _world.Attest((2_000, B), 2);
        Assert.Equal((B, BridgeHalt.None), (AttestedBlocks.HashOf(Chain.State, 2_000), _world.Status.Halts));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("zero hash")]
    [InlineData("number 0")]
    [InlineData("twice")]
    [InlineData("descending")]
    [InlineData("too many")]
    [InlineData("short hash")]
    public void WhatIsNoAttestationIsNoTransaction(string what)
    {
        var attestation = what switch
        {
            "none" => new BridgeAttestation { Sequence = 1 },
            "zero hash" => Of((2_000, Hash256.Zero)),
            "number 0" => Of((0, A)),
            "twice" => Of((2_000, A), (2_000, B)),
            "descending" => Of((2_001, A), (2_000, B)),
            "too many" => Of([.. Enumerable.Range(1, 33).Select(i => ((ulong)i, A))]),
            _ => new BridgeAttestation { Sequence = 1, Blocks = { new EthereumBlock { Number = 1, Hash = Google.Protobuf.ByteString.CopyFrom(1) } } },
        };
        var body = new TransactionBody { BridgeAttestation = attestation, Genesis = TrainingWorld.Bytes(Chain.GenesisHash.Value), Sender = LedgerFixture.Bytes(Chain.Alice.Address) };
        Assert.Equal(TransactionFault.MalformedMessage, TransactionShape.Check(body, Chain.GenesisHash));
    }

    private static BridgeAttestation Of(params (ulong Number, Hash256 Hash)[] blocks)
    {
        var attestation = new BridgeAttestation { Sequence = 1 };
        attestation.Blocks.AddRange(blocks.Select(block => new EthereumBlock { Number = block.Number, Hash = TrainingWorld.Bytes(block.Hash) }));
        return attestation;
    }
}
