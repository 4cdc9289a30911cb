using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Benchmarks;

/// <summary>A training round of as many candidates as there may be, judged by a hundred validators: a block of each of its messages.</summary>
internal static class TrainingScenes
{
    /// <summary>Of every checkpoint of the task.</summary>
    public const ulong ModelBytes = (1 << 20) + 7;

    private const int WindowBlocksMost = 2_000;

    private static readonly Hash256 Salt = CostScenes.Hash("salt", 0);

    private static PrivateKey[] Keys => CostScenes.Hundred;

    public static IEnumerable<CostScene> All()
    {
        var chain = CostScenes.OfHundred(DatasetScenes.WithTask);
        var task = chain.State.Genesis.Tasks[0].Id;
        var chains = Keys.Select((_, i) => new SeedChain(CostScenes.Hash("secret", i), SeedChain.LengthMin)).ToList();
        var registrations = Each(i => new TransactionBody { SeedChainRegistration = new SeedChainRegistration { Tip = chains[i].Tip.ToByteString(), Length = chains[i].Length } });
        yield return CostScene.Of("seed_chain_registration", chain, registrations);
        chain.Take(registrations);

        var manifests = Enumerable.Range(0, Limits.CandidatesMax).Select(i => Manifest(chain, task, i)).ToList();
        List<Transaction> commits = [.. manifests.Select((manifest, i) => Commit(chain, task, Keys[i], manifest))];
        yield return CostScene.Of("candidate_commit", chain, commits);
        chain.Take(commits);
        var round = RunTo(TrainingPhase.Reveal);

        List<Transaction> reveals = [.. manifests.Select((manifest, i) => chain.Pay(Keys[i], new TransactionBody
        {
            CandidateReveal = new CandidateReveal { Task = task.ToByteString(), TrainingRound = round.Number, Manifest = ByteString.CopyFrom(manifest), Salt = Salt.ToByteString() },
        }))];
        yield return CostScene.Of("candidate_reveal", chain, reveals);
        chain.Take(reveals);
        round = RunTo(TrainingPhase.Availability);

        var all = (1u << Limits.CandidatesMax) - 1;
        var votes = Each(_ => new TransactionBody { AvailabilityVote = new AvailabilityVote { Task = task.ToByteString(), TrainingRound = round.Number, Candidates = all } });
        yield return CostScene.Of("availability_vote", chain, votes);
        chain.Take(votes);
        round = RunTo(TrainingPhase.Seed);

        var shares = Each(i => new TransactionBody { SeedShare = new SeedShare { Task = task.ToByteString(), TrainingRound = round.Number, Share = chains[i].Share(Index(Keys[i])).ToByteString() } });
        yield return CostScene.Of("seed_share", chain, shares);
        chain.Take(shares);
        round = RunTo(TrainingPhase.AttestCommit);

        var incumbent = Losses((int)round.Samples, 0);
        var outcomes = round.Judged.Select((_, i) => (CandidateOutcome)new CandidateOutcome.Evaluated(Losses((int)round.Samples, i + 1))).ToList();
        var statement = StatementBuilder.Build(chain.State, chain.State.GenesisHash, task, [.. Enumerable.Range(0, (int)round.Samples)], incumbent, outcomes);
        uint[] shown = [.. Enumerable.Range(0, round.PrivateLossesCount).Select(i => (uint)i << Loss.FractionBits / 2)];
        var attestations = Each(i => new TransactionBody
        {
            AttestationCommit = new AttestationCommit
            {
                Task = task.ToByteString(),
                TrainingRound = round.Number,
                Commitment = CandidateBinding.AttestationCommitment(statement.Digest, shown, Keys[i].Address, Salt).ToByteString(),
            },
        });
        yield return CostScene.Of("attestation_commit", chain, attestations);
        chain.Take(attestations);
        round = RunTo(TrainingPhase.AttestReveal);

        yield return CostScene.Of("attestation_reveal", chain, Each(i => new TransactionBody
        {
            AttestationReveal = new AttestationReveal
            {
                Task = task.ToByteString(),
                TrainingRound = round.Number,
                Statement = ByteString.CopyFrom(statement.Encode()),
                Signature = Keys[i].Sign(statement.Digest).Bytes(),
                Salt = Salt.ToByteString(),
                PrivateLosses = { shown },
            },
        }));

        List<Transaction> Each(Func<int, TransactionBody> body) => [.. Keys.Select((key, i) => chain.Say(key, body(i)))];

        uint Index(PrivateKey key) => TrainingQueries.SeedChains(chain.State, key.Address)!.For(round.Opened)!.IndexFor(round.SeedIndex)!.Value;

        TrainingRoundRecord RunTo(TrainingPhase phase)
        {
            for (var i = 0; i < WindowBlocksMost && TrainingQueries.Round(chain.State, task)?.Phase != phase; i++) chain.Take([]);
            var reached = TrainingQueries.Round(chain.State, task);
            Invariant.Check(reached?.Phase == phase, $"the round comes to {phase}");
            return reached;
        }
    }

    private static byte[] Manifest(BenchmarkChain chain, Hash256 task, int number)
    {
        Hash256[] chunks = [CostScenes.Hash("chunk", number), CostScenes.Hash("rest", number)];
        var record = TrainingQueries.Task(chain.State, task)!;
        return new CandidateManifest
        {
            Task = task.ToByteString(),
            Model = BlobManifest.HashOf(ModelBytes, chunks).Value.ToByteString(),
            ModelBytes = ModelBytes,
            Chunks = { chunks.Select(chunk => chunk.ToByteString()) },
            Tensors = { new Tensor { Name = "weight", Shape = { 10, 784 } } },
            Parent = record.BestModel.Value.ToByteString(),
            TrainingSet = chain.State.Genesis.Tasks[0].TrainingSet.ToByteString(),
            Device = new DeviceRecord { Kind = "cpu", Name = "a processor" },
        }.ToByteArray();
    }

    private static Transaction Commit(BenchmarkChain chain, Hash256 task, PrivateKey trainer, byte[] manifest)
    {
        var (record, producer) = (TrainingQueries.Task(chain.State, task)!, trainer);
        var commitment = CandidateBinding.Commitment(CandidateBinding.ManifestRoot(manifest), trainer.Address, producer.Address, task, record.BestModel, Salt);
        return chain.Pay(trainer, new TransactionBody
        {
            CandidateCommit = new CandidateCommit
            {
                Task = task.ToByteString(),
                TrainingRound = record.NextRound,
                Commitment = commitment.ToByteString(),
                Producer = producer.Address.ToByteString(),
                Bond = chain.State.Parameters.Training.CandidateBond.ToByteString(),
                ProducerSignature = producer.Sign(CandidateBinding.ConsentDigest(chain.State.GenesisHash, task, record.NextRound, commitment, trainer.Address, producer.Address)).Bytes(),
            },
        });
    }

    private static uint[] Losses(int samples, int lower) => [.. Enumerable.Range(0, samples).Select(i => (2u << Loss.FractionBits) + (uint)(i * 7_919 % 4_096) - ((uint)lower << 14))];
}
