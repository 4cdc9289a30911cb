using System.Security.Cryptography;
using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// Domain separation: whatever is hashed or signed with SHA-256 begins with one of these tags, length first, so that bytes made for
/// one purpose can never pass for another.
/// </summary>
public sealed class Domain
{
    public static readonly Domain Genesis = new("NeuroChain genesis v1");
    public static readonly Domain Transaction = new("NeuroChain transaction v1");
    public static readonly Domain Task = new("NeuroChain task v1");
    public static readonly Domain Header = new("NeuroChain header v1");
    public static readonly Domain Proposal = new("NeuroChain proposal v1");
    public static readonly Domain Prevote = new("NeuroChain prevote v1");
    public static readonly Domain TrainingProof = new("NeuroChain training proof v1");
    public static readonly Domain Candidate = new("NeuroChain candidate v1");
    public static readonly Domain CandidateConsent = new("NeuroChain candidate consent v1");
    public static readonly Domain CandidateCommitment = new("NeuroChain candidate commitment v1");
    public static readonly Domain Attestation = new("NeuroChain attestation v1");
    public static readonly Domain AttestationCommitment = new("NeuroChain attestation commitment v1");
    public static readonly Domain Losses = new("NeuroChain losses v1");
    public static readonly Domain SeedShare = new("NeuroChain seed share v1");
    public static readonly Domain TrainingSeed = new("NeuroChain training seed v1");
    public static readonly Domain SampleList = new("NeuroChain sample list v1");
    public static readonly Domain Samples = new("NeuroChain samples v1");
    public static readonly Domain PrivateSamples = new("NeuroChain private samples v1");
    public static readonly Domain PrivateRecheck = new("NeuroChain private recheck v1");
    public static readonly Domain ProbeSamples = new("NeuroChain probe samples v1");
    public static readonly Domain TriggerSamples = new("NeuroChain trigger samples v1");
    public static readonly Domain Generator = new("NeuroChain generator v1");
    public static readonly Domain SealedKey = new("NeuroChain sealed key v1");
    public static readonly Domain SealedPad = new("NeuroChain sealed pad v1");
    public static readonly Domain SealedShare = new("NeuroChain sealed share v1");
    public static readonly Domain SealedSample = new("NeuroChain sealed sample v1");
    public static readonly Domain SealedDraw = new("NeuroChain sealed draw v1");
    public static readonly Domain SealedOrder = new("NeuroChain sealed order v1");
    public static readonly Domain SealedSampleList = new("NeuroChain sealed sample list v1");
    public static readonly Domain CustodianSecret = new("NeuroChain custodian secret v1");
    public static readonly Domain GeneratedTraining = new("NeuroChain generated training sample v1");
    public static readonly Domain GeneratedEvaluation = new("NeuroChain generated evaluation sample v1");
    public static readonly Domain Stream = new("NeuroChain stream v1");
    public static readonly Domain MerkleLeaf = new("NeuroChain merkle leaf v1");
    public static readonly Domain MerkleNode = new("NeuroChain merkle node v1");
    public static readonly Domain StateLeaf = new("NeuroChain state leaf v1");
    public static readonly Domain StateNode = new("NeuroChain state node v1");
    public static readonly Domain Blob = new("NeuroChain blob v1");
    public static readonly Domain Upload = new("NeuroChain upload v1");
    public static readonly Domain DeviceNonce = new("NeuroChain device nonce v1");
    public static readonly Domain MultiSignature = new("NeuroChain multi-signature account v1");
    public static readonly Domain KeyRotation = new("NeuroChain key rotation v1");
    public static readonly Domain NodeIdentity = new("NeuroChain node identity v1");
    public static readonly Domain PeerEndpoint = new("NeuroChain peer endpoint v1");

    // Short inputs, which most are, are hashed in one go: an incremental hash takes twice as long.
    private const int StackBytesMax = 512;

    private readonly byte[] _prefix;

    private Domain(string tag)
    {
        var ascii = Encoding.ASCII.GetBytes(tag);
        _prefix = [(byte)ascii.Length, .. ascii];
        Tag = tag;
    }

    public string Tag { get; }

    public Hash256 Hash(ReadOnlySpan<byte> data) => Hash(data, default);

    public Hash256 Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = _prefix.Length + first.Length + second.Length;
        if (length > StackBytesMax) return HashLong(first, second);
        Span<byte> joined = stackalloc byte[StackBytesMax];
        _prefix.CopyTo(joined);
        first.CopyTo(joined[_prefix.Length..]);
        second.CopyTo(joined[(_prefix.Length + first.Length)..]);
        return Hash256.Sha256(joined[..length]);
    }

    public Hash256 Hash(Hash256 left, Hash256 right)
    {
        Span<byte> joined = stackalloc byte[_prefix.Length + (2 * Hash256.Size)];
        _prefix.CopyTo(joined);
        left.CopyTo(joined[_prefix.Length..]);
        right.CopyTo(joined[(_prefix.Length + Hash256.Size)..]);
        return Hash256.Sha256(joined);
    }

    private Hash256 HashLong(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var hasher = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hasher.AppendData(_prefix);
        hasher.AppendData(first);
        hasher.AppendData(second);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        hasher.GetHashAndReset(digest);
        return Hash256.FromBytes(digest);
    }
}
