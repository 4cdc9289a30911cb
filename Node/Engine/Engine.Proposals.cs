using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

// Proposals: those of other leaders, and the block that this node builds where it leads.
public sealed partial class Engine
{
    /// <summary>A leader whose clock is behind the last block looks again after as long at most: clocks are set.</summary>
    private const ulong BuildAgainMs = 1_000;

    private void OnProposal(Address peer, PeerMessage.ProposalMessage message, Timestamp at)
    {
        var (signed, bytes) = message;
        var height = signed.Proposal.Height;
        if (height < Current) return;
        if (height > Current || !IsStarted)
        {
            KeepEarly(peer, height, message, at);
            return;
        }

        if (_driver.Knows(signed.Proposal)) return;
        if (State.Next.Schedule.Leader(signed.Proposal.Round) != signed.Proposer) Refuse(peer, "proposal of another than the leader");
        else if (!signed.IsAuthentic(State.GenesisHash)) Refuse(peer, "proposal with a wrong signature");
        else TakeProposal(peer, signed, bytes, at);
    }

    private void TakeProposal(Address peer, SignedProposal signed, ReadOnlyMemory<byte> bytes, Timestamp at)
    {
        if (!Block.TryDecode(bytes.Span, out var block, out var fault))
        {
            Refuse(peer, $"proposed block: {fault}");
            return;
        }

        if (block.Hash != signed.Proposal.Block)
        {
            Refuse(peer, "proposal with another block");
            return;
        }

        var isValid = _blocks.IsValid(State, signed.Proposal, block, out var reason);
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
