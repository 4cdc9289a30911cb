using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Simulation;

/// <summary>
/// Four validators of equal power on the first height of a chain, some of them puppets and some in the hands of the story. Numbers are those of
/// the set: the first four rounds are led by 1, 2, 3 and 0.
/// </summary>
public sealed class FourPuppets
{
    private readonly string _name;
    private readonly List<PrivateKey> _keys;
    private readonly List<IChecker> _checkers;

    /// <param name="name">Of the story.</param>
    /// <param name="tag">For keys that no other story has.</param>
    /// <param name="failing">Numbers of those who break the rules.</param>
    public FourPuppets(string name, char tag, params int[] failing)
    {
        _name = name;
        _keys = [.. Enumerable.Range(0, 4).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)tag, (byte)i]))).OrderBy(key => key.Address)];
        Genesis = new GenesisDocument
        {
            ChainName = name,
            TimeMs = Cluster.Epoch - 60_000,
            Validators = [.. _keys.Select(key => new GenesisValidator(key.Address, key.Address, 1))],
        };
        Failing = failing.Select(i => _keys[i].Address).ToHashSet();
        _checkers = [new SignerChecker(), new SaidOnceChecker(Failing), new HonestEvidenceChecker(Failing)];
        // More than a third may make a fork: then it is the story that looks into it.
        if (failing.Length < 2) _checkers.Add(new AgreementChecker());
    }

    public GenesisDocument Genesis { get; }

    public IReadOnlySet<Address> Failing { get; }

    public Accomplice Accomplice(int number) => new(_keys[number], Genesis.Hash, new SeededStream((ulong)number), []);

    public Puppet Puppet(int number, string name) => new(number, name, Genesis, _keys[number], _checkers);

    public void Expect(bool isSo, string what)
    {
        if (!isSo) throw new SimulationFailedException($"{_name}: {what}");
    }

    /// <summary>Everybody hears what each has voted.</summary>
    public static void Exchange<TVote>(uint round, params Puppet[] puppets)
        where TVote : Vote
    {
        var votes = puppets.Select(puppet => (puppet.Address, Vote: puppet.VoteOf<TVote>(round))).ToList();
        foreach (var puppet in puppets)
            foreach (var (from, vote) in votes)
                if (from != puppet.Address)
                    puppet.Hear(from, vote);
    }

    /// <summary>Everybody hears the precommits, and those whom they decide nothing for go on to the next round.</summary>
    public static void NextRound(uint round, params Puppet[] puppets)
    {
        Exchange<Precommit>(round, puppets);
        foreach (var puppet in puppets)
            if (puppet.Decided == Height.Genesis && puppet.Round.Value == round)
                puppet.TimeOut(TimeoutKind.Precommit);
    }
}
