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
    private readonly StoredChain _stored = new(store);
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
        var mark = Mark();
        CheckInitialModels();
        var state = LedgerState.FromGenesis(genesis);
        while (state.Height < mark.Height && Replay(state, ended) is { } next) state = next;
        if (state.Height == mark.Height) CheckState(state, mark);
        return new VerificationReport
        {
            Stored = mark.Height,
            Replayed = state.Height,
            StateRoot = state.Root,
            TermLed = _termLed,
            TermLedByRefuted = _termLedByRefuted,
            EarlyVoid = _earlyVoid,
            Rounds = _rounds,
            Findings = _findings,
        };
    }

    private LedgerMark Mark()
    {
        if (store.Mark is not { } bytes) throw new OperatorException("the data folder holds no chain yet: start the node first");
        if (store.Genesis != genesis.Hash) throw new OperatorException($"the data folder is of the chain {store.Genesis}, genesis.json is {genesis.Hash}: use the genesis file of this data");
        return LedgerMark.TryDecode(bytes, out var mark) ? mark : throw new OperatorException("the data folder is damaged: the mark of its state cannot be read");
    }

    private void CheckInitialModels()
    {
        foreach (var task in genesis.Tasks)
        {
            var made = BlobManifest.Of(InitialModels.Make(InitialModels.SpecOf(task), task.InitialSeed)).Hash;
            if (made.Value != task.InitialModel) Find(FindingKind.InitialModelDiffers, Height.Genesis, $"task {task.Name}: the seed gives {made}, not {task.InitialModel}");
        }
    }

    // One block; null where the chain cannot be followed any further.
    private LedgerState? Replay(LedgerState state, Action<RoundReport> ended)
    {
        var height = state.Height.Next();
        if (_stored.Block(height, out var damage) is not { } committed)
        {
            _findings.Add(damage!);
            return null;
        }

        var (block, certificate) = committed;
        if (!BlockValidator.TryValidate(state, block, NoTransactions.Instance, out var validated, out var refusal))
        {
            Find(FindingKind.BlockRefused, height, refusal.ToString());
            return null;
        }

        CheckCommit(state, block, certificate);
        var result = validated.Result;
        if (_stored.Compare(height, new BlockOutcome(result.Receipts, result.Events)) is { } difference) _findings.Add(difference);
        CheckTermLed(block, state.GenesisHash);
        _evidence.Add(validated.Transactions);
        _rechecks.Check(state, validated.Transactions, height, _findings);
        foreach (var task in TaskDefinitions.All(state, genesis))
            if (TrainingQueries.Round(state, task.Id) is { } round)
                Follow(state, result, round, ended);
        return result.Next;
    }

    private void CheckCommit(LedgerState state, Block block, CommitCertificate certificate)
    {
        var fault = certificate.Height != block.Height ? CertificateFault.WrongHeight
            : certificate.Block != block.Ref ? CertificateFault.WrongBlock
            : certificate.Check(state.GenesisHash, state.Next.Validators);
        if (fault != CertificateFault.None) Find(FindingKind.CommitInvalid, block.Height, fault.ToString());
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

    private void CheckState(LedgerState state, LedgerMark mark)
    {
        if (state.Mark != mark) Find(FindingKind.StateDiffers, mark.Height, $"the stored mark has state root {mark.StateRoot}, {state.Root} follows");
        else if (!LedgerState.TryLoad(genesis, mark, store.StateRecords, out _)) Find(FindingKind.StateDiffers, mark.Height, "the stored records have not the root of their mark");
    }

    private void Find(FindingKind kind, Height height, string detail) => _findings.Add(new VerificationFinding(kind, height, detail));
}
