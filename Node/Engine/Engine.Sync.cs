using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

// Catching up: blocks that others have decided already, and messages that come before their height.
public sealed partial class Engine
{
    /// <summary>Outputs that may wait for blocks to be durable: each committed block is one.</summary>
    private const int HeldMax = 256;

    // What is applied before others have their turn: some tens of milliseconds.
    private const int ApplyBlocksMax = 50;
    private const long ApplyBytesMax = 2 * 1024 * 1024;

    private readonly SyncPlanner _sync = new();
    private readonly SyncBuffer _fetched = new();
    private readonly List<EngineOutput> _requests = [];
    private readonly SortedDictionary<Address, SortedSet<Address>> _validatorsOf = [];
    private readonly Dictionary<Address, Height> _saidBy = [];
    private Height? _weighed;
    private bool _isApplyTimed;

    private void OnStatus(Address peer, Height height)
    {
        Heard(peer, height);
        if (_gate is not null)
        {
            if (!_saidBy.TryGetValue(peer, out var said) || height > said) _saidBy[peer] = height;
            if (_validatorsOf.TryGetValue(peer, out var validators))
                foreach (var validator in validators)
                    _gate.Heard(validator, height);
        }

        if (_sync.Claimed > Current) Fetch(); // one ahead is normal: its precommits are on their way
    }

    private void OnBlocks(EngineInput.BlocksArrived arrived)
    {
        foreach (var fetched in arrived.Blocks)
        {
            var fault = Take(arrived, fetched);
            if (fault is null) continue;
            Ban(arrived.Peer, fault);
            break;
        }

        if (!arrived.More) _sync.Ended(arrived.Attempt, _now);
        ApplyFetched();
        if (_sync.Claimed > Current) Fetch();
    }

    // Null where the block is as it should be, or comes too late to matter.
    private string? Take(EngineInput.BlocksArrived arrived, FetchedBlock fetched)
    {
        if (!fetched.TryRead(out var read)) return "sync: malformed block or certificate";
        var height = read.Height!.Value;
        var verdict = _sync.Received(arrived.Attempt, height, fetched.Block.Length);
        if (verdict is SyncVerdict.Gap or SyncVerdict.Unasked) return $"sync: block {height} is not the next one of those that were asked for";
        if (verdict == SyncVerdict.Late || height < Current) return null;
        if (!read.IsCertified) return "sync: block with the certificate of another";
        if (read.Commit is not null && read.Commit.ValidatorsRoot == State.Next.Validators.Root) _sync.Proved(height);
        _fetched.Add(arrived.Peer, height, read);
        return null;
    }

    private void ApplyFetched()
    {
        _fetched.DropBelow(Current);
        long bytes = 0;
        for (var count = 0; _fetched.Has(Current); count++)
        {
            if (count >= ApplyBlocksMax || bytes >= ApplyBytesMax)
            {
                if (!_isApplyTimed) _requests.Add(new EngineOutput.SetTimer(new EngineTimer.SyncApply(), TimeSpan.Zero));
                _isApplyTimed = true;
                return;
            }

            var (peer, fetched) = _fetched.Take(Current);
            bytes += fetched.Block.Length;
            if (IsProved(fetched, out var commit) && !IsOnAnotherSide(peer, fetched.Content!))
            {
                Apply(_blocks.Require(State, fetched.Content!, fetched.Prepared), commit);
                continue;
            }

            Ban(peer, commit is null ? "sync: block without more than two thirds of the power" : "sync: block of another chain than ours");
            Fetch();
        }
    }

    // Verified ahead against the very set of this height, or now.
    private bool IsProved(FetchedBlock fetched, [NotNullWhen(true)] out VerifiedCommit? commit)
    {
        commit = fetched.Commit;
        return commit?.ValidatorsRoot == State.Next.Validators.Root || fetched.TryVerify(State.GenesisHash, State.Next.Validators, out commit);
    }

    private void Ban(Address peer, string reason)
    {
        Refuse(peer, reason, PeerFault.UselessAnswer);
        _fetched.Drop(peer);
        if (_sync.Ban(peer, _now) is { } asked) _requests.Add(new EngineOutput.StopFetch(asked.Attempt));
    }

    // After a block that was fetched the next height begins where its block is not on its way: one that is decided for sure needs no log and no
    // votes of this node.
    private void GoOn()
    {
        if (_isOpen || (_sync.Best >= Current && (_fetched.Has(Current) || _sync.IsComing(Current)))) return;
        Advance();
    }

    private void KeepEarly(Address peer, Height height, PeerMessage message, Timestamp at)
    {
        if (height > Current.Next())
        {
            Heard(peer, height.MinusOrGenesis(1)); // who votes at a height has decided the one before; by its own word
            Fetch();
            return;
        }

        _early.Add(peer, height, message, at);
        // The first leader's pause between the blocks is over: then so is ours, and all keep one pace.
        if (height == Current && _isOpen && !IsStarted && message is PeerMessage.ProposalMessage { Proposal: var signed } && IsOfFirstLeader(signed)) StartHeight();
    }

    private bool IsOfFirstLeader(SignedProposal signed) =>
        signed.Proposal.Round == Round.Zero && State.Next.Schedule.Leader(Round.Zero) == signed.Proposer && signed.IsAuthentic(State.GenesisHash);

    private void OnPatienceOver(ulong attempt)
    {
        switch (_sync.TimedOut(attempt, _now))
        {
            case SyncWait.GoesOn:
                Wait(attempt);
                break;
            case SyncWait.GivenUp:
                _requests.Add(new EngineOutput.StopFetch(attempt));
                Fetch();
                break;
        }
    }

    private void Heard(Address peer, Height height)
    {
        Weigh();
        _sync.Heard(peer, height, _now);
    }

    // Peers are known by their nodes' keys, power is their validators'. Nodes and powers change with blocks alone.
    private void Weigh()
    {
        if (_weighed == State.Height) return;
        _weighed = State.Height;
        var powers = new SortedDictionary<Address, ulong>();
        ulong total = 0;
        foreach (var validator in ValidatorStatus.ReadAll(State))
        {
            powers[validator.Node] = powers.GetValueOrDefault(validator.Node) + validator.Power;
            Know(validator.Node, validator.Address);
            total += validator.Power;
        }

        // Who is voted out, or has changed its key, has two heights more to vote on.
        foreach (var validator in State.Next.Validators.Validators)
            if (ValidatorRecord.Get(State, validator.Address) is { } record)
                Know(record.Node, validator.Address);
        _sync.Weigh(powers, total);
    }

    // Never taken out. A node may have spoken before it was known whose it is; it says where it is only when it has moved, and may be waiting for us.
    private void Know(Address node, Address validator)
    {
        if (!_validatorsOf.TryGetValue(node, out var validators)) _validatorsOf[node] = validators = [];
        if (validators.Add(validator) && _saidBy.TryGetValue(node, out var said)) _gate?.Heard(validator, said);
    }

    private void Fetch()
    {
        foreach (var request in _sync.Next(State.Height, _fetched.Window, _fetched.Has, _now))
        {
            _requests.Add(new EngineOutput.FetchBlocks(request.Peer, request.From, request.To, request.Attempt));
            Wait(request.Attempt);
        }
    }

    private void Wait(ulong attempt) => _requests.Add(new EngineOutput.SetTimer(new EngineTimer.SyncRetry(attempt), _settings.SyncPatience));

    // To ask for blocks says nothing that a crash could make untrue: it waits for no write.
    private EngineOutput[] TakeRequests()
    {
        EngineOutput[] requests = [.. _requests];
        _requests.Clear();
        return requests;
    }
}
