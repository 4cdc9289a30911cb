using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>What every signer does, wherever its key is.</summary>
public abstract class SignerContract
{
    protected static readonly PrivateKey Key = PrivateKey.FromSeed(Hash256.Sha256("signer"u8));

    protected static readonly GenesisHash Genesis = new(Hash256.Sha256("the chain of the signers"u8));

    private static readonly BlockRef A = BlockOf("A"), B = BlockOf("B");

    /// <summary>The signer with the memory that earlier ones of this test left; those are closed.</summary>
    protected abstract ISigner Open();

    [Fact]
    public void WhatWasSignedIsRememberedAcrossRestarts()
    {
        var signer = Open();
        Assert.Equal(Key.Address, signer.Address);
        Assert.Equal(SignerState.Empty, signer.State);
        var (prevote, precommit) = (Prevote(1, 0, A), Precommit(1, 0, A));
        var signature = Signs(signer, prevote);
        Assert.Equal(signature, Signs(signer, prevote));
        Signs(signer, precommit);
        var state = signer.State;
        Assert.Equal((new Height(1), Round.Zero, new Round(0)), (state.Height, state.Round, state.LockedRound!.Value));

        var again = Open();
        Assert.Equal(state, again.State);
        Assert.Equal(signature, Signs(again, prevote));
        Refuses(SignRefusal.Conflict, again, Prevote(1, 0, B));
        Refuses(SignRefusal.AgainstLock, again, Prevote(1, 1, B));
        Refuses(SignRefusal.Regression, again, Precommit(0, 9, A));
        Assert.Equal(state, again.State);
    }

    [Fact]
    public void EveryKindOfMessageIsSigned()
    {
        var signer = Open();
        Signs(signer, SignRequest.Of(new Proposal(new Height(3), new Round(2), A.Hash, new Round(1)), Genesis));
        Signs(signer, Prevote(3, 2, A, validRound: 1));
        Signs(signer, Precommit(3, 2, A));
        Signs(signer, Prevote(3, 3, null));
        Signs(signer, Precommit(3, 3, null));
        Signs(signer, Prevote(3, 4, B, validRound: 2));
        Signs(signer, SignRequest.Of(new Proposal(new Height(4), Round.Zero, B.Hash, null), Genesis));
        Assert.Equal(new Height(4), signer.State.Height);
    }

    [Fact]
    public void OtherContentIsSignedWithoutMemory()
    {
        var signer = Open();
        foreach (var domain in new[] { Domain.Transaction, Domain.Attestation, Domain.CandidateConsent, Domain.KeyRotation })
        {
            var content = new TaggedContent(domain, "something"u8.ToArray());
            Assert.True(signer.SignTagged(content).IsBy(Key.Address, content.Digest));
        }

        Assert.Equal(SignerState.Empty, signer.State);
    }

    [Fact]
    public void WhatNobodyNamedIsNotSigned()
    {
        var signer = Open();
        foreach (var domain in new[] { Domain.Prevote, Domain.Proposal, Domain.NodeIdentity, Domain.PeerEndpoint, Domain.Header })
            Assert.Throws<InvariantException>(() => signer.SignTagged(new TaggedContent(domain, new byte[80])));
    }

    protected static SignRequest Prevote(ulong height, uint round, BlockRef? block, uint? validRound = null) =>
        SignRequest.Of(new Prevote(new Height(height), new Round(round), block?.Hash, validRound is { } valid ? new Round(valid) : null), Genesis);

    protected static SignRequest Precommit(ulong height, uint round, BlockRef? block) => SignRequest.Of(new Precommit(new Height(height), new Round(round), block), Genesis);

    protected static BlockRef BlockOf(string name)
    {
        var hash = Hash256.Sha256(System.Text.Encoding.ASCII.GetBytes(name));
        return new BlockRef(new BlockHash(hash), hash, hash);
    }

    private static Signature Signs(ISigner signer, SignRequest request)
    {
        var signature = signer.TrySign(request, out var refusal);
        Assert.Equal((SignRefusal.None, true), (refusal, signature?.IsBy(Key.Address, request.Digest)));
        return signature!;
    }

    private static void Refuses(SignRefusal expected, ISigner signer, SignRequest request)
    {
        Assert.Null(signer.TrySign(request, out var refusal));
        Assert.Equal(expected, refusal);
    }
}
