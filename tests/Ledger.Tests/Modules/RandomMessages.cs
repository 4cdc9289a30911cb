using System.Text.Json.Nodes;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// Messages of all kinds from everybody, from a seed: holders, strangers, validators present, former and to come. Most are right as the state is;
/// many are not, in amounts, numbers, keys, targets and times.
/// </summary>
internal sealed class RandomMessages(LedgerFixture chain, SeededStream stream)
{
    private static readonly Amount One = Amount.FromNtk(1);

    private static readonly PrivateKey[] Sharers = [.. Enumerable.Range(50, 3).Select(LedgerFixture.Key)];

    /// <summary>An account that three keys hold, of which any two sign.</summary>
    public static readonly MultiSignaturePolicy Shared = MultiSignaturePolicy.TryCreate(2, [.. Sharers.Select(key => key.Address)], out var policy) ? policy : throw new InvalidOperationException();

    private readonly List<PrivateKey> _holders = [chain.Alice, chain.Bob, LedgerFixture.Key(31), LedgerFixture.Key(32)];

    // Whoever is, was or wants to be a validator.
    private readonly List<PrivateKey> _validators = [.. chain.ValidatorKeys, LedgerFixture.Key(41), LedgerFixture.Key(42), LedgerFixture.Key(43)];

    private readonly List<Transaction> _sent = [];
    private readonly Dictionary<Address, ulong> _nonces = [];
    private RandomTraining? _training;
    private RandomHoldOuts? _holdOuts;
    private int _keys = 5_000;

    public int Kinds => _sent.Select(transaction => transaction.Body.MessageCase).Distinct().Count();

    /// <summary>What is offered to the next block.</summary>
    public Transaction[] Next()
    {
        _nonces.Clear();
        foreach (var key in _validators) chain.Know(key);
        var messages = (_training ??= new RandomTraining(chain, stream, PayRight)).Next();
        messages.AddRange((_holdOuts ??= new RandomHoldOuts(chain, stream, PayRight)).Next());
        messages.AddRange(Enumerable.Range(0, 1 + (int)stream.NextBelow(9)).Select(_ => Any()));
        if (OpenProposals.Get(chain.State).Ids is { IsEmpty: false } open && stream.NextChance(2, 3)) Agree(messages, open[(int)stream.NextBelow((ulong)open.Length)]);
        Hold(messages);
        if (_sent.Count > 0 && stream.NextChance(1, 3)) messages.Add(_sent[(int)stream.NextBelow((ulong)_sent.Count)]); // once more
        _sent.AddRange(messages);
        return [.. messages];
    }

    private Transaction Any() => stream.NextBelow(24) switch
    {
        0 or 1 => Pay(Holder(), new TransactionBody { Transfer = new Transfer { To = LedgerFixture.Bytes(Anybody()), Amount = LedgerFixture.Bytes(AnyAmount()), Memo = "m" } }),
        2 => Pay(Holder(), Batch()),
        3 => Pay(Holder(), new TransactionBody { Burn = new Burn { Amount = LedgerFixture.Bytes(AnyAmount()) } }),
        4 or 5 => Pay(Bonder(), new TransactionBody { Bond = new Bond { Amount = LedgerFixture.Bytes(AnyAmount()) } }),
        6 => Pay(Bonded(), new TransactionBody { Unbond = new Unbond { Amount = LedgerFixture.Bytes(AnyAmount()) } }),
        7 or 8 or 9 => chain.Propose(Validator(), Action(), Sequence(), "because"),
        10 => chain.Vote(Validator(), stream.NextBelow(OpenProposals.Get(chain.State).NextId + 2), stream.NextChance(3, 4)),
        11 => Rotation(),
        12 => Commit(),
        13 => Reveal(),
        14 => chain.Protocol(Validator(), new TransactionBody { SeedChainRegistration = new SeedChainRegistration { Tip = TrainingWorld.Bytes(stream.NextHash()), Length = 16 + (uint)stream.NextBelow(64), Base = TrainingQueries.SeedCounter(chain.State) } }),
        15 => chain.Protocol(Validator(), new TransactionBody { AvailabilityVote = new AvailabilityVote { Task = Task(), TrainingRound = Round(), Candidates = (uint)stream.NextBelow(3) } }),
        16 => Attestation(),
        17 => Delta(),
        18 => Pay(Anyone(), new TransactionBody { DatasetVote = new DatasetVote { Task = Task(), Delta = stream.NextBelow(DeltaNumber() + 1), Approve = stream.NextChance(4, 5) } }),
        19 => Pay(Anyone(), new TransactionBody { PeriodVote = new PeriodVote { Task = Task(), Blocks = 90 + stream.NextBelow(40) } }),
        20 => chain.Protocol(Validator(), new TransactionBody { DatasetHeld = new DatasetHeld { Task = Task(), Delta = stream.NextBelow(DeltaNumber() + 1) } }),
        21 => Together(),
        22 => Bridge(),
        _ => Report(),
    };

    // This chain has no bridge and no snapshot: each is refused, and changes nothing.
    private Transaction Bridge()
    {
        var evidence = new BridgeEvidence
        {
            Number = 1 + stream.NextBelow(9),
            Header = TrainingWorld.Bytes(stream.NextHash()),
            Reserves = new VaultReserves { Nodes = { TrainingWorld.Bytes(stream.NextHash()) } },
        };
        return stream.NextBelow(7) switch
        {
            6 => new ClaimsWorld(chain).Claim(ClaimsWorld.Keys[(int)stream.NextBelow(40)]),
            0 => Pay(Holder(), new TransactionBody { BridgeEvidence = evidence }),
            1 => Pay(Holder(), new TransactionBody { BridgeWithdraw = new BridgeWithdraw { To = LedgerFixture.Bytes(Anybody()), Amount = LedgerFixture.Bytes(AnyAmount()) } }),
            2 => chain.Protocol(Validator(), new TransactionBody { BridgeRelay = evidence }),
            3 => chain.Protocol(Validator(), new TransactionBody { BridgeVeto = new BridgeVeto { BurnId = TrainingWorld.Bytes(stream.NextHash()) } }),
            4 => chain.Protocol(Validator(), new TransactionBody { BridgePause = new BridgePause { What = 1 + (uint)stream.NextBelow(3) } }),
            _ => chain.Protocol(Validator(), new TransactionBody
            {
                BridgeAttestation = new BridgeAttestation { Sequence = 1, Blocks = { new EthereumBlock { Number = 1, Hash = TrainingWorld.Bytes(stream.NextHash()) } } },
            }),
        };
    }

    // Two of three, now and then with a nonce that another message of theirs has.
    private Transaction Together()
    {
        var nonce = _nonces.GetValueOrDefault(Shared.Address, AccountsModule.Get(chain.State, Shared.Address).Nonce);
        if (!stream.NextChance(1, 20)) _nonces[Shared.Address] = nonce + 1;
        var body = stream.NextBelow(3) switch
        {
            0 => new TransactionBody { Bond = new Bond { Amount = LedgerFixture.Bytes(AnyAmount()) } },
            1 => new TransactionBody { Unbond = new Unbond { Amount = LedgerFixture.Bytes(AnyAmount()) } },
            _ => new TransactionBody { Transfer = new Transfer { To = LedgerFixture.Bytes(Anybody()), Amount = LedgerFixture.Bytes(AnyAmount()) } },
        };
        body.Genesis = TrainingWorld.Bytes(chain.GenesisHash.Value);
        body.Nonce = nonce;
        body.Fee = LedgerFixture.Bytes(new Amount(chain.State.Parameters.FeeMin.Units * 5));
        var left = (int)stream.NextBelow(3);
        return Transaction.Sign(body, Shared, Sharers.Where((_, i) => i != left));
    }

    // Enough votes now and then that things come to pass.
    private void Agree(List<Transaction> messages, ulong proposal)
    {
        var approve = stream.NextChance(7, 8);
        foreach (var (address, _) in chain.Members.Validators)
            if (stream.NextChance(3, 4))
                messages.Add(chain.Vote(chain.KeyOf(address), proposal, stream.NextChance(11, 12) == approve));
    }

    // A delta now and then comes with the word of many who hold it and many who want it.
    private void Hold(List<Transaction> messages)
    {
        var set = TrainingSets.Get(chain.State, chain.Genesis.Tasks[0].Id)!;
        if (set.Open.IsEmpty || stream.NextChance(1, 2)) return;
        var delta = set.Open[(int)stream.NextBelow((ulong)set.Open.Length)];
        foreach (var (address, _) in chain.Members.Validators)
            if (stream.NextChance(7, 8))
                messages.Add(chain.Protocol(chain.KeyOf(address), new TransactionBody { DatasetHeld = new DatasetHeld { Task = Task(), Delta = delta } }));
        foreach (var holder in _holders.Concat(chain.Members.Validators.Select(member => chain.KeyOf(member.Address))))
            if (stream.NextChance(1, 2))
                messages.Add(Pay(holder, new TransactionBody { DatasetVote = new DatasetVote { Task = Task(), Delta = delta, Approve = stream.NextChance(7, 8) } }));
    }

    private Transaction Delta()
    {
        var set = TrainingSets.Get(chain.State, chain.Genesis.Tasks[0].Id)!;
        var blob = BlobManifest.Of([(byte)stream.NextBelow(250), 1]);
        return Pay(Holder(), new TransactionBody
        {
            DatasetDeltaProposal = new DatasetDeltaProposal
            {
                Task = Task(),
                BaseVersion = set.Version + (stream.NextChance(1, 10) ? 1UL : 0),
                Blob = TrainingWorld.Bytes(blob.Hash.Value),
                Bytes = 2 + (stream.NextChance(1, 10) ? 1UL : 0),
                Chunks = { TrainingWorld.Bytes(blob.ChunkHashes[0]) },
                ResultRoot = TrainingWorld.Bytes(stream.NextHash()),
                Adds = (uint)stream.NextBelow(60),
                Removes = (uint)stream.NextBelow(60),
                Bond = LedgerFixture.Bytes(stream.NextChance(7, 8) ? chain.State.Parameters.Datasets.DeltaBond : AnyAmount()),
                Reason = "r",
            },
        });
    }

    private ulong DeltaNumber() => TrainingSets.Get(chain.State, chain.Genesis.Tasks[0].Id)!.NextDelta;

    private PrivateKey Anyone() => stream.NextChance(1, 2) ? Holder() : Validator();

    private GovernanceAction Action()
    {
        // Late in the run: while it is closed there is nothing to learn.
        if (chain.State.Height.Value > 140 && stream.NextChance(1, 2)) return IsClosed ? Act.ReopenTask(Hash256.FromBytes(Task().Span)) : Act.CloseTask(Hash256.FromBytes(Task().Span));
        var target = _validators[(int)stream.NextBelow((ulong)(stream.NextChance(1, 2) ? 8 : _validators.Count))].Address;
        return stream.NextBelow(12) switch
        {
            0 or 1 or 2 => Act.Admit(target, LedgerFixture.Key(7_000 + (int)stream.NextBelow(12)).Address, 1 + stream.NextBelow(2)),
            3 => Act.Remove(target),
            4 => Act.Power(target, stream.NextBelow(5)),
            5 when stream.NextChance(1, 3) => Act.Jail(target),
            5 or 6 or 7 => Act.Unjail(target),
            8 => Act.Set(("fees.treasury_percent", $"{stream.NextBelow(80)}"), ("fees.burn_percent_first_year", $"{stream.NextBelow(80)}")),
            9 => stream.NextChance(1, 2)
                ? Act.Set(("validators.evidence_blocks", $"{8 + stream.NextBelow(10)}"), ("validators.evidence_ms", $"{900 + stream.NextBelow(10_000)}"), ("validators.bond_min", $"{stream.NextBelow(3)}"))
                : Act.Set(("training.candidate_bond", $"{stream.NextBelow(3)}"), ("training.shortfall_fee", $"{stream.NextBelow(2)}")),
            10 when stream.NextChance(1, 3) => Fork(),
            10 => Act.Pay(Anybody(), new Amount(stream.NextBelow(3) * 100_000_000_000_000)),
            // Far off: no program knows a rule, so that one that began would end the run.
            _ => stream.NextChance(1, 2) ? Act.Upgrade($"u{stream.NextBelow(3)}", stream.NextChance(1, 4) ? chain.State.Height.Value : 1_000_000) : Act.Cancel($"u{stream.NextBelow(3)}"),
        };
    }

    private bool IsClosed => TrainingQueries.Task(chain.State, chain.Genesis.Tasks[0].Id)!.IsClosed;

    private TransactionBody Batch()
    {
        var batch = new BatchTransfer();
        for (var i = 1 + stream.NextBelow(5); i > 0; i--) batch.Payments.Add(new Payment { To = LedgerFixture.Bytes(Anybody()), Amount = LedgerFixture.Bytes(AnyAmount()) });
        return new TransactionBody { BatchTransfer = batch };
    }

    private Transaction Rotation()
    {
        var old = Validator();
        var fresh = stream.NextChance(3, 4) ? LedgerFixture.Key(_keys++) : Validator();
        if (!_validators.Contains(fresh)) _validators.Add(fresh);
        return chain.Rotate(old, fresh, Sequence(), stream.NextChance(1, 8) ? old.Sign(stream.NextHash()) : null);
    }

    // Faults of those who are, were or were never validators: new and old ones, told again, and spoilt. The chain is kept going: of its members
    // no more are convicted than a vote can set free.
    private Transaction Report()
    {
        var guilty = stream.NextChance(1, 3) ? Validator() : _validators[(int)stream.NextBelow((ulong)_validators.Count)];
        var height = chain.State.Height.Value + 2;
        height -= Math.Min(height, stream.NextBelow(stream.NextChance(1, 4) ? 40UL : 6UL));
        var evidence = stream.NextBelow(4) switch
        {
            0 => chain.DoubleVote(guilty, height, (byte)stream.NextBelow(2)).Encode(),
            1 => chain.DoubleProposal(guilty, height).Encode(),
            2 when chain.Blocks.Count > 1 => WrongLeader(guilty).Encode(),
            _ => chain.Amnesia(guilty, height).Encode(),
        };
        var jailed = chain.Members.Validators.Count(member => ValidatorRecord.IsJailedAt(chain.State, member.Address));
        if (jailed > 0 || stream.NextChance(1, 2)) evidence[(int)stream.NextBelow((ulong)evidence.Length)] ^= 1;
        return chain.Report(Validator(), evidence);
    }

    // A proposal for the next height; now and then it is the right leader's.
    private WrongLeaderProof WrongLeader(PrivateKey guilty)
    {
        var (certified, parent) = (chain.Blocks[^2].Result.Next, chain.LastBlock.Block.Header);
        var header = parent with { Height = parent.Height.Next(), Parent = parent.Hash };
        var proposal = new Proposal(header.Height, new Round((uint)stream.NextBelow(3)), header.Hash, null);
        return new WrongLeaderProof(
            new SignedProposal(proposal, guilty.Address, guilty.Sign(proposal.Digest(chain.GenesisHash))),
            header,
            parent,
            HeightRecord.Get(certified, header.Height)!,
            certified.Prove(HeightRecord.Key(header.Height)),
            certified.ContextOf(header.Height).Validators);
    }

    private Transaction Commit()
    {
        var (trainer, task, round, commitment, producer) = (Holder(), Task(), Round(), stream.NextHash(), Validator());
        var consent = CandidateBinding.ConsentDigest(chain.GenesisHash, Hash256.FromBytes(task.Span), round, commitment, trainer.Address, producer.Address);
        return Pay(trainer, new TransactionBody
        {
            CandidateCommit = new CandidateCommit
            {
                Task = task,
                TrainingRound = round,
                Commitment = TrainingWorld.Bytes(commitment),
                Producer = LedgerFixture.Bytes(producer.Address),
                ClaimedGain = stream.NextBelow(100),
                Bond = LedgerFixture.Bytes(stream.NextChance(7, 8) ? chain.State.Parameters.Training.CandidateBond : AnyAmount()),
                ProducerSignature = ByteString.CopyFrom(producer.Sign(consent).Bytes),
            },
        });
    }

    private Transaction Reveal() => Pay(Holder(), new TransactionBody
    {
        CandidateReveal = new CandidateReveal
        {
            Task = Task(),
            TrainingRound = Round(),
            Manifest = ByteString.CopyFrom(stream.NextHash().ToArray()),
            Salt = TrainingWorld.Bytes(stream.NextHash()),
            HardwareAttestation = ByteString.CopyFrom(Validator().Sign(stream.NextHash()).Bytes),
        },
    });

    // Of the task that is played, with one of a few models.
    private GovernanceAction Fork()
    {
        var (parent, number) = (chain.Genesis.Tasks[0], (byte)stream.NextBelow(6));
        var fork = parent with { Name = $"fork {number}", Model = new JsonObject { ["kind"] = $"model {number}" }, InitialModel = Hash256.Sha256([77, number]) };
        return Act.ForkTask(parent.Id, fork.ToCanonicalJson());
    }

    private Transaction Attestation() => chain.Protocol(Validator(), stream.NextBelow(4) switch
    {
        3 => new TransactionBody { PrivateRecheck = new PrivateRecheck { Task = Task(), TrainingRound = Round(), Wrong = (uint)stream.NextBelow(1 << 16) } },
        0 => new TransactionBody { SeedShare = new SeedShare { Task = Task(), TrainingRound = Round(), Share = TrainingWorld.Bytes(stream.NextHash()) } },
        1 => new TransactionBody { AttestationCommit = new AttestationCommit { Task = Task(), TrainingRound = Round(), Commitment = TrainingWorld.Bytes(stream.NextHash()) } },
        _ => new TransactionBody
        {
            AttestationReveal = new AttestationReveal
            {
                Task = Task(),
                TrainingRound = Round(),
                Salt = TrainingWorld.Bytes(stream.NextHash()),
                Signature = ByteString.CopyFrom(Validator().Sign(stream.NextHash()).Bytes),
            },
        },
    });

    // Mostly of somebody who has bonds: else hardly any would ever be asked back.
    private PrivateKey Bonded()
    {
        PrivateKey[] bonded = [.. _validators.Concat(_holders).Where(key => BondRecord.Get(chain.State, key.Address).Bonded > Amount.Zero)];
        return bonded.Length == 0 || stream.NextChance(1, 4) ? Bonder() : bonded[(int)stream.NextBelow((ulong)bonded.Length)];
    }

    private Transaction PayRight(PrivateKey from, TransactionBody body)
    {
        var nonce = _nonces.GetValueOrDefault(from.Address, chain.AccountOf(from).Nonce);
        _nonces[from.Address] = nonce + 1;
        return chain.Pay(from, body, new Amount(chain.State.Parameters.FeeMin.Units * 5), nonce);
    }

    private Transaction Pay(PrivateKey from, TransactionBody body)
    {
        var nonce = _nonces.GetValueOrDefault(from.Address, chain.AccountOf(from).Nonce);
        var wrong = stream.NextChance(1, 20);
        if (!wrong) _nonces[from.Address] = nonce + 1;
        body.ExpiryHeight = stream.NextChance(1, 15) ? chain.State.Height.Value + stream.NextBelow(3) : 0;
        var fee = stream.NextBelow(40) switch
        {
            0 => Amount.Zero,
            1 => new Amount(UInt128.MaxValue),
            2 => One, // with a tip
            _ => new Amount(chain.State.Parameters.FeeMin.Units * 5),
        };
        return chain.Pay(from, body, fee, wrong ? nonce + stream.NextBelow(4) : nonce);
    }

    private PrivateKey Holder() => stream.NextChance(1, 20) ? LedgerFixture.Key(9_000 + (int)stream.NextBelow(5)) : _holders[(int)stream.NextBelow((ulong)_holders.Count)];

    private PrivateKey Validator() => stream.NextChance(1, 10) ? Holder()
        : stream.NextChance(3, 4) ? chain.KeyOf(chain.Members[(int)stream.NextBelow((ulong)chain.Members.Count)].Address)
        : _validators[(int)stream.NextBelow((ulong)_validators.Count)];

    private PrivateKey Bonder() => stream.NextChance(1, 3) ? Holder() : _validators[(int)stream.NextBelow((ulong)_validators.Count)];

    private Address Anybody() => stream.NextChance(1, 2) ? Holder().Address : _validators[(int)stream.NextBelow((ulong)_validators.Count)].Address;

    private ulong? Sequence() => stream.NextChance(1, 8) ? stream.NextBelow(5) : null;

    private ByteString Task() => TrainingWorld.Bytes(stream.NextChance(1, 10) ? stream.NextHash() : chain.Genesis.Tasks[0].Id);

    private ulong Round() => TrainingQueries.Task(chain.State, chain.Genesis.Tasks[0].Id)!.NextRound + (stream.NextChance(1, 10) ? 1UL : 0);

    private Amount AnyAmount() => stream.NextBelow(24) switch
    {
        0 => Amount.Zero,
        1 => new Amount(UInt128.MaxValue - stream.NextBelow(2)),
        2 => new Amount(UInt128.One << 127),
        3 => LedgerFixture.InitialBalance,
        4 => new Amount(1 + (UInt128)stream.NextBelow(9)),
        _ => One * (1 + stream.NextBelow(5)),
    };
}
