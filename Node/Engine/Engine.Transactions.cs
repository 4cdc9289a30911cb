using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

// Transactions: into the mempool, and on to the peers that lack them.
public sealed partial class Engine
{
    private void OnTransactions(EngineInput.TransactionsArrived arrived)
    {
        if (arrived.Fault != TransactionFault.None) Refuse(arrived.Peer, $"transaction: {arrived.Fault}", PeerFault.WrongSignature);
        var isWhole = false;
        foreach (var transaction in arrived.Transactions)
        {
            _gossip.Has(arrived.Peer, transaction.Hash);
            _ = Admit(transaction, arrived.Peer);
            if (!_pending.IsEmpty) isWhole |= _pending.Offer(transaction);
        }

        if (isWhole) JudgeWhole();
    }

    private MempoolRejection Admit(Transaction transaction, Address? from)
    {
        var rejection = Mempool.TryAdd(transaction, State);
        if (rejection == MempoolRejection.None) _gossip.Admitted(transaction, from);
        return rejection;
    }

    // What comes in a few milliseconds goes in one message, unless it is much or has a window.
    private void FlushGossip()
    {
        if (!_gossip.HasNews) return;
        if (!_gossip.IsDue && !_isGossipTimed)
        {
            _isGossipTimed = true;
            _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.Gossip(), _settings.GossipEvery));
        }

        if (_gossip.IsDue) SendGossip();
    }

    private void SendGossip()
    {
        foreach (var (peer, message) in _gossip.Flush()) Tell(peer, message);
    }
}
