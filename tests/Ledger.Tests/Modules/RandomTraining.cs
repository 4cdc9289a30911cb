using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// Trainers and validators who play whole rounds of training amid all else, right for the most part: so that models are certified, rewards paid and
/// terms led while validators come and go, change their keys and are jailed, and while parameters and training sets change.
/// </summary>
/// <param name="chain">The chain.</param>
/// <param name="stream">Decides.</param>
/// <param name="pay">Signs a message that pays.</param>
internal sealed class RandomTraining(LedgerFixture chain, SeededStream stream, Func<PrivateKey, TransactionBody, Transaction> pay)
{
    private const uint ChainLength = 64;

    private readonly Dictionary<Hash256, TestCandidate> _candidates = []; // by commitment
    private readonly Dictionary<Hash256, SeedChain> _chains = []; // by tip
    private readonly Dictionary<Address, TrainingStatement> _attested = []; // what each has committed to last
    private int _made;

    private Hash256 Id => chain.Genesis.Tasks[0].Id;

    private ByteString Task => TrainingWorld.Bytes(Id);

    /// <summary>What the players send into the next block.</summary>
    public List<Transaction> Next()
    {
        var messages = new List<Transaction>();
        var voters = chain.State.Next.Validators.Validators.Select(voter => chain.KeyOf(voter.Address)).Where(key => !ValidatorRecord.IsJailedAt(chain.State, key.Address)).ToList();
        foreach (var voter in voters)
            if (SeedModule.NeedsChain(chain.State, voter.Address))
                messages.Add(Register(voter));
        var task = TrainingQueries.Task(chain.State, Id)!;
        if (task.IsClosed) return messages;
        if (TrainingQueries.Recheck(chain.State, Id) is { } recheck) messages.AddRange(Recheck(recheck, voters));
        var round = TrainingQueries.Round(chain.State, Id);
        if (round is null or { Phase: TrainingPhase.Commit, Candidates.Length: < 3 } && stream.NextChance(1, 2)) messages.Add(Commit(task, voters));
        if (round is not null) Play(round, voters, messages);
        return messages;
    }

    private void Play(TrainingRoundRecord round, List<PrivateKey> voters, List<Transaction> messages)
    {
        if (round.Phase == TrainingPhase.Reveal)
        {
            foreach (var candidate in round.Candidates)
                if (candidate.Status == CandidateStatus.Committed && _candidates.TryGetValue(candidate.Commitment, out var known) && stream.NextChance(9, 10))
                    messages.Add(Reveal(round, known));
            return;
        }

        foreach (var voter in voters)
            if (stream.NextChance(9, 10) && Speak(round, voter) is { } body)
                messages.Add(chain.Protocol(voter, body));
    }

    // Null where it has nothing to say, or has said it.
    private TransactionBody? Speak(TrainingRoundRecord round, PrivateKey voter) => round.Phase switch
    {
        TrainingPhase.Availability when RoundBallots.Availability.Of(chain.State, Id, voter.Address) is null => new TransactionBody
        {
            AvailabilityVote = new AvailabilityVote { Task = Task, TrainingRound = round.Number, Candidates = Revealed(round) },
        },
        TrainingPhase.Seed when RoundBallots.Shares.Of(chain.State, Id, voter.Address) is null => Share(round, voter),
        TrainingPhase.AttestCommit when RoundBallots.AttestationCommits.Of(chain.State, Id, voter.Address) is null => AttestCommit(round, voter),
        TrainingPhase.AttestReveal when RoundBallots.AttestationCommits.Of(chain.State, Id, voter.Address) is not null && RoundBallots.AttestationReveals.Of(chain.State, Id, voter.Address) is null => AttestReveal(round, voter),
        _ => null,
    };

    private Transaction Register(PrivateKey voter)
    {
        var fresh = new SeedChain(stream.NextHash(), ChainLength);
        _chains[fresh.Tip] = fresh;
        return chain.Protocol(voter, new TransactionBody { SeedChainRegistration = new SeedChainRegistration { Tip = TrainingWorld.Bytes(fresh.Tip), Length = ChainLength, Base = TrainingQueries.SeedCounter(chain.State) } });
    }

    private Transaction Commit(TaskRecord task, List<PrivateKey> voters)
    {
        var chunk = Hash256.Sha256([1, (byte)_made, (byte)(_made++ >> 8)]);
        var trainer = stream.NextChance(1, 2) ? chain.Alice : chain.Bob;
        var manifest = new CandidateManifest
        {
            Task = Task,
            Model = TrainingWorld.Bytes(BlobManifest.HashOf(task.ModelBytes, [chunk]).Value),
            ModelBytes = task.ModelBytes,
            Parent = TrainingWorld.Bytes(task.BestModel.Value),
            TrainingSet = TrainingWorld.Bytes(TrainingSets.Get(chain.State, Id)!.Root),
            Device = new DeviceRecord { Kind = "cpu", Name = "a processor" },
            Chunks = { TrainingWorld.Bytes(chunk) },
            Tensors = { new Tensor { Name = "weight", Shape = { 10, 784 } } },
        };
        var losses = TestCandidate.LossesLower((int)chain.State.Parameters.Training.EvaluationSamples, (int)stream.NextBelow(30) - 5);
        var candidate = new TestCandidate(trainer, voters[(int)stream.NextBelow((ulong)voters.Count)], manifest)
        {
            Outcome = stream.NextChance(1, 10) ? new CandidateOutcome.Refused(CandidateVerdict.NotFinite) : new CandidateOutcome.Evaluated(losses),
        };
        _candidates[candidate.Commitment] = candidate;
        return pay(trainer, new TransactionBody
        {
            CandidateCommit = new CandidateCommit
            {
                Task = Task,
                TrainingRound = task.NextRound,
                Commitment = TrainingWorld.Bytes(candidate.Commitment),
                Producer = LedgerFixture.Bytes(candidate.Producer.Address),
                Bond = LedgerFixture.Bytes(chain.State.Parameters.Training.CandidateBond),
                ProducerSignature = ByteString.CopyFrom(candidate.Consent(chain.GenesisHash, Id, task.NextRound).Bytes),
            },
        });
    }

    private Transaction Reveal(TrainingRoundRecord round, TestCandidate candidate) => pay(candidate.Trainer, new TransactionBody
    {
        CandidateReveal = new CandidateReveal
        {
            Task = Task,
            TrainingRound = round.Number,
            Manifest = ByteString.CopyFrom(candidate.ManifestBytes),
            Salt = TrainingWorld.Bytes(candidate.Salt),
        },
    });

    private static uint Revealed(TrainingRoundRecord round)
    {
        var mask = 0u;
        for (var i = 0; i < round.Candidates.Length; i++)
            if (round.Candidates[i].Status == CandidateStatus.Revealed)
                mask |= 1u << i;
        return mask;
    }

    private TransactionBody? Share(TrainingRoundRecord round, PrivateKey voter)
    {
        if (TrainingQueries.SeedChains(chain.State, voter.Address)?.For(round.Opened) is not { } registered) return null;
        if (registered.IndexFor(round.SeedIndex) is not { } index || !_chains.TryGetValue(registered.Tip, out var secrets)) return null;
        return new TransactionBody { SeedShare = new SeedShare { Task = Task, TrainingRound = round.Number, Share = TrainingWorld.Bytes(secrets.Share(index)) } };
    }

    // A false one is jailed before long: no more of them than a vote can set free.
    private TransactionBody AttestCommit(TrainingRoundRecord round, PrivateKey voter)
    {
        var samples = (int)round.Samples;
        var outcomes = round.Judged.Select(judged => _candidates[judged.Candidate.Commitment].Outcome).ToArray();
        var statement = StatementBuilder.Build(chain.State, chain.GenesisHash, Id, [.. Enumerable.Range(0, samples)], TestCandidate.IncumbentLosses(samples), outcomes);
        var isAnyJailed = chain.Members.Validators.Any(member => ValidatorRecord.IsJailedAt(chain.State, member.Address));
        if (!isAnyJailed && stream.NextChance(1, 40)) statement = statement with { IncumbentLossesRoot = stream.NextHash() };
        _attested[voter.Address] = statement;
        var commitment = CandidateBinding.AttestationCommitment(statement.Digest, PrivateLosses(round), voter.Address, Salt(voter));
        return new TransactionBody { AttestationCommit = new AttestationCommit { Task = Task, TrainingRound = round.Number, Commitment = TrainingWorld.Bytes(commitment) } };
    }

    private TransactionBody? AttestReveal(TrainingRoundRecord round, PrivateKey voter)
    {
        if (!_attested.TryGetValue(voter.Address, out var statement)) return null;
        var reveal = new AttestationReveal
        {
            Task = Task,
            TrainingRound = round.Number,
            Statement = ByteString.CopyFrom(statement.Encode()),
            Signature = ByteString.CopyFrom(voter.Sign(statement.Digest).Bytes),
            Salt = TrainingWorld.Bytes(Salt(voter)),
        };
        reveal.PrivateLosses.AddRange(PrivateLosses(round));
        return new TransactionBody { AttestationReveal = reveal };
    }

    // In every other round one of the attesters has lied, and all who answer find it.
    private IEnumerable<Transaction> Recheck(RecheckRecord recheck, List<PrivateKey> voters)
    {
        var wrong = recheck.Number % 2 == 0 ? 1u << (int)(recheck.Number % (ulong)recheck.Targets.Length) : 0;
        foreach (var voter in voters)
            if (RoundBallots.Rechecks.Of(chain.State, Id, voter.Address) is null && stream.NextChance(2, 3))
                yield return chain.Protocol(voter, new TransactionBody { PrivateRecheck = new PrivateRecheck { Task = Task, TrainingRound = recheck.Number, Wrong = wrong } });
    }

    private static uint[] PrivateLosses(TrainingRoundRecord round) => [.. Enumerable.Range(0, round.PrivateLossesCount).Select(i => (uint)i)];

    private static Hash256 Salt(PrivateKey voter) => Hash256.Sha256(voter.Address.ToArray());
}
