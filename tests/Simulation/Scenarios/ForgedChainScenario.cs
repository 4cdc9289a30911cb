using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Four validators, of which X has slept through three heights and asks B for the first. Whatever B makes of its own key and of what the others
/// have signed, X takes no block by it, and hears B no more; then it catches up with the others.
/// </summary>
public sealed class ForgedChainScenario : IScenario
{
    private const int B = 0;
    private const int X = 2;
    private const ulong Heights = 3;

    private static readonly (string What, Func<ForgedChainScenario, FetchedBlock[]> Serve)[] Lies =
    [
        ("a block of its own that it signed three times", s => [s.Forge(other => [s.By(B, other), s.By(B, other), s.By(B, other)])]),
        ("a block of its own that it signed, with signatures for the right one", s => [s.Forge(other => [s.By(B, other), .. s.Signatures(0).Where(signature => signature.Index != B)])]),
        ("a block with the certificate of the next one", s => [s._chain[0] with { Certificate = s._chain[1].Certificate }, .. s._chain[1..]]),
        ("a block with the certificate of the right one", s => [s._chain[0] with { Block = Accomplice.Variant(s._blocks[0]).Bytes }, .. s._chain[1..]]),
    ];

    private readonly List<Block> _blocks = [];
    private readonly List<FetchedBlock> _chain = [];
    private FourPuppets _cast = null!;
    private Accomplice[] _keys = [];

    public string Name => "forged-chain";

    public ScenarioResult Run()
    {
        using var memo = SignatureMemo.Open();
        var refused = 0;
        foreach (var (what, serve) in Lies)
        {
            Begin();
            var x = _cast.Puppet(X, "X");
            foreach (var (number, peer) in _keys.Index())
                if (number != X)
                    x.Hear(peer.Address, new PeerMessage.StatusMessage(new Height(Heights)));
            var asked = x.FetchFrom(_keys[B].Address);
            _cast.Expect(asked is not null, "X was to ask B, of which it heard first");
            x.Answer(asked!, serve(this));
            _cast.Expect(x.Decided == Height.Genesis, $"X was to take nothing from whoever serves {what}");
            _cast.Expect(x.Refused.SequenceEqual([_keys[B].Address]), $"X was to hear no more from whoever serves {what}");
            var honest = _keys.Where((_, number) => number is not (B or X)).Select(key => key.Address).First(peer => x.FetchFrom(peer) is not null);
            x.Answer(x.FetchFrom(honest)!, _chain);
            _cast.Expect(x.Decided.Value == Heights, "X was to catch up with the others");
            refused++;
        }

        return new ScenarioResult(
            Name,
            "no block that one of four forged was taken, and the others' were",
            new Dictionary<string, double> { ["refused"] = refused },
            [ScenarioBar.AtLeast("forged chains of which nothing was taken", refused, Lies.Length)]);
    }

    // A chain that all but X have decided.
    private void Begin()
    {
        _cast = new FourPuppets(Name, 'g', B);
        _keys = [.. Enumerable.Range(0, 4).Select(_cast.Accomplice)];
        _blocks.Clear();
        _chain.Clear();
        var state = LedgerState.FromGenesis(_cast.Genesis);
        CommitCertificate? last = null;
        while (state.Height.Value < Heights)
        {
            var template = new BlockTemplate { Author = state.Next.Schedule.Leader(Round.Zero), BuiltRound = Round.Zero, Time = state.Time.Plus(1_000), LastCommit = last };
            var built = BlockBuilder.Build(state, template, []);
            last = new CommitCertificate(built.Block.Height, Round.Zero, built.Block.Ref, [.. Enumerable.Range(0, 4).Where(number => number != X).Select(number => By(number, built.Block))]);
            _blocks.Add(built.Block);
            _chain.Add(new FetchedBlock(built.Block.Bytes, last.Encode()));
            state = built.Result.Next;
        }
    }

    private FetchedBlock Forge(Func<Block, IndexedSignature[]> sign)
    {
        var other = Accomplice.Variant(_blocks[0]);
        return new FetchedBlock(other.Bytes, new CommitCertificate(Height.First, Round.Zero, other.Ref, [.. sign(other)]).Encode());
    }

    private IndexedSignature By(int number, Block block) => new((ushort)number, _keys[number].Precommit(block.Height, Round.Zero, block.Ref).Vote.Signature);

    private IEnumerable<IndexedSignature> Signatures(int block) => Enumerable.Range(0, 4).Where(number => number != X).Select(number => By(number, _blocks[block]));
}
