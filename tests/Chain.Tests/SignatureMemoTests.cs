namespace NeuroChain.Chain.Tests;

/// <summary>The memo may save work and may change nothing: with it and without it every question has one answer.</summary>
public sealed class SignatureMemoTests
{
    [Fact]
    public void NobodyHasOneWhoDoesNotOpenIt()
    {
        Assert.Null(SignatureMemo.Current);
        using (SignatureMemo.Open())
        {
            Assert.NotNull(SignatureMemo.Current);
            var elsewhere = false;
            var thread = new Thread(() => elsewhere = SignatureMemo.Current is not null);
            thread.Start();
            thread.Join();
            Assert.False(elsewhere);
        }

        Assert.Null(SignatureMemo.Current);
    }

    [Fact]
    public void WhatIsRecalledIsWhatTheLibrarySays()
    {
        var stream = new SeededStream(77);
        var questions = new List<(Hash256 Digest, Signature Signature)>();
        using (var memo = SignatureMemo.Open())
        {
            var keys = Enumerable.Range(0, 5).Select(_ => PrivateKey.FromSeed(stream.NextHash())).ToList();
            for (var i = 0; i < 100; i++)
            {
                var digest = stream.NextHash();
                var signature = keys[i % keys.Count].Sign(digest);
                questions.Add((digest, signature));
                questions.Add((stream.NextHash(), signature)); // another digest
                var spoilt = signature.Bytes.ToArray();
                spoilt[i % 65] ^= 1;
                if (Signature.TryFromBytes(spoilt, out var other)) questions.Add((digest, other)); // another signature
            }

            foreach (var (digest, signature) in questions) signature.TryRecover(digest, out _);
            var before = memo.Recalls;
            foreach (var (digest, signature) in questions) Check(digest, signature);
            Assert.True(memo.Recalls >= before + questions.Count, "all of it was known");
        }

        static void Check(Hash256 digest, Signature signature)
        {
            var known = signature.TryRecover(digest, out var recalled);
            var found = false;
            Address recovered = default;
            // A thread of its own has no memo: there the library is asked.
            var thread = new Thread(() => found = signature.TryRecover(digest, out recovered));
            thread.Start();
            thread.Join();
            Assert.Equal(found, known);
            Assert.Equal(recovered, recalled);
        }
    }

    [Fact]
    public void ASignatureOfOneDigestVouchesForNoOther()
    {
        using var memo = SignatureMemo.Open();
        var key = PrivateKey.FromSeed(Hash256.Sha256([1]));
        var signature = key.Sign(Hash256.Sha256([2]));
        Assert.True(signature.IsBy(key.Address, Hash256.Sha256([2])));
        Assert.False(signature.IsBy(key.Address, Hash256.Sha256([3])));
        Assert.False(signature.IsBy(PrivateKey.FromSeed(Hash256.Sha256([4])).Address, Hash256.Sha256([2])));
    }

    [Fact]
    public void MemoryIsBounded()
    {
        using var memo = SignatureMemo.Open();
        var bytes = new byte[Signature.Size];
        for (var i = 0; i < 3 * SignatureMemo.GenerationMax; i++) memo.Learn(Hash256.Sha256(BitConverter.GetBytes(i)), bytes, null);
        Assert.InRange(memo.Count, SignatureMemo.GenerationMax, 2 * SignatureMemo.GenerationMax);
    }
}
