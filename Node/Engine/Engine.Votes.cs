using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.P2P;

namespace NeuroChain.Node;

// Votes and certificates of the height in progress; those of decided ones are evidence at most (Engine.Evidence.cs).
public sealed partial class Engine
{
    private void OnVote(Address peer, SignedVote vote, Timestamp at)
    {
        var height = vote.Vote.Height;
        if (height < Current)
        {
            OnLateVote(peer, vote);
        }
        else if (height == Current && IsStarted)
        {
            if (_driver.Knows(vote) || (vote.Vote.Round > _driver.Round && !_ahead.HasRoom(vote.Validator, _driver.Round))) return;
            if (!State.Next.Validators.Contains(vote.Validator)) Refuse(peer, "vote of a stranger", PeerFault.Stranger);
            else if (vote.Verify(State.GenesisHash) is not { } verified) Refuse(peer, "vote with a wrong signature", PeerFault.WrongSignature);
            else if (!IsForeign(verified)) FeedVote(verified, at);
        }
        else
        {
            KeepEarly(peer, height, new PeerMessage.VoteMessage(vote), at);
        }
    }

    private void FeedVote(VerifiedVote vote, Timestamp at)
    {
        if (!IsStarted || vote.Vote.Height != Current || _driver.Knows(vote.Signed)) return;
        if (vote.Vote.Round > _driver.Round) _ahead.Took(vote.Vote, vote.Validator, _driver.Round);
        Feed(new Input.VoteReceived(vote), new WalRecord.VoteRecord(at, vote.Signed));
    }

    private void OnPolka(Address peer, PolkaCertificate polka, Timestamp at)
    {
        if (polka.Height < Current) OnLateVotes(peer, _decided.VotesOf(polka));
        if (polka.Height != Current || !IsStarted) return;
        if (CertificateVotes.Of(polka, State.Next.Validators) is not { } votes || !CertificateVotes.IsQuorum(votes, State.Next.Validators))
            Refuse(peer, "polka certificate without a polka");
        else if (NewsIn(peer, [.. votes.Where(vote => !_driver.Has(vote))]) is { Count: > 0 } news)
            FeedUnlessForeign(news, new WalRecord.PolkaRecord(at, polka with { Signatures = Only(news, polka.Signatures) }));
    }

    private void OnRound(Address peer, RoundCertificate round, Timestamp at)
    {
        if (round.Height < Current) OnLateVotes(peer, round.Votes);
        if (round.Height != Current || !IsStarted) return;
        if (round.Votes.Any(vote => vote.Vote.Height != round.Height || vote.Vote.Round != round.Round)) Refuse(peer, "round certificate of many rounds");
        else if (round.Votes.Any(vote => !State.Next.Validators.Contains(vote.Validator))) Refuse(peer, "vote of a stranger", PeerFault.Stranger);
        else if (!CertificateVotes.HasHonest(round.Votes, State.Next.Validators)) Refuse(peer, "round certificate of a third or less");
        else if (NewsIn(peer, [.. round.Votes.Where(vote => !_driver.Knows(vote))]) is { Count: > 0 } news)
            FeedUnlessForeign(news, new WalRecord.RoundRecord(at, new RoundCertificate([.. news.Select(vote => vote.Signed)])));
    }

    // What others decided. Where the block is here it is decided with it; else it is fetched, and the certificate comes once more with it.
    private void OnCommit(Address peer, CommitCertificate commit, Timestamp at)
    {
        if (commit.Height < Current) OnLateCommit(peer, commit);
        if (commit.Height != Current) return; // of what lies ahead the status tells
        if (CertificateVotes.Of(commit, State.Next.Validators) is not { } votes || !CertificateVotes.IsQuorum(votes, State.Next.Validators))
        {
            Refuse(peer, "commit certificate without more than two thirds of the power");
            return;
        }

        if (NewsIn(peer, [.. votes.Where(vote => !_driver.Has(vote))]) is not { } news) return;
        if (IsStarted && news.Count > 0)
            Feed(new Input.CertificateReceived(news), new WalRecord.CommitRecord(at, commit with { Signatures = Only(news, commit.Signatures) }));
        if (commit.Height != Current) return; // that decided it
        _sync.Proved(commit.Height);
        Heard(peer, commit.Height);
        Fetch();
    }

    private void FeedUnlessForeign(IReadOnlyList<VerifiedVote> news, WalRecord record)
    {
        if (!news.Any(IsForeign)) Feed(new Input.CertificateReceived(news), record);
    }

    // Null where one of the signatures is wrong: then nothing of the certificate is taken.
    private IReadOnlyList<VerifiedVote>? NewsIn(Address peer, IReadOnlyList<SignedVote> unknown)
    {
        var news = new List<VerifiedVote>();
        foreach (var vote in unknown)
        {
            if (vote.Verify(State.GenesisHash) is not { } verified)
            {
                Refuse(peer, "certificate with a wrong signature", PeerFault.WrongSignature);
                return null;
            }

            news.Add(verified);
        }

        return news;
    }

    private ImmutableArray<IndexedSignature> Only(IReadOnlyList<VerifiedVote> votes, ImmutableArray<IndexedSignature> signatures)
    {
        var voters = votes.Select(vote => vote.Validator).ToHashSet();
        return [.. signatures.Where(signature => voters.Contains(State.Next.Validators[signature.Index].Address))];
    }
}
