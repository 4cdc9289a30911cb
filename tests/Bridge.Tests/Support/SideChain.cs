using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>
/// What the vault sees of our chain: blocks that are certified with the real digest and real keys, and the range of bridge leaves. It
/// certifies whatever a test asks for.
/// </summary>
internal sealed class SideChain(ValidatorKeys keys, GenesisHash genesis)
{
    public GenesisHash Genesis => genesis;

    /// <summary>Who signs the next block.</summary>
    public ValidatorKeys Keys { get; set; } = keys;

    public MountainRange Leaves { get; } = new();

    /// <summary>Of the newest block.</summary>
    public ulong Height { get; set; }

    /// <summary>How often the set has changed.</summary>
    public ulong SetNumber { get; set; }

    /// <summary>A block and its certificate, signed by all unless it is said by whom.</summary>
    public CommitCertificate Commit(
        Hash256? next = null, Hash256? bridgeRoot = null, ulong? height = null, uint round = 0, Hash256? block = null, int[]? signers = null)
    {
        var at = height ?? ++Height;
        var reference = new BlockRef(new BlockHash(block ?? Words.Of(0xb10c0000 + at)), bridgeRoot ?? Leaves.Root, next ?? Keys.Set.Root);
        var precommit = new Precommit(new Height(at), new Round(round), reference);
        var digest = precommit.Digest(genesis);
        var indices = signers ?? [.. Enumerable.Range(0, Keys.Keys.Length)];
        ImmutableArray<IndexedSignature> signatures = [.. indices.Select(i => new IndexedSignature((ushort)i, Keys.Keys[i].Sign(digest)))];
        return new CommitCertificate(precommit.Height, precommit.Round, reference, signatures);
    }

    /// <summary>The same as the vault takes it.</summary>
    public VaultCertificate Certify(
        Hash256? next = null, Hash256? bridgeRoot = null, ulong? height = null, uint round = 0, Hash256? block = null, int[]? signers = null) =>
        VaultCertificate.Of(Commit(next, bridgeRoot, height, round, block, signers), Keys.Set);

    /// <summary>The block with which other validators begin, for heights above its own.</summary>
    public SetChange Change(ValidatorKeys next)
    {
        var change = End(next.Set.Root);
        (Keys, SetNumber) = (next, SetNumber + 1);
        return change;
    }

    /// <summary>The last block of the present set, which names that root as the next one. The set goes on signing where a test wants it to.</summary>
    public SetChange End(Hash256 next, ulong? height = null, int[]? signers = null)
    {
        var leaf = Leaves.Append(BridgeLeaf.SetChange(SetNumber + 1, new Height(height ?? Height + 1), next));
        return new SetChange(Certify(next: next, height: height, signers: signers), Leaves.Prove(leaf));
    }

    /// <summary>The certificate with signatures of the same validators over another digest.</summary>
    public VaultCertificate SignedOver(VaultCertificate certificate, Hash256 digest)
    {
        var signatures = new List<IndexedSignature>();
        for (var i = 0; i < Keys.Keys.Length; i++)
            if ((certificate.Signers >> i & 1) == 1)
                signatures.Add(new IndexedSignature((ushort)i, Keys.Keys[i].Sign(digest)));
        var block = new BlockRef(new BlockHash(certificate.BlockHash), certificate.BridgeRoot, certificate.NextValidators);
        return VaultCertificate.Of(new CommitCertificate(new Height(certificate.Height), new Round(certificate.Round), block, [.. signatures]), Keys.Set);
    }
}

/// <summary>The last certificate of a set, and the proof of the leaf that says so.</summary>
internal sealed record SetChange(VaultCertificate Certificate, MountainProof Proof)
{
    public byte[] Follow => VaultCalls.Follow(Certificate, Proof);

    /// <summary>As evidence that the vault followed another end of that set.</summary>
    public byte[] Evidence(ulong set) => VaultCalls.ProveOtherEnd(Certificate, Proof, set);
}
