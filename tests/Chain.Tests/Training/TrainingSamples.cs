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

    public static readonly Hash256 Salt = Hash256.Sha256("salt"u8);

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
        var samples = (2 * TrainingStatement.SamplesPerPartMin) + (uint)stream.NextBelow(Limits.EvaluationSamplesMax - 3);
        var paidSamples = TrainingStatement.SamplesPerPartMin + (uint)stream.NextBelow(samples - (2 * TrainingStatement.SamplesPerPartMin) + 1);
        var (judged, paid) = (AnySum(stream, samples - paidSamples), AnySum(stream, paidSamples));
        var candidates = ImmutableArray.CreateBuilder<CandidateResult>();
        for (var count = stream.NextBelow(Limits.CandidatesMax + 1); count > 0; count--)
        {
            var verdict = (CandidateVerdict)stream.NextBelow(8);
            var fresh = new CandidateResult(
                stream.NextHash(), AddressOf(stream), AddressOf(stream), stream.NextBelow(Loss.UnitsMax + 1), new BlobHash(stream.NextHash()), verdict);
            if (verdict >= CandidateVerdict.Unbalanced) fresh = fresh with { Detail = (uint)stream.NextBelow(1UL << 32) };
            candidates.Add(fresh.HasLosses ? Measured(stream, fresh, (samples - paidSamples, judged), (paidSamples, paid)) : fresh);
        }

        return new TrainingStatement
        {
            Genesis = new GenesisHash(stream.NextHash()),
            Task = stream.NextHash(),
            TrainingRound = stream.NextUInt64(),
            Seed = stream.NextHash(),
            SampleRoot = stream.NextHash(),
            Incumbent = new BlobHash(stream.NextHash()),
            IncumbentLossesRoot = stream.NextHash(),
            IncumbentLossSum = judged,
            IncumbentPaidSum = paid,
            Samples = samples,
            PaidSamples = paidSamples,
            RequiredGainMillionths = (uint)stream.NextBelow(1_000_001),
            ZThousandths = (uint)stream.NextBelow(GainStatistics.ZThousandthsMax + 1),
            PaidErrorsThousandths = (uint)stream.NextBelow(GainStatistics.PaidErrorsThousandthsMax + 1),
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
        var other = new CandidateResult(Hash256.Sha256([9]), Trainer, Producer.Address, 0, new BlobHash(Hash256.Sha256([8])), CandidateVerdict.Malformed);
        var winner = new CandidateResult(
            CandidateBinding.ManifestRoot(manifest.ToByteArray()),
            Trainer,
            Producer.Address,
            5,
            new BlobHash(Hash256.FromBytes(manifest.Model.Span)),
            CandidateVerdict.Evaluated,
            Hash256.Sha256([7]),
            90_000,
            110_000,
            27_000,
            33_000);
        return Statement(1) with
        {
            Genesis = Genesis,
            Task = Hash256.Sha256("task"u8),
            IncumbentLossSum = 100_000,
            IncumbentPaidSum = 30_000,
            Samples = 1_300,
            PaidSamples = 300,
            RequiredGainMillionths = 1_000,
            ZThousandths = 3_000,
            PaidErrorsThousandths = 500,
            Candidates = [other, winner],
        };
    }

    public static TrainingCertificate Certificate(TrainingStatement statement, params int[] signers) => TrainingCertificate.Create(
        statement, [.. signers.Select(i => new IndexedSignature((ushort)i, Validators[i].Sign(statement.Digest)))]);

    public static Signature Consent(TrainingStatement statement, int winner = 1)
    {
        var candidate = statement.Candidates[winner];
        var parent = new BlobHash(Hash256.FromBytes(Manifest().Parent.Span));
        var commitment = CandidateBinding.Commitment(candidate.ManifestRoot, candidate.Trainer, candidate.Producer, statement.Task, parent, Salt);
        return Producer.Sign(CandidateBinding.ConsentDigest(statement.Genesis, statement.Task, statement.TrainingRound, commitment, candidate.Trainer, candidate.Producer));
    }

    public static TrainingProof Proof()
    {
        var manifest = Manifest();
        var statement = Won(manifest);
        return Proof(1, Consent(statement), manifest.ToByteArray(), Certificate(statement, 0, 2, 3));
    }

    public static TrainingProof Proof(int winner, Signature consent, byte[] manifest, TrainingCertificate certificate)
    {
        Assert.True(TrainingProof.TryCreate(winner, consent, Salt, manifest, certificate, out var proof));
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

    private static ulong AnySum(SeededStream stream, uint samples) => stream.NextBelow((samples * Loss.UnitsMax) + 1);

    private static CandidateResult Measured(SeededStream stream, CandidateResult fresh, (uint Samples, ulong Incumbent) judged, (uint Samples, ulong Incumbent) paid)
    {
        var (sum, paidSum) = (AnySum(stream, judged.Samples), AnySum(stream, paid.Samples));
        var measured = fresh with
        {
            LossesRoot = stream.NextHash(),
            LossSum = sum,
            DifferenceSquareSum = LeastSquares(judged, sum),
            PaidLossSum = paidSum,
            PaidSquareSum = LeastSquares(paid, paidSum),
        };
        return stream.NextChance(1, 2) ? measured : measured with { Relative = stream.NextHash(), Distance = (uint)stream.NextBelow(1UL << 32) };
    }

    // The least sum of squares that is possible, which is below the bound.
    private static UInt128 LeastSquares((uint Samples, ulong Incumbent) part, ulong sum)
    {
        var gain = (UInt128)(part.Incumbent > sum ? part.Incumbent - sum : sum - part.Incumbent);
        return IntegerMath.DivCeiling(gain * gain, part.Samples);
    }

    private static Address AddressOf(SeededStream stream) => Address.FromBytes(stream.NextHash().ToArray().AsSpan(0, Address.Size));

    private static ByteString Bytes(string text) => ByteString.CopyFrom(Hash256.Sha256(System.Text.Encoding.ASCII.GetBytes(text)).ToArray());
}
