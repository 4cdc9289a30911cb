using System.Collections.Immutable;
using System.Text;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>A validator's word on a proposal.</summary>
public readonly record struct ProposalVote(Address Validator, bool Approves);

/// <summary>
/// A proposal that is voted on, or accepted and waiting. Layout: id 8 | proposer 20 | opened 8 | effect height 8 (0 while it is voted on) |
/// votes, count 2, each address 20 and approval 1 | reason, length first | action in protobuf.
/// </summary>
/// <param name="Id">In the order of opening, from 1 on.</param>
/// <param name="Proposer">The validator that opened it.</param>
/// <param name="Opened">Height of the block that it came in.</param>
/// <param name="Effect">Height at whose end it is carried out, once accepted.</param>
/// <param name="Votes">In the order in which they came.</param>
/// <param name="Reason">For people.</param>
/// <param name="Action">What is to be done.</param>
public sealed record ProposalRecord(
    ulong Id, Address Proposer, Height Opened, Height? Effect, ImmutableArray<ProposalVote> Votes, string Reason, GovernanceAction Action)
{
    public bool IsAccepted => Effect is not null;

    public static StateKey Key(ulong id) => StateKey.Of(StateModule.Governance, 1, id);

    public static ProposalRecord? Get(IStateReader state, ulong id) => state.Get(Key(id)) is { } bytes ? Decode(bytes) : null;

    /// <summary>The power, in that set, of those who said so and may vote. A vote goes along with the key of its sender.</summary>
    public ulong Power(IStateReader state, ValidatorSet members, bool approving) => Votes
        .Where(vote => vote.Approves == approving)
        .Select(vote => KeyRotations.Present(state, vote.Validator))
        .Where(voter => !ValidatorRecord.IsJailedAt(state, voter))
        .Aggregate(0UL, (sum, voter) => sum + members.PowerOf(voter));

    internal void Store(StateOverlay state)
    {
        var writer = new ByteWriter().UInt64(Id).Address(Proposer).Height(Opened).Height(Effect ?? Height.Genesis).UInt16((ushort)Votes.Length);
        foreach (var (validator, approves) in Votes) writer.Address(validator).Byte(approves ? (byte)1 : (byte)0);
        writer.LengthAndBytes(Encoding.UTF8.GetBytes(Reason)).Bytes(Google.Protobuf.MessageExtensions.ToByteArray(Action));
        state.Set(Key(Id), writer.ToArray());
    }

    private static ProposalRecord Decode(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        var (id, proposer, opened, effect) = (reader.UInt64(), reader.Address(), reader.Height(), reader.Height());
        // Former validators' votes stay in the list, so it may be longer than a set.
        var votes = new ProposalVote[reader.Count16(ushort.MaxValue, Address.Size + 1)];
        for (var i = 0; i < votes.Length; i++) votes[i] = new ProposalVote(reader.Address(), reader.Byte() != 0);
        var reason = Encoding.UTF8.GetString(reader.LengthAndBytes(Limits.GovernanceReasonBytesMax));
        var action = GovernanceAction.Parser.ParseFrom(reader.Bytes(reader.Remaining));
        Invariant.Check(reader.IsWhole, "a proposal record is as it was written");
        return new ProposalRecord(id, proposer, opened, effect == Height.Genesis ? null : effect, [.. votes], reason, action);
    }
}
