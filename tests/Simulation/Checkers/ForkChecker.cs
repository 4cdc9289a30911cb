using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Where more than a third of the power breaks the rules the chain may fork. Then what is known names more than a third of the power, each by a
/// proof that stands for itself, and nobody who follows the rules; and once the sides can hear each other, somebody says that there is a fork.
/// </summary>
/// <remarks>
/// Looked at is the lowest height at which two nodes that follow the rules decided differently: below it all are one, so its set of validators
/// is everybody's. What counts is what those nodes stored, as <c>inspect certificates</c> would give it to an operator, and nothing else. Of a
/// side that liars alone hold, and that others only heard of, enough is not demanded: nobody can ask liars for what they keep. Such runs are
/// counted by themselves.
/// </remarks>
/// <param name="genesis">The chain's.</param>
/// <param name="failing">Those who may be convicted.</param>
/// <param name="hosts">All nodes.</param>
public sealed class ForkChecker(GenesisDocument genesis, IReadOnlySet<Address> failing, IReadOnlyList<SimulatedHost> hosts) : IChecker
{
    /// <summary>Virtual milliseconds in which the sides must notice each other, all links between them being in order.</summary>
    public const ulong MeetWithinMs = 120_000;

    // So long goes on a run that has no fork when faults end: one may still come.
    private const ulong QuietMs = 5_000;

    // A document hashes itself anew each time that it is asked.
    private readonly GenesisHash _chain = genesis.Hash;
    private readonly SortedDictionary<Height, List<(CommitCertificate Commit, SimulatedNode By)>> _decided = [];
    private readonly SortedDictionary<Height, HashSet<BlockHash>> _decidedHonestly = [];
    private Height? _fork;
    private bool _isNoticed;

    public string Name => "forks";

    public bool IsForked => _fork is not null;

    /// <summary>What the forks of the run came to, by name: see <see cref="End"/>.</summary>
    public Tally Findings { get; } = new();

    /// <summary>Whether the run can end: no fork is open that nobody has noticed.</summary>
    public bool IsDone(Cluster cluster) => IsForked ? _isNoticed : cluster.Events.Now > cluster.HealedAt + QuietMs;

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (!node.IsHonest) return;
        switch (output)
        {
            case EngineOutput.Committed { Block.Certificate: var commit }:
                Decided(commit, node);
                if (!_decidedHonestly.TryGetValue(commit.Height, out var blocks)) _decidedHonestly[commit.Height] = blocks = [];
                blocks.Add(commit.Block.Hash);
                break;
            case EngineOutput.ForkFound found: // the other side may be a liar's alone: its certificate counts as well
                if (found.Ours.Height != found.Theirs.Height || found.Ours.Block.Hash == found.Theirs.Block.Hash)
                    throw new SimulationFailedException($"forks: {node.Address} says that there is a fork at height {found.Ours.Height}, and shows none");
                Decided(found.Ours, node);
                Decided(found.Theirs, node);
                _isNoticed = true;
                break;
        }
    }

    public void End(Cluster cluster)
    {
        if (_fork is not { } height) return;
        Findings.Add("forks");
        if (FirstOf(_decidedHonestly) is { } parted) EndStored(parted);
        if (!_decidedHonestly.TryGetValue(height, out var blocks) || blocks.Count < 2) EndOfLiars(height);
        if (!_isNoticed) throw new SimulationFailedException($"forks: nobody noticed the fork at height {height}, {MeetWithinMs} ms after all links were in order");

        static Height? FirstOf(SortedDictionary<Height, HashSet<BlockHash>> decided) => decided.Where(entry => entry.Value.Count > 1).Select(entry => (Height?)entry.Key).FirstOrDefault();
    }

    private void EndStored(Height height)
    {
        var isByTwo = JudgeStores(height, [.. hosts.Where(host => host.Node.IsHonest).Select(host => HeightCertificates.Of(_chain, host.Node.Chain, height)).OfType<HeightCertificates>()]);
        Findings.Add("forks_named_by_what_was_stored");
        if (isByTwo) Findings.Add("forks_named_by_the_stores_of_two");
    }

    /// <summary>
    /// Both sides were decided by nodes that follow the rules: what these stored must do, whichever two of their certificates are held against
    /// each other. Whether there are two nodes of which that much can be said by themselves, as <c>inspect fork</c> is given two.
    /// </summary>
    public bool JudgeStores(Height height, IReadOnlyList<HeightCertificates> homes)
    {
        var pairs = homes.SelectMany((a, i) => homes.Skip(i + 1).Where(b => b.Commit.Block.Hash != a.Commit.Block.Hash).Select(b => (A: a, B: b))).ToList();
        if (pairs.Count == 0) throw new SimulationFailedException($"forks: height {height} was decided in two ways, and no two stores show it");
        var polkas = homes.SelectMany(home => home.Polkas).ToList();
        var isByTwo = false;
        foreach (var (a, b) in pairs)
        {
            Judge(height, ForkAnalysis.Analyze(_chain, a.Validators, a.Commit, b.Commit, polkas), a.Validators);
            var ofTwo = ForkAnalysis.Analyze(_chain, a.Validators, a.Commit, b.Commit, a.Polkas.Concat(b.Polkas));
            JudgeNames(height, ofTwo);
            isByTwo |= ofTwo.IsEnough;
        }

        return isByTwo;
    }

    private void EndOfLiars(Height height)
    {
        var validators = SetOf(height);
        var decided = _decided[height];
        var (first, second) = (decided[0].Commit, decided.First(other => other.Commit.Block.Hash != decided[0].Commit.Block.Hash).Commit);
        var stored = hosts.Where(host => host.Node.IsHonest).SelectMany(host => host.Node.Chain.PolkasOf(height)).ToList();
        var finding = ForkAnalysis.Analyze(_chain, validators, first, second, stored);
        JudgeNames(height, finding);
        Findings.Add("forks_with_a_side_that_liars_alone_hold");
        if (finding.IsEnough) Findings.Add("forks_of_liars_alone_named_all_the_same");
    }

    /// <summary>Whether a finding is what is promised.</summary>
    public void Judge(Height height, ForkFinding finding, ValidatorSet validators)
    {
        JudgeNames(height, finding);
        var power = finding.Proofs.Aggregate(0UL, (sum, proof) => sum + validators.PowerOf(proof.Guilty));
        if (3 * power <= validators.TotalPower)
            throw new SimulationFailedException($"forks: of the fork at height {height} only {power} of {validators.TotalPower} is named, {finding.Missing} is missing");
    }

    private void JudgeNames(Height height, ForkFinding finding)
    {
        if (finding.Fault != ForkFault.None) throw new SimulationFailedException($"forks: of height {height} it is said to be none: {finding.Fault}");
        foreach (var proof in finding.Proofs)
        {
            if (!failing.Contains(proof.Guilty)) throw new SimulationFailedException($"forks: honest {proof.Guilty} is named for the fork at height {height}: {proof.Kind.Name()}");
            if (proof.Check(_chain) != EvidenceFault.None) throw new SimulationFailedException($"forks: the proof against {proof.Guilty} does not stand for itself");
        }
    }

    /// <summary>Somebody who follows the rules has decided, or knows that somebody has.</summary>
    public void Decided(CommitCertificate commit, SimulatedNode node)
    {
        if (!_decided.TryGetValue(commit.Height, out var decided)) _decided[commit.Height] = decided = [];
        decided.Add((commit, node));
        if (commit.Block.Hash != decided[0].Commit.Block.Hash && !(_fork <= commit.Height)) _fork = commit.Height;
    }

    private ValidatorSet SetOf(Height height)
    {
        if (height == Height.First) return genesis.ValidatorSet();
        var by = _decided[height][0].By;
        return by.Chain.ValidatorSetOf(by.Chain.Get(height.MinusOrGenesis(1))!.Block.Header.NextValidatorsRoot)!;
    }
}
