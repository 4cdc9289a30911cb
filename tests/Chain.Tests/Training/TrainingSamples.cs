using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain.Tests;

/// <summary>Statements, certificates and proofs from a seed: the cases of round trips, fuzzing and pinned layouts.</summary>
internal static class TrainingSamples
{
    public static readonly GenesisHash Genesis = new(Hash256.Sha256("genesis"u8));

    public static readonly PrivateKey[] Validators = [.. Enumerable.Range(0, 4).Select(i => PrivateKey.FromSeed(Hash256.Sha256([1, (byte)i]))).OrderBy(k => k.Address)];

    public static readonly PrivateKey Producer = PrivateKey.FromSeed(Hash256.Sha256([2]));

    public static readonly Address Trainer = PrivateKey.FromSeed(Hash256.Sha256([3])).Address;

    public static ValidatorSet Set
    {
        get
        {
            Assert.True(ValidatorSet.TryCreate(Validators.Select(key => new Validator(key.Address, 10)), out var set));
            return set;
        }
    }

    /// <summary>Any statement that decodes.</summary>
    public static TrainingStatement Statement(ulong seed)
    {
        var stream = new SeededStream(seed);
        var samples = 2 + (uint)stream.NextBelow(Limits.EvaluationSamplesMax - 1);
        var most = samples * Loss.UnitsMax;
        var incumbent = stream.NextBelow(most + 1);
        var candidates = ImmutableArray.CreateBuilder<CandidateResult>();
        for (var count = stream.NextBelow(Limits.CandidatesMax + 1); count > 0; count--)
        {
            var verdict = (CandidateVerdict)stream.NextBelow(3);
            var isEvaluated = verdict == CandidateVerdict.Evaluated;
            var sum = stream.NextBelow(most + 1);
            var gain = (UInt128)(incumbent > sum ? incumbent - sum : sum - incumbent);
            var squares = IntegerMath.DivCeiling(gain * gain, samples); // the least that is possible, which is below the bound
            candidates.Add(new CandidateResult(
                stream.NextHash(),
                AddressOf(stream),
                AddressOf(stream),
                stream.NextBelow(Loss.UnitsMax + 1),
                new BlobHash(stream.NextHash()),
                verdict,
                isEvaluated ? stream.NextHash() : Hash256.Zero,
                isEvaluated ? sum : 0,
                isEvaluated ? squares : 0));
        }

        return new TrainingStatement
        {
            Genesis = new GenesisHash(stream.NextHash()),
            Task = stream.NextHash(),
            TrainingRound = stream.NextUInt64(),
            Seed = stream.NextHash(),
            EvaluationSet = stream.NextHash(),
            Incumbent = new BlobHash(stream.NextHash()),
            IncumbentLossesRoot = stream.NextHash(),
            IncumbentLossSum = incumbent,
            Samples = samples,
            RequiredGainMillionths = (uint)stream.NextBelow(1_000_001),
            ZThousandths = (uint)stream.NextBelow(GainStatistics.ZThousandthsMax + 1),
            Candidates = candidates.ToImmutable(),
        };
    }

    public static CandidateManifest Manifest() => new()
    {
        Task = Bytes("task"),
        Model = Bytes("model"),
        ModelBytes = 12,
        Chunks = { Bytes("chunk") },
        Tensors = { new Tensor { Name = "weight", Shape = { 3, 1 } } },
        Parent = Bytes("incumbent"),
        TrainingSet = Bytes("train"),
        Device = new DeviceRecord { Kind = "cpu", Name = "a processor" },
    };

    /// <summary>A statement that the second of its two candidates wins.</summary>
    public static TrainingStatement Won(CandidateManifest manifest)
    {
        var other = new CandidateResult(Hash256.Sha256([9]), Trainer, Producer.Address, 0, new BlobHash(Hash256.Sha256([8])), CandidateVerdict.Malformed, Hash256.Zero, 0, 0);
        var winner = new CandidateResult(
            CandidateBinding.ManifestRoot(manifest.ToByteArray()),
            Trainer,
            Producer.Address,
            5,
            new BlobHash(Hash256.FromBytes(manifest.Model.Span)),
            CandidateVerdict.Evaluated,
            Hash256.Sha256([7]),
            90_000,
            110_000);
        return Statement(1) with
        {
            Genesis = Genesis,
            Task = Hash256.Sha256("task"u8),
            IncumbentLossSum = 100_000,
            Samples = 1_000,
            RequiredGainMillionths = 1_000,
            ZThousandths = 3_000,
            Candidates = [other, winner],
        };
    }

    public static TrainingCertificate Certificate(TrainingStatement statement, params int[] signers) => TrainingCertificate.Create(
        statement, [.. signers.Select(i => new IndexedSignature((ushort)i, Validators[i].Sign(statement.Digest)))]);

    public static Signature Consent(TrainingStatement statement, int winner = 1)
    {
        var candidate = statement.Candidates[winner];
        return Producer.Sign(CandidateBinding.ConsentDigest(statement.Genesis, candidate.ManifestRoot, candidate.Trainer, candidate.Producer));
    }

    public static TrainingProof Proof()
    {
        var manifest = Manifest();
        var statement = Won(manifest);
        return Proof(1, Consent(statement), manifest.ToByteArray(), Certificate(statement, 0, 2, 3));
    }

    public static TrainingProof Proof(int winner, Signature consent, byte[] manifest, TrainingCertificate certificate)
    {
        Assert.True(TrainingProof.TryCreate(winner, consent, manifest, certificate, out var proof));
        return proof;
    }

    public static byte[] Random(SeededStream stream, int lengthMax)
    {
        var bytes = new byte[stream.NextBelow((ulong)lengthMax + 1)];
        stream.Fill(bytes);
        return bytes;
    }

    /// <summary>The same bytes with some of them changed, cut off, or more behind them.</summary>
    public static byte[] Mutated(SeededStream stream, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        switch (stream.NextBelow(3))
        {
            case 0:
                for (var flips = 1 + stream.NextBelow(4); flips > 0; flips--) copy[(int)stream.NextBelow((ulong)copy.Length)] ^= (byte)(1 + stream.NextBelow(255));
                return copy;
            case 1:
                return copy[..(int)stream.NextBelow((ulong)copy.Length)];
            default:
                return [.. copy, .. Random(stream, 40)];
        }
    }

    private static Address AddressOf(SeededStream stream) => Address.FromBytes(stream.NextHash().ToArray().AsSpan(0, Address.Size));

    private static ByteString Bytes(string text) => ByteString.CopyFrom(Hash256.Sha256(System.Text.Encoding.ASCII.GetBytes(text)).ToArray());
}
