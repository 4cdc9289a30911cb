using Google.Protobuf;

namespace NeuroChain.Chain.Tests;

public sealed class TrainingProofTests
{
    [Fact]
    public void AProofProvesFromItsBytes()
    {
        var proof = TrainingSamples.Proof();
        Assert.True(TrainingProof.TryDecode(proof.Bytes.Span, out var back));
        Assert.Equal(proof.Root, back.Root);
        Assert.Equal(proof.Bytes.ToArray(), back.Bytes.ToArray());
        Assert.Equal(TrainingProofFault.None, back.Check(TrainingSamples.Genesis, TrainingSamples.Set));
        Assert.Equal(TrainingSamples.Producer.Address, back.Producer);
        Assert.Equal(TrainingSamples.Trainer, back.Candidate.Trainer);
        Assert.Equal(Hash256.Sha256(TrainingSamples.Manifest().Device.ToByteArray()), back.DeviceRecordHash);
    }

    [Fact]
    public void AProofOfAnotherChainIsRefused() => Assert.Equal(
        TrainingProofFault.WrongChain, TrainingSamples.Proof().Check(new GenesisHash(Hash256.Sha256([1])), TrainingSamples.Set));

    [Fact]
    public void AManifestThatWasNotCommittedIsRefused()
    {
        var manifest = TrainingSamples.Manifest();
        var statement = TrainingSamples.Won(manifest);
        var another = TrainingSamples.Manifest();
        another.ModelBytes++;
        Faulty(TrainingProofFault.ManifestMismatch, statement, another.ToByteArray());
    }

    [Fact]
    public void AManifestOfAnotherTaskOrModelIsRefused()
    {
        var manifest = TrainingSamples.Manifest();
        var statement = TrainingSamples.Won(manifest);
        Faulty(TrainingProofFault.ManifestMismatch, statement with { Task = Hash256.Sha256([1]) }, manifest.ToByteArray());
        var changed = statement.Candidates[1] with { Model = new BlobHash(Hash256.Sha256([1])) };
        Faulty(TrainingProofFault.ManifestMismatch, statement with { Candidates = [statement.Candidates[0], changed] }, manifest.ToByteArray());
    }

    [Fact]
    public void ACandidateThatDidNotWinIsRefused()
    {
        var manifest = TrainingSamples.Manifest();
        var statement = TrainingSamples.Won(manifest) with { RequiredGainMillionths = 1_000_000 };
        Faulty(TrainingProofFault.NotTheWinner, statement, manifest.ToByteArray());
        var won = TrainingSamples.Won(manifest);
        var twice = won with { Candidates = [won.Candidates[1], won.Candidates[1]] };
        Faulty(TrainingProofFault.NotTheWinner, twice, manifest.ToByteArray());
    }

    [Fact]
    public void WithoutTheProducersConsentItIsRefused()
    {
        var manifest = TrainingSamples.Manifest();
        var statement = TrainingSamples.Won(manifest);
        var certificate = TrainingSamples.Certificate(statement, 0, 1, 2);
        var stolen = TrainingSamples.Validators[0].Sign(statement.Digest);
        var proof = TrainingSamples.Proof(1, stolen, manifest.ToByteArray(), certificate);
        Assert.Equal(TrainingProofFault.NoConsent, proof.Check(TrainingSamples.Genesis, TrainingSamples.Set));
    }

    /// <summary>The consent is over the commitment: whoever shows another salt or parent shows another commitment.</summary>
    [Fact]
    public void AConsentToAnotherCommitmentIsNone()
    {
        var manifest = TrainingSamples.Manifest();
        var statement = TrainingSamples.Won(manifest);
        var (certificate, consent) = (TrainingSamples.Certificate(statement, 0, 1, 2), TrainingSamples.Consent(statement));
        Assert.True(TrainingProof.TryCreate(1, consent, Hash256.Sha256([1]), manifest.ToByteArray(), certificate, out var proof));
        Assert.Equal(TrainingProofFault.NoConsent, proof.Check(TrainingSamples.Genesis, TrainingSamples.Set));
    }

    [Theory]
    [InlineData(new[] { 0, 1 })]
    [InlineData(new int[0])]
    public void WithoutMoreThanTwoThirdsItIsRefused(int[] signers)
    {
        var manifest = TrainingSamples.Manifest();
        Faulty(TrainingProofFault.NotAttested, TrainingSamples.Won(manifest), manifest.ToByteArray(), signers);
    }

    [Fact]
    public void SignaturesOfOthersOrOfSomethingElseAreRefused()
    {
        var manifest = TrainingSamples.Manifest();
        var statement = TrainingSamples.Won(manifest);
        var right = TrainingSamples.Certificate(statement, 0, 1, 2, 3).Signatures;
        var elsewhere = TrainingSamples.Certificate(statement with { TrainingRound = 99 }, 0, 1, 2).Signatures;
        var swapped = right.SetItem(0, new IndexedSignature(0, right[1].Signature));
        var unknown = right.Add(new IndexedSignature(4, right[0].Signature));
        foreach (var signatures in new[] { elsewhere, swapped, unknown })
        {
            var proof = TrainingSamples.Proof(1, TrainingSamples.Consent(statement), manifest.ToByteArray(), TrainingCertificate.Create(statement, signatures));
            Assert.Equal(TrainingProofFault.NotAttested, proof.Check(TrainingSamples.Genesis, TrainingSamples.Set));
        }
    }

    [Fact]
    public void OneSignatureDoesNotCountTwice()
    {
        var manifest = TrainingSamples.Manifest();
        var statement = TrainingSamples.Won(manifest);
        var one = TrainingSamples.Certificate(statement, 0).Signatures[0];
        var proof = TrainingSamples.Proof(1, TrainingSamples.Consent(statement), manifest.ToByteArray(), TrainingCertificate.Create(statement, [one, one, one]));
        Assert.False(TrainingProof.TryDecode(proof.Bytes.Span, out _));
    }

    [Fact]
    public void AWinnerThatIsNotInTheStatementMakesNoProof()
    {
        var manifest = TrainingSamples.Manifest().ToByteArray();
        var statement = TrainingSamples.Won(TrainingSamples.Manifest());
        var (certificate, consent) = (TrainingSamples.Certificate(statement, 0), TrainingSamples.Consent(statement));
        Assert.False(TrainingProof.TryCreate(2, consent, TrainingSamples.Salt, manifest, certificate, out _));
        Assert.False(TrainingProof.TryCreate(-1, consent, TrainingSamples.Salt, manifest, certificate, out _));
        Assert.False(TrainingProof.TryCreate(1, consent, TrainingSamples.Salt, [.. manifest, 0xf8, 0x06, 0x01], certificate, out _));
        Assert.False(TrainingProof.TryCreate(1, consent, TrainingSamples.Salt, new byte[Limits.ManifestBytesMax + 1], certificate, out _));
    }

    [Fact]
    public void NoBytesMakeTheDecoderFailAndNoChangedOnesProve()
    {
        var stream = new SeededStream(3);
        var bytes = TrainingSamples.Proof().Bytes.ToArray();
        var set = TrainingSamples.Set;
        var decoded = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var mutated = i % 5 == 0 ? TrainingSamples.Random(stream, 3_000) : TrainingSamples.Mutated(stream, bytes);
            if (!TrainingProof.TryDecode(mutated, out var proof) || mutated.AsSpan().SequenceEqual(bytes)) continue;
            decoded++;
            Assert.Equal(mutated, proof.Bytes.ToArray());
            Assert.NotEqual(TrainingProofFault.None, proof.Check(TrainingSamples.Genesis, set));
        }

        Assert.InRange(decoded, 100, 5_000);
        for (var length = 0; length < bytes.Length; length++) Assert.False(TrainingProof.TryDecode(bytes.AsSpan(0, length), out _));
        Assert.False(TrainingProof.TryDecode(new byte[Limits.TrainingProofBytesMax + 1], out _));
    }

    [Fact]
    public void TheGreatestProofFitsItsBound()
    {
        var manifest = TrainingSamples.Manifest();
        manifest.Device.Runtime = new string('x', Limits.ManifestBytesMax - manifest.CalculateSize() - 8);
        Assert.InRange(manifest.CalculateSize(), Limits.ManifestBytesMax - 8, Limits.ManifestBytesMax);
        var won = TrainingSamples.Won(manifest);
        var statement = won with { Candidates = [.. Enumerable.Repeat(won.Candidates[1], Limits.CandidatesMax)] };
        var signature = TrainingSamples.Validators[0].Sign(statement.Digest);
        var certificate = TrainingCertificate.Create(statement, [.. Enumerable.Range(0, Limits.ValidatorsMax).Select(i => new IndexedSignature((ushort)i, signature))]);
        var proof = TrainingSamples.Proof(0, signature, manifest.ToByteArray(), certificate);
        Assert.True(TrainingProof.TryDecode(proof.Bytes.Span, out _));
    }

    [Fact]
    public void TheLayoutIsFinal() => Assert.Equal(
        "0x518597871c70ed1c48d40d84e47f2355d546a80e5eddfe5aaa225f71d8f87b94", TrainingSamples.Proof().Root.ToString());

    private static void Faulty(TrainingProofFault expected, TrainingStatement statement, byte[] manifest, int[]? signers = null)
    {
        var proof = TrainingSamples.Proof(1, TrainingSamples.Consent(statement), manifest, TrainingSamples.Certificate(statement, signers ?? [0, 1, 2]));
        Assert.Equal(expected, proof.Check(TrainingSamples.Genesis, TrainingSamples.Set));
    }
}
