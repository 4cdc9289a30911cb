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

    /// <summary>Takes a precommit of a decided height where it is for the decided block and its signature is right.</summary>
    public void Add(SignedVote vote, GenesisHash genesis)
    {
        if (vote.Vote is not Precommit precommit || !_heights.TryGetValue(precommit.Height, out var entry)) return;
        if (precommit != entry.Certificate.Precommit || !entry.Validators.TryIndexOf(vote.Validator, out var index)) return;
        if (entry.Signatures.ContainsKey((ushort)index) || vote.Verify(genesis) is null) return;
        entry.Signatures[(ushort)index] = vote.Signature;
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
