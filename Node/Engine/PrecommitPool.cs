using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Precommits for the last decided blocks, on time or late: the next leader shows with them who was there. One height is a few signatures;
/// heights past the rule for late ones are dropped.
/// </summary>
internal sealed class PrecommitPool
{
    private readonly SortedDictionary<Height, Entry> _heights = [];

    public void Decided(CommitCertificate certificate, ValidatorSet validators)
    {
        var entry = new Entry(certificate, validators);
        foreach (var (index, signature) in certificate.Signatures) entry.Signatures[index] = signature;
        _heights[certificate.Height] = entry;
        while (_heights.Count > Limits.LatePrecommitBlocks + 1) _heights.Remove(_heights.Keys.First());
    }

    /// <summary>Whether the vote is a precommit for a decided block by one whose precommit is not held.</summary>
    public bool Wants(SignedVote vote) =>
        vote.Vote is Precommit precommit
        && _heights.TryGetValue(precommit.Height, out var entry)
        && precommit == entry.Certificate.Precommit
        && entry.Validators.TryIndexOf(vote.Validator, out var index)
        && !entry.Signatures.ContainsKey((ushort)index);

    /// <summary>Takes a precommit that it wants.</summary>
    public void Add(VerifiedVote vote)
    {
        if (!Wants(vote.Signed)) return;
        var entry = _heights[vote.Vote.Height];
        _ = entry.Validators.TryIndexOf(vote.Validator, out var index);
        entry.Signatures[(ushort)index] = vote.Signed.Signature;
    }

    /// <summary>The certificate of a height with all precommits that came since; null where the height is not held.</summary>
    public CommitCertificate? CertificateOf(Height height) =>
        _heights.TryGetValue(height, out var entry)
            ? entry.Certificate with { Signatures = [.. entry.Signatures.Select(s => new IndexedSignature(s.Key, s.Value))] }
            : null;

    /// <summary>Precommits of the heights before the given one, ascending; the ledger leaves out those that the chain has seen.</summary>
    public ImmutableArray<LatePrecommit> Before(Height height) =>
        [.. _heights.Where(h => h.Key < height).SelectMany(h => h.Value.Signatures.Select(s => new LatePrecommit(h.Key, s.Key, s.Value)))];

    private sealed class Entry(CommitCertificate certificate, ValidatorSet validators)
    {
        public CommitCertificate Certificate => certificate;

        public ValidatorSet Validators => validators;

        public SortedDictionary<ushort, Signature> Signatures { get; } = [];
    }
}
