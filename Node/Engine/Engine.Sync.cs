using NeuroChain.Chain;

namespace NeuroChain.Node;

// Catching up: blocks that others have decided already, and messages that come before their height.
public sealed partial class Engine
{
    private void OnStatus(Address peer, Height height)
    {
        _sync.Heard(peer, height);
        if (_sync.Best > Current) Fetch(); // one ahead is normal: its precommits are on their way
    }

    private void OnBlocks(EngineInput.BlocksArrived arrived)
    {
        var helped = false;
        foreach (var fetched in arrived.Blocks)
        {
            if (!TryApply(arrived.Peer, fetched, out var reason))
            {
                if (reason is not null) Refuse(arrived.Peer, reason);
                break;
            }

            helped = true;
        }

        if (arrived.More) return;
        _sync.Answered(arrived.Peer, helped);
        if (IsCatchingUp) Fetch();
    }

    // Null as reason: the block is one that we have decided meanwhile.
    private bool TryApply(Address peer, FetchedBlock fetched, out string? reason)
    {
        reason = "sync: malformed block or certificate";
        var block = fetched.Prepared?.Block;
        if (block is null && !Block.TryDecode(fetched.Block.Span, out block, out _)) return false;
        if (!CommitCertificate.TryDecode(fetched.Certificate.Span, out var certificate)) return false;
        reason = null;
        if (block.Height < Current) return true;
        reason = $"sync: block {block.Height} where {Current} was wanted";
        if (block.Height != Current || certificate.Height != Current || certificate.Block != block.Ref) return false;
        reason = "sync: block without more than two thirds of the power";
        if (!certificate.TryVerify(State.GenesisHash, State.Next.Validators, out var commit, out _)) return false;
        reason = "sync: block of another chain than ours";
        if (IsOnAnotherSide(peer, block)) return false;
        Apply(_blocks.Require(State, block, fetched.Prepared), commit);
        return true;
    }

    private void KeepEarly(Address peer, Height height, PeerMessage message, Timestamp at)
    {
        if (height > Current.Next())
        {
            _sync.Heard(peer, new Height(height.Value - 1)); // who votes at a height has decided the one before
            Fetch();
            return;
        }

        _early.Add(peer, height, message, at);
        // Somebody's pause between the blocks is over: then so is ours, and all keep one pace.
        if (height == Current && !IsStarted && message is PeerMessage.ProposalMessage) StartHeight();
    }

    private void Fetch()
    {
        if (_sync.Next(State.Height) is not { } request) return;
        _outputs.Add(new EngineOutput.FetchBlocks(request.Peer, request.From, request.To));
        _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.SyncRetry(request.Attempt), _settings.SyncPatience));
    }
}
