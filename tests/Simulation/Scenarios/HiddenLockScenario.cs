using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>
/// Four validators, one of which, B, makes X alone lock a block and is silent from then on: the other three decide together or not at all, and X
/// prevotes nothing else. Its polka comes to them late, when they have precommitted nil; lines 42 and 43 of the paper ask for no step, so they
/// hold its block as valid, and the next of them to lead proposes it with the round of the polka. Else only X itself could free them.
/// <code>
/// round  leader  proposes         prevotes                                   then
/// 0      Z       v                X, Z and for X alone B: v; Y: nil          X is locked; Y and Z precommit nil, and hear of the polka
/// 1      X       v, which is lost X: v; Y, Z: nil                            nothing
/// 2      Y       v, validRound 0  X, Y, Z: v                                 decided
/// </code>
/// </summary>
public sealed class HiddenLockScenario : IScenario
{
    public string Name => "hidden-lock";

    public ScenarioResult Run()
    {
        using var memo = SignatureMemo.Open();
        var cast = new FourPuppets(Name, 'h', 0);
        var (b, x, y, z) = (cast.Accomplice(0), cast.Puppet(2, "X"), cast.Puppet(3, "Y"), cast.Puppet(1, "Z"));
        Puppet[] honest = [x, y, z];
        foreach (var puppet in honest) puppet.BeginHeight();

        var hidden = z.ProposalOf(0);
        var block = hidden.Proposal.Proposal.Block;
        x.Hear(z.Address, hidden);
        y.TimeOut(TimeoutKind.Propose);
        FourPuppets.Exchange<Prevote>(0, honest);
        x.Hear(b.Address, b.Prevote(Height.First, Round.Zero, block, null));
        foreach (var puppet in new[] { y, z }) puppet.TimeOut(TimeoutKind.Prevote);
        cast.Expect(x.VoteOf<Precommit>(0).Vote.Vote.BlockHash == block, "X was to lock v in round 0");
        x.Rebroadcast();
        y.Hear(z.Address, hidden);
        foreach (var puppet in new[] { y, z }) puppet.Hear(x.Address, x.Polkas);
        FourPuppets.NextRound(0, honest);

        foreach (var puppet in new[] { y, z }) puppet.TimeOut(TimeoutKind.Propose);
        FourPuppets.Exchange<Prevote>(1, honest);
        foreach (var puppet in honest) puppet.TimeOut(TimeoutKind.Prevote);
        FourPuppets.NextRound(1, honest);
        foreach (var puppet in honest) cast.Expect(puppet.Decided == Height.Genesis, $"{puppet.Name} was to have decided nothing so far");

        var again = y.ProposalOf(2);
        cast.Expect(again.Proposal.Proposal is { ValidRound.Value: 0 } proposal && proposal.Block == block, "Y was to propose what X is locked on, with the round of its polka");
        foreach (var puppet in new[] { x, z }) puppet.Hear(y.Address, again);
        FourPuppets.Exchange<Prevote>(2, honest);
        FourPuppets.Exchange<Precommit>(2, honest);
        foreach (var puppet in honest) cast.Expect(puppet.Decided == Height.First && puppet.Committed[0].Block.Hash == block, $"{puppet.Name} was to decide v in round 2");
        var rounds = x.Committed[0].Certificate.Round.Value + 1;
        return new ScenarioResult(
            Name,
            $"what one validator alone was locked on was decided in round {rounds - 1}, by the first leader that could be heard",
            new Dictionary<string, double> { ["rounds"] = rounds },
            [ScenarioBar.AtMost("rounds until the hidden lock was decided", rounds, 3)]);
    }
}
