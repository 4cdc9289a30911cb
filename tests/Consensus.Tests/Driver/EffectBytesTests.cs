using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

public sealed class EffectBytesTests
{
    private static readonly Committee Committee = new(1, 1, 1, 1);
    private static readonly Effect[] Samples = [.. Make()];

    [Fact]
    public void EveryEffectHasBytes()
    {
        var kinds = typeof(Effect).GetNestedTypes().Order(Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name)));
        Assert.Equal(kinds, Samples.Select(effect => effect.GetType()).Distinct().Order(Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name))));
        foreach (var effect in Samples) Assert.NotEmpty(BytesOf(effect));
    }

    /// <summary>None is the beginning of another: so a row of effects has one reading only.</summary>
    [Fact]
    public void NoTwoRowsOfEffectsHaveTheSameBytes()
    {
        var bytes = Samples.Select(BytesOf).ToList();
        for (var i = 0; i < bytes.Count; i++)
            for (var j = 0; j < bytes.Count; j++)
                Assert.True(i == j || !bytes[j].AsSpan().StartsWith(bytes[i]), $"{Samples[i]} and {Samples[j]}");
    }

    [Fact]
    public void TheHashGoesOnAndOrderCounts()
    {
        var (hash, other) = (new EffectHash(), new EffectHash());
        Assert.Equal(Hash256.Zero, hash.Value);
        hash.Add([]);
        Assert.Equal(Hash256.Zero, hash.Value);
        hash.Add([Samples[0], Samples[1]]);
        other.Add([Samples[1], Samples[0]]);
        Assert.NotEqual(hash.Value, other.Value);
        var middle = hash.Value;
        hash.Add([Samples[2]]);
        other.GoOnFrom(middle);
        other.Add([Samples[2]]);
        Assert.Equal(hash.Value, other.Value);
        Assert.NotEqual(middle, hash.Value);
    }

    /// <summary>Logs hold hashes over these bytes: to change them is to make old logs unreadable to whoever replays them.</summary>
    [Fact]
    public void TheBytesArePinned()
    {
        var all = new ByteWriter();
        foreach (var effect in Samples) EffectBytes.Write(all, effect);
        Assert.Equal("0F23394114F89737", Convert.ToHexString(Hash256.Sha256(all.Written.Span).ToArray())[..16]);
    }

    private static byte[] BytesOf(Effect effect)
    {
        var writer = new ByteWriter();
        EffectBytes.Write(writer, effect);
        return writer.ToArray();
    }

    private static IEnumerable<Effect> Make()
    {
        var (height, other, leader) = (Committee.Height, Committee.Height.Next(), Committee.Set[0].Address);
        var (zero, one) = (Round.Zero, new Round(1));
        var (a, b, star) = (Committee.Block("A"), Committee.Block("B"), Committee.Block("A*"));
        foreach (var (h, r) in new[] { (height, zero), (height, one), (other, zero) })
        {
            yield return new Effect.RoundStarted(h, r, leader);
            yield return new Effect.RoundStarted(h, r, Committee.Set[1].Address);
            yield return new Effect.GetValue(h, r);
            foreach (var validRound in new Round?[] { null, zero, one })
            {
                yield return new Effect.Propose(new Proposal(h, r, a.Hash, validRound));
                yield return new Effect.Propose(new Proposal(h, r, b.Hash, validRound));
                foreach (var hash in new BlockHash?[] { a.Hash, b.Hash }) yield return new Effect.CastVote(new Prevote(h, r, hash, validRound));
            }

            yield return new Effect.CastVote(new Prevote(h, r, null, null));
            foreach (var block in new BlockRef?[] { null, a, b, star, a with { NextValidatorsRoot = b.Hash.Value } }) yield return new Effect.CastVote(new Precommit(h, r, block));
            foreach (var kind in Enum.GetValues<TimeoutKind>())
                foreach (var after in new[] { TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10) })
                    yield return new Effect.ScheduleTimeout(new Timeout(kind, h, r), after);
            foreach (var signers in new[] { new[] { 0, 1, 2 }, [0, 1, 3], [0, 1, 2, 3] })
                yield return new Effect.Decide(Commit(h, r, a, signers));
        }

        SignedVote Vote(Vote vote) => Committee.Sign(vote, 1).Signed;
        var (prevoteA, prevoteB, nil) = (Vote(new Prevote(height, zero, a.Hash, null)), Vote(new Prevote(height, zero, b.Hash, null)), Vote(new Precommit(height, zero, null)));
        yield return new Effect.FoundEvidence(DuplicateVoteProof.Of(prevoteA, prevoteB));
        yield return new Effect.FoundEvidence(DuplicateVoteProof.Of(Vote(new Precommit(height, zero, a)), nil));
        SignedProposal Signed(BlockRef block) => Committee.Sign(new Proposal(height, zero, block.Hash, null), 0);
        yield return new Effect.FoundEvidence(DuplicateProposalProof.Of(Signed(a), Signed(b)));
        foreach (var validRound in new Round?[] { null, zero })
            yield return new Effect.PolkaSeen(new PolkaCertificate(height, one, validRound, a.Hash, [.. Enumerable.Range(0, 3).Select(i => new IndexedSignature((ushort)i, Committee.Sign(new Prevote(height, one, a.Hash, validRound), i).Signed.Signature))]));
    }

    private static VerifiedCommit Commit(Height height, Round round, BlockRef block, int[] signers)
    {
        var certificate = new CommitCertificate(height, round, block, [.. signers.Select(i => new IndexedSignature((ushort)i, Committee.Sign(new Precommit(height, round, block), i).Signed.Signature))]);
        Assert.True(certificate.TryVerify(Committee.Genesis, Committee.Set, out var commit, out _));
        return commit;
    }
}
