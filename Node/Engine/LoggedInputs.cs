using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What a record of the log was to the driver: the one way back from records to inputs, for recovery and for whoever looks into old logs.</summary>
internal static class LoggedInputs
{
    /// <summary>Null where the record was no input, or its signature is not right.</summary>
    /// <param name="record">Of the height after the state's.</param>
    /// <param name="state">The state after the height before.</param>
    /// <param name="blocks">Takes the blocks that the log holds.</param>
    public static Input? Of(WalRecord record, LedgerState state, ProposedBlocks blocks)
    {
        var height = state.Height.Next();
        return record switch
        {
            WalRecord.StartRecord start => new Input.StartHeight(height, state.Next.Schedule, start.Timeouts),
            WalRecord.VoteRecord vote => vote.Vote.Verify(state.GenesisHash) is { } verified ? new Input.VoteReceived(verified) : null,
            WalRecord.PolkaRecord or WalRecord.RoundRecord or WalRecord.CommitRecord =>
                VotesOf(record, state.Next.Validators) is { } votes && Verified(votes, state.GenesisHash) is { } all ? new Input.CertificateReceived(all) : null,
            WalRecord.TimeoutRecord elapsed => new Input.TimeoutElapsed(TimeoutOf(elapsed, height)),
            WalRecord.ValueRecord value => new Input.ValueBuilt(height, value.Round, blocks.Restore(state, value.Block, isValid: true).Ref),
            WalRecord.ProposalRecord p => Engine.InputOf(state, p.Proposal, blocks.Restore(state, p.Block, p.IsValid), p.IsValid, p.ReceivedAt),
            _ => null,
        };
    }

    /// <summary>What a certificate of the log says; null where it names somebody who is no validator, and of a record that is none.</summary>
    public static IReadOnlyList<SignedVote>? VotesOf(WalRecord record, ValidatorSet validators) => record switch
    {
        WalRecord.PolkaRecord polka => CertificateVotes.Of(polka.Certificate, validators),
        WalRecord.RoundRecord round => round.Certificate.Votes,
        WalRecord.CommitRecord commit => CertificateVotes.Of(commit.Certificate, validators),
        _ => null,
    };

    public static NeuroChain.Consensus.Timeout TimeoutOf(WalRecord.TimeoutRecord record, Height height) => new(record.Kind, height, record.Round);

    // All or none: it went into the log when all were right.
    private static IReadOnlyList<VerifiedVote>? Verified(IReadOnlyList<SignedVote> votes, GenesisHash genesis)
    {
        var verified = votes.Select(vote => vote.Verify(genesis)).OfType<VerifiedVote>().ToList();
        return verified.Count == votes.Count ? verified : null;
    }
}
