using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>Proof of training on chain: tasks, training rounds and what they earn.</summary>
public sealed class TrainingModule : LedgerModule
{
    public override ImmutableArray<MessageOneofCase> Messages =>
    [
        MessageOneofCase.CandidateCommit, MessageOneofCase.CandidateReveal, MessageOneofCase.SeedChainRegistration, MessageOneofCase.AvailabilityVote,
        MessageOneofCase.SeedShare, MessageOneofCase.AttestationCommit, MessageOneofCase.AttestationReveal,
        MessageOneofCase.PrivateRecheck,
    ];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events =>
    [
        "training.committed", "training.revealed", "training.bond_burned", "training.phase", "training.void", "training.no_improvement",
        "training.certified", "training.false_attestation", "training.recheck_opened", "training.rechecked", "training.false_private_losses",
        "training.false_recheck", "training.seed_chain_registered", "training.share_missed",
        "training.task_closed", "training.task_reopened", "training.task_forked", "training.term_granted", "training.term_spent", "training.term_expired",
        "training.term_withheld", "training.term_ended", "rewards.paid", "rewards.halved",
    ];

    // A commit checks the producer's signature too, a reveal of an attestation that of the attestation.
    public override uint CostOf(Transaction transaction) => transaction.Kind switch
    {
        MessageOneofCase.CandidateCommit or MessageOneofCase.AttestationReveal => CostUnits.PerSignature + 40,
        _ => 40,
    };

    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        foreach (var task in genesis.Tasks)
        {
            var record = new TaskRecord
            {
                Id = task.Id,
                Name = task.Name,
                TrainingSet = task.TrainingSet,
                EvaluationSet = task.EvaluationSet,
                RequiredGainMillionths = task.RequiredGainMillionths,
                InitialModel = new BlobHash(task.InitialModel),
                BestModel = new BlobHash(task.InitialModel),
                ModelBytes = task.ModelBytes,
                Source = task.SampleSource,
                TargetRoundBlocks = task.TargetRoundBlocks,
            };
            record.Store(state);
            if (ModelRecord.Get(state, record.InitialModel) is not null) continue; // two tasks may begin from one checkpoint
            new ModelRecord(record.InitialModel, record.Id, 0, Height.Genesis, default, Hash256.Zero, Address.Zero, Address.Zero).Store(state);
        }

        HashList.Set(state, TrainingKeys.TaskList, [.. genesis.Tasks.Select(task => task.Id)]);
    }

    /// <summary>
    /// Takes a message of training. Everything is checked before anything is changed, so a refused message leaves the state as it was.
    /// </summary>
    public override TransactionRejection Execute(BlockContext context, Transaction transaction)
    {
        var (sender, body) = (transaction.Sender, transaction.Body);
        return body.MessageCase switch
        {
            MessageOneofCase.CandidateCommit => CandidateMessages.Commit(context, sender, body.CandidateCommit),
            MessageOneofCase.CandidateReveal => CandidateMessages.Reveal(context, sender, body.CandidateReveal),
            MessageOneofCase.SeedChainRegistration => SeedModule.Register(context, sender, body.SeedChainRegistration),
            MessageOneofCase.AvailabilityVote => ValidatorMessages.Availability(context, sender, body.AvailabilityVote),
            MessageOneofCase.SeedShare => SeedModule.Open(context, sender, body.SeedShare),
            MessageOneofCase.AttestationCommit => ValidatorMessages.Commit(context, sender, body.AttestationCommit),
            MessageOneofCase.AttestationReveal => ValidatorMessages.Reveal(context, sender, body.AttestationReveal),
            MessageOneofCase.PrivateRecheck => Rechecks.Take(context, sender, body.PrivateRecheck),
            _ => throw new InvariantException("only messages of training come to this module"),
        };
    }

    /// <summary>
    /// After the transactions of a block: windows close, rounds end, spent proofs go. The last block of an epoch pays by its own epoch, so the next one begins
    /// when all rounds have been looked at.
    /// </summary>
    public override void EndBlock(BlockContext context)
    {
        SpentProofs.EndBlock(context);
        foreach (var task in HashList.Get(context.State, TrainingKeys.TaskList))
        {
            if (RecheckRecord.Get(context.State, task) is { } recheck) RecheckEnd.EndBlock(context, recheck);
            if (TrainingRoundRecord.Get(context.State, task) is { } round) RoundWindows.EndBlock(context, round);
        }

        HalvingEpoch.EndBlock(context);
    }

    /// <summary>The proof that a term's holder shows in its blocks; null where no live or just spent term has that root and no term was withheld for it.</summary>
    public static TrainingProof? ProofOf(IStateReader state, Hash256 proofRoot)
    {
        if (state.Get(TrainingKeys.Proof(proofRoot)) is not { } bytes) return null;
        var isDecoded = TrainingProof.TryDecode(bytes, out var proof);
        Invariant.Check(isDecoded, "a proof record is as it was written");
        return proof;
    }
}
