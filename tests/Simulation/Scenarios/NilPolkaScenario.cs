using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>
/// Four validators, one of which, B, makes X alone lock a block, and then gives a polka for nil to all: more than two thirds want no block in that
/// round. A lock outlives it. The next leader's own block X answers with nil, though nobody else knows why; when X leads again, it proposes what it
/// is locked on, with the polka, and the height is decided.
/// <code>
/// round  leader  proposes             prevotes                               then
/// 0      Z       v                    X, Z and for X alone B: v; Y: nil      X is locked; Y and Z precommit nil
/// 1      X       v, which is lost     X: v; B, Y, Z: nil                     all precommit nil on a polka for nil
/// 2      Y       w                    Y, Z: w; X: nil                        nothing
/// 3      B       nothing              nil                                    nothing
/// 4      Z       another one          Y, Z: it; X: nil                       nothing
/// 5      X       v, validRound 0      X, Y, Z: v                             decided
/// </code>
/// </summary>
public sealed class NilPolkaScenario : IScenario
{
    public string Name => "nil-polka";

    public ScenarioResult Run()
    {
        using var memo = SignatureMemo.Open();
        var cast = new FourPuppets(Name, 'n', 0);
        var (b, x, y, z) = (cast.Accomplice(0), cast.Puppet(2, "X"), cast.Puppet(3, "Y"), cast.Puppet(1, "Z"));
        Puppet[] honest = [x, y, z];
        foreach (var puppet in honest) puppet.BeginHeight();

        var block = LockOfX(cast, b, x, y, z);
        foreach (var puppet in new[] { y, z }) puppet.TimeOut(TimeoutKind.Propose);
        FourPuppets.Exchange<Prevote>(1, honest);
        foreach (var puppet in honest) puppet.Hear(b.Address, b.Prevote(Height.First, new Round(1), null, null));
        foreach (var puppet in honest) cast.Expect(puppet.VoteOf<Precommit>(1).Vote.Vote.BlockHash is null, $"{puppet.Name} was to precommit nil: there is a polka for it");
        FourPuppets.NextRound(1, honest);

        OfferAnother(cast, 2, y, x, honest);
        foreach (var puppet in honest) puppet.TimeOut(TimeoutKind.Propose); // B leads and says nothing
        FourPuppets.Exchange<Prevote>(3, honest);
        FourPuppets.NextRound(3, honest);
        OfferAnother(cast, 4, z, x, honest);

        var last = x.ProposalOf(5);
        cast.Expect(last.Proposal.Proposal is { ValidRound.Value: 0 } proposal && proposal.Block == block, "X was to propose what it is locked on, with the round of its lock");
        x.Rebroadcast();
        foreach (var puppet in new[] { y, z })
        {
            puppet.Hear(x.Address, x.Polkas);
            puppet.Hear(x.Address, last);
        }

        FourPuppets.Exchange<Prevote>(5, honest);
        FourPuppets.Exchange<Precommit>(5, honest);
        foreach (var puppet in honest) cast.Expect(puppet.Decided == Height.First && puppet.Committed[0].Block.Hash == block, $"{puppet.Name} was to decide v in round 5");
        var rounds = x.Committed[0].Certificate.Round.Value + 1;
        return new ScenarioResult(
            Name,
            $"a lock outlived a polka for nil, and was decided in round {rounds - 1}",
            new Dictionary<string, double> { ["rounds"] = rounds },
            [ScenarioBar.AtMost("rounds until what X kept its lock on was decided", rounds, 6)]);
    }

    private static BlockHash LockOfX(FourPuppets cast, Accomplice b, Puppet x, Puppet y, Puppet z)
    {
        var first = z.ProposalOf(0);
        var block = first.Proposal.Proposal.Block;
        x.Hear(z.Address, first);
        y.TimeOut(TimeoutKind.Propose);
        FourPuppets.Exchange<Prevote>(0, x, y, z);
        x.Hear(b.Address, b.Prevote(Height.First, Round.Zero, block, null));
        foreach (var puppet in new[] { y, z }) puppet.TimeOut(TimeoutKind.Prevote);
        cast.Expect(x.VoteOf<Precommit>(0).Vote.Vote.BlockHash == block, "X was to lock v in round 0");
        FourPuppets.NextRound(0, x, y, z);
        return block;
    }

    // A block of the leader's own, which X must not vote for.
    private static void OfferAnother(FourPuppets cast, uint round, Puppet leader, Puppet x, Puppet[] honest)
    {
        var other = leader.ProposalOf(round);
        cast.Expect(other.Proposal.Proposal.ValidRound is null, $"{leader.Name} was to propose a block of its own: it has seen no polka");
        foreach (var puppet in honest)
            if (puppet != leader)
                puppet.Hear(leader.Address, other);
        cast.Expect(x.VoteOf<Prevote>(round).Vote.Vote.BlockHash is null, "X was to answer nil: it is locked on v");
        FourPuppets.Exchange<Prevote>(round, honest);
        foreach (var puppet in honest) puppet.TimeOut(TimeoutKind.Prevote);
        FourPuppets.NextRound(round, honest);
    }
}
