using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

// The log of a height that a crash left: fed again, and then done what it does not show as done.
public sealed partial class Engine
{
    private void RestorePrecommits()
    {
        if (State.Height == Height.Genesis) return;
        for (var height = State.Height.MinusOrGenesis(Limits.LatePrecommitBlocks); height <= State.Height; height = height.Next())
            if (height > Height.Genesis && _store.Get(height) is { } committed)
            {
                _precommits.Decided(committed.Certificate, State.ContextOf(height).Validators);
                _decided.CaughtUp(committed.Certificate, State.ContextOf(height).Validators);
            }
    }

    // A log that is there already was left by a crash, or by a node whose store was deleted and that has synced back to where it was.
    private void OpenHeight(TimeSpan pause)
    {
        _isOpen = true;
        var records = _wal.Open(Current);
        if (records.Count > 0) Replay(records);
        else _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.StartHeight(Current), pause));
    }

    // Feeds the log to the driver without acting on it, then does what the log does not show as done.
    private void Replay(IReadOnlyList<WalRecord> records)
    {
        _isReplaying = true;
        foreach (var record in records)
        {
            _open.Settle(record, _signer?.Address, Current);
            ReplayOne(record);
            if (!_isReplaying) return; // it held the decision
        }

        _isReplaying = false;
        foreach (var effect in _open.TakeAll()) Perform(effect);
    }

    private void ReplayOne(WalRecord record)
    {
        switch (record)
        {
            case WalRecord.StartRecord start:
                _heightStarted = start.ReceivedAt;
                Feed(new Input.StartHeight(Current, State.Next.Schedule), record);
                break;
            case WalRecord.VoteRecord vote:
                if (vote.Vote.Verify(State.GenesisHash) is { } verified) Feed(new Input.VoteReceived(verified), record);
                break;
            case WalRecord.PolkaRecord polka:
                Feed(new Input.CertificateReceived(Logged(CertificateVotes.Of(polka.Certificate, State.Next.Validators))), record);
                break;
            case WalRecord.RoundRecord round:
                Feed(new Input.CertificateReceived(Logged(round.Certificate.Votes)), record);
                break;
            case WalRecord.CommitRecord commit:
                Feed(new Input.CertificateReceived(Logged(CertificateVotes.Of(commit.Certificate, State.Next.Validators))), record);
                break;
            case WalRecord.TimeoutRecord elapsed:
                Feed(new Input.TimeoutElapsed(new NeuroChain.Consensus.Timeout(elapsed.Kind, Current, elapsed.Round)), record);
                break;
            case WalRecord.ValueRecord value:
                Feed(new Input.ValueBuilt(Current, value.Round, _blocks.Restore(State, value.Block, isValid: true).Ref), record);
                break;
            case WalRecord.ProposalRecord p:
                Feed(InputOf(p.Proposal, _blocks.Restore(State, p.Block, p.IsValid), p.IsValid, p.ReceivedAt), record);
                break;
        }
    }
}
