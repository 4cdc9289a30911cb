using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// What the validators said at the last decided heights, as far as it may still convict them: a vote that comes late may contradict one that
/// came in time.
/// </summary>
internal sealed class DecidedVotes
{
    private readonly SortedDictionary<Height, Entry> _heights = [];

    /// <summary>A height was caught up with: nothing was heard in it but how it was decided.</summary>
    public void CaughtUp(CommitCertificate certificate, ValidatorSet validators) => Add(new Entry(certificate, validators));

    /// <summary>A height was decided in which votes were heard.</summary>
    /// <param name="commit">Which block was decided, and by whom.</param>
    /// <param name="validators">The set of the height.</param>
    /// <param name="faults">What was heard.</param>
    /// <returns>Whom the certificate convicts, where it did not come of what was heard.</returns>
    public IReadOnlyList<FaultProof> Decided(VerifiedCommit commit, ValidatorSet validators, FaultFinder faults)
    {
        Add(new Entry(commit.Certificate, validators) { Faults = faults });
        return [.. commit.Certificate.Votes(commit, validators).Select(faults.Add).OfType<FaultProof>()];
    }

    /// <summary>What decided a height; null where it is not held.</summary>
    public CommitCertificate? CertificateOf(Height height) => _heights.GetValueOrDefault(height)?.Certificate;

    /// <summary>The set of a height that is held.</summary>
    public ValidatorSet ValidatorsOf(Height height) => _heights[height].Validators;

    /// <summary>The single votes; none where the height is not held, or somebody is named who is not in its set.</summary>
    public IReadOnlyList<SignedVote> VotesOf(PolkaCertificate polka) =>
        _heights.TryGetValue(polka.Height, out var entry) ? CertificateVotes.Of(polka, entry.Validators) ?? [] : [];

    /// <summary>True the first time for each height that is held.</summary>
    public bool NoteFork(Height height)
    {
        if (!_heights.TryGetValue(height, out var entry) || entry.IsForked) return false;
        return entry.IsForked = true;
    }

    /// <summary>Whether the vote could convict nobody: then its signature need not be checked.</summary>
    public bool Knows(SignedVote vote, GenesisHash genesis) => FaultsOf(vote.Vote.Height, genesis)?.Knows(vote.Vote, vote.Validator) ?? true;

    /// <inheritdoc cref="Knows(SignedVote, GenesisHash)"/>
    public bool Knows(SignedProposal signed, GenesisHash genesis) => FaultsOf(signed.Proposal.Height, genesis)?.Knows(signed.Proposal, signed.Proposer) ?? true;

    public FaultProof? Add(VerifiedVote vote, GenesisHash genesis) => FaultsOf(vote.Vote.Height, genesis)?.Add(vote);

    public FaultProof? Add(SignedProposal authentic, GenesisHash genesis) => FaultsOf(authentic.Proposal.Height, genesis)?.Add(authentic);

    private void Add(Entry entry)
    {
        _heights[entry.Certificate.Height] = entry;
        while (_heights.Count > Limits.LatePrecommitBlocks + 1) _heights.Remove(_heights.Keys.First());
    }

    // Of a height that was caught up with, what is known is who decided it; that is looked at when somebody says more.
    private FaultFinder? FaultsOf(Height height, GenesisHash genesis)
    {
        if (!_heights.TryGetValue(height, out var entry)) return null;
        if (entry.Faults is not null) return entry.Faults;
        entry.Faults = new FaultFinder(height, entry.Validators);
        var verified = entry.Certificate.TryVerify(genesis, entry.Validators, out var commit, out var fault);
        Invariant.Check(verified, $"a block was decided by its certificate, that of {height} is {fault}");
        foreach (var vote in commit!.Certificate.Votes(commit, entry.Validators)) _ = entry.Faults.Add(vote);
        return entry.Faults;
    }

    private sealed class Entry(CommitCertificate certificate, ValidatorSet validators)
    {
        public CommitCertificate Certificate => certificate;

        public ValidatorSet Validators => validators;

        public FaultFinder? Faults { get; set; }

        public bool IsForked { get; set; }
    }
}
