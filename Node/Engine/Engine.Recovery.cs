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
        var (records, _, lost, isHarmed) = _wal.Open(Current);
        if (lost > 0) _outputs.Add(new EngineOutput.LogCut(Current, records.Count, lost, isHarmed));
        if (records.Count > 0) Replay(records);
        else _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.StartHeight(Current), pause));
    }

    // Feeds the log to the driver without acting on it, then does what the log does not show as done.
    private void Replay(IReadOnlyList<WalRecord> records)
    {
        _isReplaying = true;
        var isTold = false;
        foreach (var record in records)
        {
            _open.Settle(record, _signer?.Address, Current);
            if (record is WalRecord.EffectsRecord effects) isTold = Compare(effects, isTold);
            else ReplayOne(record, ref isTold);
            if (!_isReplaying) return; // it held the decision
        }

        _isReplaying = false;
        foreach (var effect in _open.TakeAll()) Perform(effect);
    }

    private void ReplayOne(WalRecord record, ref bool isTold)
    {
        if (record is WalRecord.StartRecord start)
        {
            _heightStarted = start.ReceivedAt;
            isTold = start.Validator != _signer?.Address; // with another key than before it does other things, and that is no wonder
        }

        if (LoggedInputs.Of(record, State, _blocks) is { } input) Feed(input, record);
    }

    // A new program may do otherwise than the old one in the middle of a height; the same program may not. Either is to be known, neither stops
    // the node: what its signer remembers holds in any case.
    private bool Compare(WalRecord.EffectsRecord logged, bool isTold)
    {
        if (logged.Hash == _effects.Value) return isTold;
        if (!isTold) _outputs.Add(new EngineOutput.ReplayDiffers(Current));
        _effects.GoOnFrom(logged.Hash);
        return true;
    }
}
