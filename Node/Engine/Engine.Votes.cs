using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.P2P;

namespace NeuroChain.Node;

// Votes of the height in progress, and precommits for the last decided ones.
public sealed partial class Engine
{
    private void OnVote(Address peer, SignedVote vote, Timestamp at)
    {
        var height = vote.Vote.Height;
        if (height < Current)
        {
            _precommits.Add(vote, State.GenesisHash);
            if (height.Next() < Current) Tell(peer, new PeerMessage.StatusMessage(State.Height)); // it lags: say that there is more
        }
        else if (height == Current && IsStarted)
        {
            if (_driver.Knows(vote)) return;
            if (!State.Next.Validators.Contains(vote.Validator)) Refuse(peer, "vote of a stranger", PeerFault.Stranger);
            else if (vote.Verify(State.GenesisHash) is not { } verified) Refuse(peer, "vote with a wrong signature", PeerFault.WrongSignature);
            else FeedVote(verified, at);
        }
        else
        {
            KeepEarly(peer, height, new PeerMessage.VoteMessage(vote), at);
        }
    }

    private void FeedVote(VerifiedVote vote, Timestamp at)
    {
        if (!IsStarted || vote.Vote.Height != Current || _driver.Knows(vote.Signed)) return;
        Feed(new Input.VoteReceived(vote), new WalRecord.VoteRecord(at, vote.Signed));
    }
}
