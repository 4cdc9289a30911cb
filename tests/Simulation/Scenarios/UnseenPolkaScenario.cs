using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>
/// Four validators, one of which, B, offers a block again with the round of a polka that there never was. Nobody answers: neither with the block,
/// for whoever followed would have been freed from a lock by a lie, nor with nil, for the polka may be on its way. The round ends by its timer.
/// <code>
/// round  leader  proposes          prevotes                          then
/// 0      Z       v                 X, Z: v; Y: nil                   no polka
/// 1      B       v, validRound 0   none, and nil when time is up     nothing
/// 2      X       a block           X, Y, Z: it                       decided
/// </code>
/// </summary>
public sealed class UnseenPolkaScenario : IScenario
{
    public string Name => "unseen-polka";

    public ScenarioResult Run()
    {
        using var memo = SignatureMemo.Open();
        var cast = new FourPuppets(Name, 'u', 2);
        var (b, x, y, z) = (cast.Accomplice(2), cast.Puppet(3, "X"), cast.Puppet(0, "Y"), cast.Puppet(1, "Z"));
        Puppet[] honest = [x, y, z];
        foreach (var puppet in honest) puppet.BeginHeight();

        var first = z.ProposalOf(0);
        x.Hear(z.Address, first);
        y.TimeOut(TimeoutKind.Propose);
        FourPuppets.Exchange<Prevote>(0, honest);
        foreach (var puppet in honest) puppet.TimeOut(TimeoutKind.Prevote);
        FourPuppets.NextRound(0, honest);

        var offer = b.Propose(new Round(1), first.Block, Round.Zero);
        foreach (var puppet in honest)
        {
            puppet.Hear(b.Address, offer);
            cast.Expect(!puppet.HasCast<Prevote>(1), $"{puppet.Name} was to wait: it has not seen the polka that it is told of");
            puppet.TimeOut(TimeoutKind.Propose);
            cast.Expect(puppet.VoteOf<Prevote>(1).Vote.Vote.BlockHash is null, $"{puppet.Name} was to answer nil when its time was up");
        }

        FourPuppets.Exchange<Prevote>(1, honest);
        FourPuppets.NextRound(1, honest);

        var own = x.ProposalOf(2);
        foreach (var puppet in new[] { y, z }) puppet.Hear(x.Address, own);
        FourPuppets.Exchange<Prevote>(2, honest);
        FourPuppets.Exchange<Precommit>(2, honest);
        foreach (var puppet in honest) cast.Expect(puppet.Decided == Height.First, $"{puppet.Name} was to decide in round 2");
        var rounds = x.Committed[0].Certificate.Round.Value + 1;
        return new ScenarioResult(
            Name,
            $"a polka that nobody saw moved nobody; the height was decided in round {rounds - 1}",
            new Dictionary<string, double> { ["rounds"] = rounds },
            [ScenarioBar.AtMost("rounds until a block was decided beside the lie", rounds, 3)]);
    }
}
