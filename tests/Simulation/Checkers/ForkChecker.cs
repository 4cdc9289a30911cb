using System.Collections.Immutable;
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
/// is everybody's. First with what nodes have stored, as an operator would; where that is not enough, with all that they were told.
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
    private readonly SortedDictionary<Height, Dictionary<PrevoteKey, SortedDictionary<Address, SignedVote>>> _prevotes = [];
    private readonly Dictionary<Height, List<PolkaCertificate>> _polkas = [];
    private Height? _fork;
    private bool _isNoticed;

    public string Name => "forks";

    public bool IsForked => _fork is not null;

    /// <summary>Whether what nodes had stored was enough to name the guilty; false where there was no fork.</summary>
    public bool IsNamedByStores { get; private set; }

    /// <summary>Whether the run can end: no fork is open that nobody has noticed.</summary>
    public bool IsDone(Cluster cluster) => IsForked ? _isNoticed : cluster.Events.Now > cluster.HealedAt + QuietMs;

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (!node.IsHonest) return;
        switch (output)
        {
            case EngineOutput.Committed { Block.Certificate: var commit }:
                Decided(commit, node);
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

    public void Left(SimulatedNode from, Address? to, PeerMessage message) => Heard(message);

    /// <summary>Somebody who follows the rules was told something.</summary>
    public void Heard(PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.VoteMessage { Vote: { Vote: Prevote { Block: not null } } vote }:
                Keep(vote);
                break;
            case PeerMessage.RoundMessage { Certificate: var round }:
                foreach (var vote in round.Votes)
                    if (vote.Vote is Prevote { Block: not null })
                        Keep(vote);
                break;
            case PeerMessage.PolkaMessage { Certificate: var polka }:
                if (!_polkas.TryGetValue(polka.Height, out var known)) _polkas[polka.Height] = known = [];
                if (!known.Contains(polka)) known.Add(polka);
                break;
        }
    }

    public void End(Cluster cluster)
    {
        if (_fork is not { } height) return;
        var validators = SetOf(height);
        var decided = _decided[height];
        var (first, second) = (decided[0].Commit, decided.First(other => other.Commit.Block.Hash != decided[0].Commit.Block.Hash).Commit);
        var stored = hosts.Where(host => host.Node.IsHonest).SelectMany(host => host.Node.Chain.PolkasOf(height)).ToList();
        var finding = ForkAnalysis.Analyze(_chain, validators, first, second, stored);
        IsNamedByStores = finding.IsEnough;
        if (!finding.IsEnough) finding = ForkAnalysis.Analyze(_chain, validators, first, second, [.. stored, .. ToldOf(height, validators)]);
        Judge(height, finding, validators);
        if (!_isNoticed) throw new SimulationFailedException($"forks: nobody noticed the fork at height {height}, {MeetWithinMs} ms after all links were in order");
    }

    /// <summary>Whether a finding is what is promised.</summary>
    public void Judge(Height height, ForkFinding finding, ValidatorSet validators)
    {
        if (finding.Fault != ForkFault.None) throw new SimulationFailedException($"forks: of height {height} it is said to be none: {finding.Fault}");
        foreach (var proof in finding.Proofs)
        {
            if (!failing.Contains(proof.Guilty)) throw new SimulationFailedException($"forks: honest {proof.Guilty} is named for the fork at height {height}: {proof.Kind.Name()}");
            if (proof.Check(_chain) != EvidenceFault.None) throw new SimulationFailedException($"forks: the proof against {proof.Guilty} does not stand for itself");
        }

        var power = finding.Proofs.Aggregate(0UL, (sum, proof) => sum + validators.PowerOf(proof.Guilty));
        if (3 * power <= validators.TotalPower)
            throw new SimulationFailedException($"forks: of the fork at height {height} only {power} of {validators.TotalPower} is named, {finding.Missing} is missing");
    }

    /// <summary>Somebody who follows the rules has decided, or knows that somebody has.</summary>
    public void Decided(CommitCertificate commit, SimulatedNode node)
    {
        if (!_decided.TryGetValue(commit.Height, out var decided)) _decided[commit.Height] = decided = [];
        decided.Add((commit, node));
        if (commit.Block.Hash != decided[0].Commit.Block.Hash && !(_fork <= commit.Height)) _fork = commit.Height;
    }

    private void Keep(SignedVote vote)
    {
        var prevote = (Prevote)vote.Vote;
        if (!_prevotes.TryGetValue(prevote.Height, out var ofHeight)) _prevotes[prevote.Height] = ofHeight = [];
        var key = new PrevoteKey(prevote.Round, prevote.Block!.Value, prevote.ValidRound);
        if (!ofHeight.TryGetValue(key, out var votes)) ofHeight[key] = votes = [];
        votes.TryAdd(vote.Validator, vote);
    }

    // Every polka that can be made of what was told, checked by whoever analyses.
    private IEnumerable<PolkaCertificate> ToldOf(Height height, ValidatorSet validators)
    {
        foreach (var polka in _polkas.GetValueOrDefault(height) ?? []) yield return polka;
        if (!_prevotes.TryGetValue(height, out var prevotes)) yield break;
        foreach (var (key, votes) in prevotes.OrderBy(entry => entry.Key.Round.Value))
        {
            var signatures = ImmutableArray.CreateBuilder<IndexedSignature>();
            ulong power = 0;
            foreach (var (address, vote) in votes)
                if (validators.TryIndexOf(address, out var index) && vote.Signature.IsBy(address, vote.Vote.Digest(_chain)))
                {
                    signatures.Add(new IndexedSignature((ushort)index, vote.Signature));
                    power += validators[index].Power;
                }

            if (3 * power > 2 * validators.TotalPower) yield return new PolkaCertificate(height, key.Round, key.ValidRound, key.Block, signatures.ToImmutable());
        }
    }

    private ValidatorSet SetOf(Height height)
    {
        if (height == Height.First) return genesis.ValidatorSet();
        var by = _decided[height][0].By;
        return by.Chain.ValidatorSetOf(by.Chain.Get(height.MinusOrGenesis(1))!.Block.Header.NextValidatorsRoot)!;
    }

    private readonly record struct PrevoteKey(Round Round, BlockHash Block, Round? ValidRound);
}
