using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Derives a whole chain again from its blocks: leaders, terms, seeds, statements, winners, rewards and roots, bit for bit. The blocks are
/// executed from genesis by the ledger's own rules, and what the ledger takes from the attesters' word is evaluated again.
/// </summary>
/// <param name="genesis">The chain.</param>
/// <param name="store">Blocks, certificates, outcomes and state as a node keeps them.</param>
/// <param name="evaluator">Where losses come from.</param>
/// <param name="from">Certificates below this height are not evaluated again.</param>
/// <param name="to">Nor those above this one.</param>
internal sealed class TrainingVerifier(GenesisDocument genesis, ChainStore store, StatementEvaluator evaluator, Height from, Height to)
{
    private readonly EvidenceCollector _evidence = new();
    private readonly Dictionary<Hash256, (TrainingProof Proof, ValidatorSet Attesters, bool IsRefuted)> _proofs = [];
    private readonly RecheckVerifier _rechecks = new(genesis, evaluator, from, to);
    private readonly List<RoundReport> _rounds = [];
    private readonly List<VerificationFinding> _findings = [];
    private ulong _termLed;
    private ulong _termLedByRefuted;
    private ulong _earlyVoid;

    /// <param name="ended">Told of every round that came to attestations, as soon as it was looked at.</param>
    /// <exception cref="OperatorException">The store holds no chain, or another.</exception>
    public VerificationReport Run(Action<RoundReport> ended)
    {
        CheckInitialModels();
        var replay = new ChainReplay(genesis, store, _findings);
        foreach (var block in replay.Run()) Follow(block, ended);
        return new VerificationReport
        {
            Stored = replay.Stored,
            Replayed = replay.State.Height,
            StateRoot = replay.State.Root,
            TermLed = _termLed,
            TermLedByRefuted = _termLedByRefuted,
            EarlyVoid = _earlyVoid,
            Rounds = _rounds,
            Findings = _findings,
        };
    }

    private void CheckInitialModels()
    {
        foreach (var task in genesis.Tasks)
        {
            var made = BlobManifest.Of(InitialModels.Make(InitialModels.SpecOf(task), task.InitialSeed)).Hash;
            if (made.Value != task.InitialModel) Find(FindingKind.InitialModelDiffers, Height.Genesis, $"task {task.Name}: the seed gives {made}, not {task.InitialModel}");
        }
    }

    private void Follow(ReplayedBlock replayed, Action<RoundReport> ended)
    {
        var (before, transactions) = (replayed.Before, replayed.Validated.Transactions);
        CheckTermLed(replayed.Committed.Block, before.GenesisHash);
        _evidence.Add(transactions);
        _rechecks.Check(before, transactions, replayed.Height, _findings);
        foreach (var task in TaskDefinitions.All(before, genesis))
            if (TrainingQueries.Round(before, task.Id) is { } round)
                Follow(before, replayed.Result, round, ended);
    }

    // That the author is the leader, and the proof the one of its term, the replay has checked; here the proof meets its certificate.
    private void CheckTermLed(Block block, GenesisHash hash)
    {
        if (block.TrainingProof is not { } proof) return;
        _termLed++;
        if (!_proofs.TryGetValue(proof.Root, out var known))
        {
            Find(FindingKind.LeaderUnproved, block.Height, $"no certificate gives the proof {proof.Root} of {block.Header.Author}");
            return;
        }

        if (known.IsRefuted) _termLedByRefuted++;
        if (block.Header.Author != proof.Producer) Find(FindingKind.LeaderUnproved, block.Height, $"{block.Header.Author} leads with the proof of {proof.Producer}");
        var fault = proof.Check(hash, known.Attesters);
        if (fault != TrainingProofFault.None) Find(FindingKind.ProofInvalid, block.Height, fault.ToString());
    }

    private void Follow(LedgerState before, ExecutionResult result, TrainingRoundRecord round, Action<RoundReport> ended)
    {
        var (after, height) = (result.Next, result.Next.Height);
        if (TrainingQueries.Round(after, round.Task) is { } next && next.Number == round.Number)
        {
            var isSeeded = round.Phase == TrainingPhase.Seed && next.Phase != TrainingPhase.Seed;
            if (isSeeded && _evidence.CloseSeed(after, before.GenesisHash, next, height) is { } wrong) _findings.Add(wrong);
            return;
        }

        var ending = new RoundEnding(before, result, round, _evidence.Take(round.Task, round.Number));
        if (ending.Certificate is null && ending.Evidence.Attestations.Count == 0)
        {
            _earlyVoid++;
            return;
        }

        var check = new RoundCheck(ending, evaluator);
        var report = check.Run(height >= from && height <= to);
        _findings.AddRange(check.Findings);
        _rounds.Add(report);
        if (ending.Proof() is { } proof) _proofs[proof.Root] = (proof, ending.Validators, report.Verdict == RoundVerdict.Refuted);
        ended(report);
    }

    private void Find(FindingKind kind, Height height, string detail) => _findings.Add(new VerificationFinding(kind, height, detail));
}
