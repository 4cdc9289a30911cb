using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;

namespace NeuroChain.Node.Tests;

/// <summary>A certified model from state proofs and signatures alone, on a chain that really certified one.</summary>
public sealed class ProvenModelTests : IClassFixture<ProvenModelTests.Certified>
{
    private readonly TrainedChain _chain;
    private readonly ModelRecord _model;
    private readonly ProvenModel _proven;
    private readonly TrainingProof _proof;

    public ProvenModelTests(Certified certified)
    {
        _chain = certified.Chain;
        var task = TrainingQueries.Task(_chain.State, _chain.Task)!;
        Assert.Equal(1UL, task.CertifiedCount);
        _model = TrainingQueries.Model(_chain.State, task.BestModel)!;
        _proven = Ask(state => ProvenModel.Read(state, task.BestModel))!;
        Assert.True(TrainingProof.TryDecode(TrainingService.CertificateOf(_chain.State, _chain.Chain, _model.Task, 1).Proof.Span, out var proof));
        _proof = proof;
    }

    private ValidatorSet Set => _chain.Genesis.ValidatorSet();

    private GenesisHash Genesis => _chain.State.GenesisHash;

    [Fact]
    public void ACertifiedModelIsProved()
    {
        Assert.Equal(_model, _proven.Record);
        Assert.Null(_proven.Check(Genesis, Set, _proof));
        Assert.Null(_proven.Check(Genesis, Set, null));
    }

    [Fact]
    public void TheModelThatTheTaskBeganFromIsProvedWithoutACertificate()
    {
        var initial = Ask(state => ProvenModel.Read(state, new BlobHash(_chain.Genesis.Tasks[0].InitialModel)))!;
        Assert.True(initial.Record.IsInitial);
        Assert.Null(initial.Certificate);
        Assert.Null(Ask(state => ProvenModel.Read(state, new BlobHash(Hash256.Sha256([1])))));
    }

    [Fact]
    public void AnotherSetChainOrModelIsRefused()
    {
        Assert.True(ValidatorSet.TryCreate(Set.Validators.Select(v => v with { Power = 2 }), out var others));
        Assert.Equal("the set is not the one that attested", _proven.Check(Genesis, others, _proof));
        Assert.Equal("the certificate is of another training round", _proven.Check(default, Set, _proof));
        Assert.Equal("the certificate names another winner", (_proven with { Record = _model with { Model = new BlobHash(Hash256.Sha256([1])) } }).Check(Genesis, Set, _proof));
        Assert.Equal("the certificate names another winner", (_proven with { Record = _model with { Trainer = Address.Zero } }).Check(Genesis, Set, _proof));
        Assert.Equal("the state has a model without the certificate that it names", (_proven with { Certificate = null }).Check(Genesis, Set, _proof));
    }

    [Fact]
    public void TooFewAttestersAreRefused()
    {
        var certificate = _proven.Certificate!;
        var few = TrainingCertificate.Create(certificate.Certificate.Statement, certificate.Certificate.Signatures[..2]);
        Assert.Equal("the training certificate is refused: NotEnoughPower", (_proven with { Certificate = certificate with { Certificate = few } }).Check(Genesis, Set, null));
    }

    /// <summary>The key is the client's: a proof of another key, or a value of it, proves nothing.</summary>
    [Fact]
    public void AStateRecordOfAnotherKeyIsRefused()
    {
        var wanted = AccountsModule.Key(_chain.Trainer.Address);
        var other = AccountsModule.Key(TrainedChain.Key(77).Address);
        var state = new ProvenState(_chain.State.Height, _chain.State.Root.Value);
        Assert.Throws<NotProvedException>(() => state.Add(wanted, RecordOf(other)));
        var swapped = RecordOf(wanted);
        swapped.Value = ByteString.CopyFrom(new Account(0, Amount.FromNtk(5)).Encode());
        Assert.Throws<NotProvedException>(() => state.Add(wanted, swapped));
        var hidden = RecordOf(wanted);
        hidden.Exists = false;
        Assert.Throws<NotProvedException>(() => state.Add(wanted, hidden));
        var malformed = RecordOf(wanted);
        malformed.Proof = ByteString.CopyFrom(1, 2, 3);
        Assert.Throws<NotProvedException>(() => state.Add(wanted, malformed));
        Assert.Throws<RecordWantedException>(() => state.Get(wanted));
        state.Add(wanted, RecordOf(wanted));
        state.Add(other, RecordOf(other));
        Assert.Equal(_chain.State.Get(wanted), state.Get(wanted));
        Assert.Null(state.Get(other));
        var elsewhere = new ProvenState(_chain.State.Height, Hash256.Sha256([1]));
        Assert.Throws<NotProvedException>(() => elsewhere.Add(wanted, RecordOf(wanted)));
    }

    [Fact]
    public void TheValidatorsAreReadByProvedRecordsAlone() => Assert.Equal(ValidatorStatus.ReadAll(_chain.State), Ask(ValidatorStatus.ReadAll));

    private T Ask<T>(Func<IStateReader, T> query)
    {
        var state = new ProvenState(_chain.State.Height, _chain.State.Root.Value);
        while (true)
        {
            try
            {
                return query(state);
            }
            catch (RecordWantedException wanted)
            {
                state.Add(wanted.Key, RecordOf(wanted.Key));
            }
        }
    }

    private StateRecord RecordOf(StateKey key)
    {
        var value = _chain.State.Get(key);
        return new StateRecord
        {
            Exists = value is not null,
            Value = ByteString.CopyFrom(value ?? []),
            Proof = ByteString.CopyFrom(_chain.State.Prove(key).Encode()),
        };
    }

    public sealed class Certified
    {
        public Certified()
        {
            var chain = new TrainedChain();
            chain.RunRound([chain.Train(120)]);
            chain.Step();
            Chain = chain;
        }

        internal TrainedChain Chain { get; }
    }
}
