using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Four validators, one of which, B, makes a certificate out of two precommits: its own and that of Z, one of them listed twice, and then as many
/// as are needed with signatures of what was said of another round. Nobody decides by either; with the precommits of three the height is decided.
/// </summary>
public sealed class ForgedCommitScenario : IScenario
{
    public string Name => "forged-commit";

    public ScenarioResult Run()
    {
        using var memo = SignatureMemo.Open();
        var cast = new FourPuppets(Name, 'c', 0);
        var (b, x, y, z) = (cast.Accomplice(0), cast.Puppet(2, "X"), cast.Puppet(3, "Y"), cast.Puppet(1, "Z"));
        Puppet[] honest = [x, y, z];
        foreach (var puppet in honest) puppet.BeginHeight();

        // X and Y hear the block and not its prevotes; Z alone sees the polka, and precommits.
        var proposal = z.ProposalOf(0);
        foreach (var puppet in new[] { x, y }) puppet.Hear(z.Address, proposal);
        z.Hear(x.Address, x.VoteOf<Prevote>(0));
        z.Hear(y.Address, y.VoteOf<Prevote>(0));
        var precommit = z.VoteOf<Precommit>(0).Vote;
        cast.Expect(precommit.Vote.BlockHash == proposal.Proposal.Proposal.Block, "Z was to precommit: it has seen the polka");
        var block = ((Precommit)precommit.Vote).Block!.Value;
        var own = b.Precommit(Height.First, Round.Zero, block).Vote.Signature;
        var other = b.Precommit(Height.First, new Round(1), block).Vote.Signature;

        var refused = 0;
        foreach (var signatures in new IndexedSignature[][]
        {
            [new(0, own), new(1, precommit.Signature), new(1, precommit.Signature)],
            [new(0, own), new(0, own), new(1, precommit.Signature)],
            [new(0, own), new(0, other), new(1, precommit.Signature)],
            [new(0, own), new(1, precommit.Signature), new(2, own)],
            [new(0, own), new(1, precommit.Signature), new(3, precommit.Signature)],
            [new(0, own), new(1, precommit.Signature)],
        })
        {
            var forged = new CommitCertificate(Height.First, Round.Zero, block, [.. signatures]);
            var isRead = PeerMessage.TryDecode(new PeerMessage.CommitMessage(forged).Encode(), out var message);
            foreach (var puppet in new[] { x, y })
            {
                if (isRead) puppet.Hear(b.Address, message!);
                cast.Expect(puppet.Decided == Height.Genesis, $"{puppet.Name} was not to decide: two of four said so, and not three");
                refused++;
            }
        }

        foreach (var puppet in new[] { x, y }) puppet.Hear(z.Address, z.VoteOf<Prevote>(0));
        x.Hear(y.Address, y.VoteOf<Prevote>(0));
        y.Hear(x.Address, x.VoteOf<Prevote>(0));
        FourPuppets.Exchange<Precommit>(0, honest);
        foreach (var puppet in honest) cast.Expect(puppet.Decided == Height.First && puppet.Committed[0].Block.Hash == block.Hash, $"{puppet.Name} was to decide by three precommits");
        return new ScenarioResult(
            Name,
            "no certificate that two of four made was one, and three decided in round 0",
            new Dictionary<string, double> { ["refused"] = refused },
            [ScenarioBar.AtLeast("forged certificates that decided nothing", refused, 12)]);
    }
}
