using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

// Proposals: those of other leaders, and the block that this node builds where it leads.
public sealed partial class Engine
{
    /// <summary>A leader whose clock is behind the last block looks again after as long at most: clocks are set.</summary>
    private const ulong BuildAgainMs = 1_000;

    private readonly LaterProposals _later = new();
    private readonly PendingProposals _pending = new();
    private readonly BlockSupply _supply;

    private void OnProposal(Address peer, PeerMessage.ProposalMessage message, Timestamp at)
    {
        var signed = message.Proposal;
        var height = signed.Proposal.Height;
        if (height < Current) OnLateProposal(peer, signed);
        if (height < Current) return;
        if (height > Current || !IsStarted)
        {
            KeepEarly(peer, height, message, at);
            return;
        }

        if (_driver.Knows(signed.Proposal)) return;
        if (_later.Contains(signed)) return;
        if (_pending.Contains(signed.Proposal)) AskForMissing(peer, signed.Proposal.Block); // it has what we lack, or it would not say it
        else if (State.Next.Schedule.Leader(signed.Proposal.Round) != signed.Proposer) OnWrongLeader(peer, signed, message.Block.Header);
        else if (!signed.IsAuthentic(State.GenesisHash)) Refuse(peer, "proposal with a wrong signature", PeerFault.WrongSignature);
        else TakeAuthentic(peer, message, at);
    }

    private void TakeAuthentic(Address peer, PeerMessage.ProposalMessage message, Timestamp at)
    {
        var signed = message.Proposal;
        if (IsForeign(signed)) return;
        NoteProposed(signed);
        if (message.Block.Hash != signed.Proposal.Block) Refuse(peer, "proposal with another block");
        else if (signed.Proposal.Round > _driver.Round) _later.Add(peer, message, at);
        else TakeProposal(peer, signed, message.Block, at);
    }

    private void TakeLaterProposals()
    {
        while (IsStarted && _later.Take(_driver.Round) is { } taken) OnProposal(taken.Peer, taken.Message, taken.ReceivedAt);
    }

    private void TakeProposal(Address peer, SignedProposal signed, CompactBlock compact, Timestamp at)
    {
        if (compact.Header.Parent != State.LastBlock.Hash) TellCommit(peer); // so each side of a fork learns of the other
        if (_blocks.TryGet(compact.Hash, out var known))
        {
            Judge(peer, signed, known.Block, null, at);
            return;
        }

        var assembly = _pending.AssemblyOf(compact.Hash) ?? new BlockAssembly(compact, Mempool);
        if (assembly.Missing.Count == 0)
        {
            Judge(peer, signed, assembly, at);
            return;
        }

        if (_pending.TryAdd(peer, signed, assembly, at)) AskForMissing(peer, compact.Hash);
    }

    private void AskForMissing(Address peer, BlockHash block)
    {
        if (_pending.AssemblyOf(block) is { } assembly && _pending.IsToAsk(peer, block, _now))
            Tell(peer, new PeerMessage.MissingMessage(block, [.. assembly.Missing.Select(place => (ushort)place)]));
    }

    private void OnSupplied(Address peer, PeerMessage.SuppliedMessage message)
    {
        if (_pending.AssemblyOf(message.Block) is not { } assembly) return;
        if (message.Transactions.Any(supplied => assembly.Missing.Contains(supplied.Place))) _pending.Supplied(peer, message.Block, _now);
        foreach (var (place, bytes) in message.Transactions)
        {
            if (!assembly.Missing.Contains(place) || assembly.TryAdd(place, bytes)) continue;
            Refuse(peer, $"transaction {place} of a proposed block is another one");
            return;
        }

        JudgeWhole();
    }

    private void JudgeWhole()
    {
        foreach (var pending in _pending.TakeWhole()) Judge(pending.Peer, pending.Signed, pending.Assembly, pending.ReceivedAt);
    }

    private void Judge(Address peer, SignedProposal signed, BlockAssembly assembly, Timestamp at)
    {
        if (assembly.ToBlock() is { } block) Judge(peer, signed, block, assembly, at);
        else Refuse(peer, "proposed block: TooLarge");
    }

    private void Judge(Address peer, SignedProposal signed, Block block, BlockAssembly? assembly, Timestamp at)
    {
        if (signed.Proposal.Height != Current || _driver.Knows(signed.Proposal)) return; // it was decided by what came before in this turn
        var isValid = _blocks.IsValid(State, signed.Proposal, block, assembly, out var reason);
        if (!isValid) Refuse(peer, $"proposed block: {reason}");
        FeedProposal(signed, block, isValid, at);
    }

    private void FeedProposal(SignedProposal signed, Block block, bool isValid, Timestamp at)
    {
        var input = InputOf(State, signed, block, isValid, at);
        if (!input.IsTimely && signed.Proposal.ValidRound is null) _outputs.Add(new EngineOutput.UntimelyProposal(signed, block.Header.Time, at));
        Feed(input, new WalRecord.ProposalRecord(at, signed, isValid, block.Bytes));
    }

    // Whether it is timely follows from what the log holds, so a replay comes to the same, whatever the clock says then.
    internal static Input.ProposalReceived InputOf(LedgerState state, SignedProposal signed, Block block, bool isValid, Timestamp at) =>
        new(signed, block.Ref, isValid, state.Parameters.Consensus.IsTimely(block.Header.Time, at, signed.Proposal.Round));

    private static PeerMessage.ProposalMessage Compact(SignedProposal signed, ValidatedBlock validated) =>
        new(signed, CompactBlock.Of(validated.Block, validated.Transactions));

    private void BuildValue(Round round)
    {
        if (round != _driver.Round || _driver.CurrentStep != Step.Propose) return; // the round went by while the leader waited
        if (State.Parameters.Consensus.MillisecondsAhead(State.Time.Plus(1), _now) is > 0 and var ahead)
        {
            _outputs.Add(new EngineOutput.SetTimer(new EngineTimer.Build(Current, round), TimeSpan.FromMilliseconds(Math.Min(ahead, BuildAgainMs))));
            return;
        }

        var template = new BlockTemplate
        {
            Author = _signer!.Address,
            BuiltRound = round,
            Time = _now,
            LastCommit = _precommits.CertificateOf(State.Height),
            LatePrecommits = _precommits.Before(State.Height),
        };
        var built = BlockBuilder.Build(State, template, Mempool.Candidates(State));
        _blocks.Add(built);
        Feed(new Input.ValueBuilt(Current, round, built.Block.Ref), new WalRecord.ValueRecord(_now, round, built.Block.Bytes));
    }
}
