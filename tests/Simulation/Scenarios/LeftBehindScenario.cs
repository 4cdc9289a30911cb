using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>
/// Four validators, of which X hears nothing for three rounds and B is silent then, so that nothing is decided without X. The votes of Y and Z in
/// round 3 take X there: more than a third of the power, one of whom is honest. B alone moves X nowhere, whatever it says twice.
/// <code>
/// round  leader  proposes   X hears                             then
/// 0      Z       a block    nothing                             Y, Z and B go on
/// 1      Y       a block    nothing                             Y, Z and B go on
/// 2      B       nothing    nothing                             Y, Z and B go on
/// 3      X       a block    B for two things: nothing moves;
///                           Y and Z for nil                     X is in round 3
/// 4      Z       a block    all                                 decided
/// </code>
/// </summary>
public sealed class LeftBehindScenario : IScenario
{
    private const uint Last = 3;

    public string Name => "left-behind";

    public ScenarioResult Run()
    {
        using var memo = SignatureMemo.Open();
        var cast = new FourPuppets(Name, 'l', 3);
        var (b, x, y, z) = (cast.Accomplice(3), cast.Puppet(0, "X"), cast.Puppet(2, "Y"), cast.Puppet(1, "Z"));
        foreach (var puppet in new[] { x, y, z }) puppet.BeginHeight();
        for (var round = 0U; round < Last; round++) PassWithoutX(round, b, y, z);
        foreach (var puppet in new[] { y, z }) cast.Expect(puppet.Round.Value == Last, $"{puppet.Name} was to be in round {Last}");

        BlockHash?[] lies = [null, z.ProposalOf(0).Proposal.Proposal.Block];
        x.TimeOut(TimeoutKind.Propose);
        foreach (var block in lies) x.Hear(b.Address, b.Prevote(Height.First, Round.Zero, block, null));
        cast.Expect(!x.Awaits(TimeoutKind.Prevote), "X was to wait for a third voice: B has one, whatever it says");
        foreach (var block in lies) x.Hear(b.Address, b.Prevote(Height.First, new Round(Last), block, null));
        x.Hear(b.Address, b.Precommit(Height.First, new Round(Last), null));
        cast.Expect(x.Round == Round.Zero, "X was to stay in round 0: one of four says anything");

        // Y and Z wait for the block of X, which does not know that it leads: time is up, and their votes come to X.
        foreach (var puppet in new[] { y, z }) puppet.TimeOut(TimeoutKind.Propose);
        foreach (var puppet in new[] { y, z }) x.Hear(puppet.Address, puppet.VoteOf<Prevote>(Last));
        cast.Expect(x.Round.Value == Last, $"X was to go on to round {Last}: more than a third of the power is there");

        FourPuppets.Exchange<Prevote>(Last, y, z);
        var own = x.ProposalOf(Last);
        foreach (var puppet in new[] { y, z }) puppet.Hear(x.Address, own, x.VoteOf<Prevote>(Last));
        foreach (var puppet in new[] { x, y, z }) puppet.TimeOut(TimeoutKind.Prevote);
        FourPuppets.NextRound(Last, x, y, z);
        var next = z.ProposalOf(Last + 1);
        foreach (var puppet in new[] { x, y }) puppet.Hear(z.Address, next);
        FourPuppets.Exchange<Prevote>(Last + 1, x, y, z);
        FourPuppets.Exchange<Precommit>(Last + 1, x, y, z);
        foreach (var puppet in new[] { x, y, z }) cast.Expect(puppet.Decided == Height.First, $"{puppet.Name} was to decide in round {Last + 1}");
        var rounds = x.Committed[0].Certificate.Round.Value + 1;
        return new ScenarioResult(
            Name,
            $"who was left in round 0 came to round {Last} by the votes of two, and the height was decided in round {rounds - 1}",
            new Dictionary<string, double> { ["rounds"] = rounds },
            [ScenarioBar.AtMost("rounds until all three decided", rounds, Last + 2)]);
    }

    // B votes nil with them, so that their round ends.
    private static void PassWithoutX(uint round, Accomplice b, Puppet y, Puppet z)
    {
        foreach (var puppet in new[] { y, z })
            if (!puppet.HasCast<Prevote>(round))
                puppet.TimeOut(TimeoutKind.Propose);
        FourPuppets.Exchange<Prevote>(round, y, z);
        foreach (var puppet in new[] { y, z }) puppet.Hear(b.Address, b.Prevote(Height.First, new Round(round), null, null));
        foreach (var puppet in new[] { y, z })
            if (!puppet.HasCast<Precommit>(round))
                puppet.TimeOut(TimeoutKind.Prevote);
        FourPuppets.Exchange<Precommit>(round, y, z);
        foreach (var puppet in new[] { y, z }) puppet.Hear(b.Address, b.Precommit(Height.First, new Round(round), null));
        foreach (var puppet in new[] { y, z }) puppet.TimeOut(TimeoutKind.Precommit);
    }
}
