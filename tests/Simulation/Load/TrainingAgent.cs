using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// A validator's part in training, as <see cref="ValidatorAgent"/> does it, in virtual time: after each block it asks the ledger what is due and
/// does it; what is not on the chain is due again. Duties, statements and the memory are the production ones, what is found comes from
/// <see cref="ITraining"/>. Of those that break the rules some attest what is not so, show private losses that are not so, or cover those who do.
/// </summary>
public sealed class TrainingAgent(Cluster cluster, SimulatedHost host, SeededStream draw)
{
    private const uint ChainLength = 64; // short, so that some run out

    private readonly MemoryStore _disk = new([ValidatorMemory.Column]);
    private readonly Dictionary<(Hash256 Task, ulong Round), PendingAttestation?> _evaluations = [];
    private SeedChainDraft? _registering;
    private bool _isPlanned;

    /// <summary>Its part for sealed hold-outs; null where nothing is sealed.</summary>
    public SealedDuties? Sealed { get; init; }

    private ValidatorMemory Memory => new(_disk);

    /// <summary>There is a new block, or a new life.</summary>
    public void Wake()
    {
        if (_isPlanned) return;
        _isPlanned = true;
        host.Later(1 + draw.NextBelow(10), Act);
    }

    /// <summary>The process is gone, and with it what it had only in mind.</summary>
    public void Died(bool isMachine)
    {
        _evaluations.Clear();
        (_registering, _isPlanned) = (null, false);
        Sealed?.Died();
        if (isMachine) _disk.Crash(draw);
    }

    private void Act()
    {
        _isPlanned = false;
        if (host.Node.Engine is not { IsCatchingUp: false } engine) return;
        var (state, self) = (engine.State, host.Node.Key.Address);
        foreach (var duty in TrainingDuties.Of(state, state.Genesis, state.GenesisHash, state.Height.Next(), self, state.Next.Validators)) Do(duty, state);
        Sealed?.Act(state);
        _registering?.Note(SeedChainRecord.Get(state, self));
        foreach (var key in _evaluations.Keys.Where(key => TrainingQueries.Round(state, key.Task)?.Number != key.Round).ToList())
            if (_evaluations.Remove(key, out var old) && old is not null)
                Memory.ForgetAttestation(old.Commitment(self));
    }

    private void Do(TrainingDuty duty, LedgerState state)
    {
        switch (duty)
        {
            case TrainingDuty.RegisterSeedChain register:
                var draft = _registering ??= new SeedChainDraft(_ => NewChain());
                Send(state, body => body.SeedChainRegistration = draft.For(register));
                break;
            case TrainingDuty.VoteAvailability vote:
                var held = vote.Candidates.Where(candidate => Training(vote.Task).IsHeld(candidate.Model, host.Node.Index)).ToList();
                if (held.Count < vote.Candidates.Length && !vote.IsLast) break;
                var mask = held.Aggregate(0u, (bits, candidate) => bits | (1u << candidate.Index));
                Send(state, body => body.AvailabilityVote = new AvailabilityVote { Task = vote.Task.ToByteString(), TrainingRound = vote.TrainingRound, Candidates = mask });
                break;
            case TrainingDuty.OpenSeedShare open:
                if (Memory.Chain(open.Tip) is not { } ours) throw new SimulationFailedException($"training: {host.Node.Address} has forgotten the secret of its seed chain");
                Send(state, body => body.SeedShare = new SeedShare { Task = open.Task.ToByteString(), TrainingRound = open.TrainingRound, Share = ours.Share(open.Index).ToByteString() });
                break;
            case TrainingDuty.Evaluate evaluate when _evaluations.TryAdd((evaluate.Job.Task, evaluate.Job.TrainingRound), null):
                host.Later(1 + draw.NextBelow(2 * cluster.Options.BlockIntervalMs), () => Evaluated(evaluate.Job, state));
                break;
            case TrainingDuty.CommitAttestation commit:
                if (_evaluations.GetValueOrDefault((commit.Task, commit.TrainingRound)) is { } found)
                    Send(state, body => body.AttestationCommit = new AttestationCommit { Task = commit.Task.ToByteString(), TrainingRound = commit.TrainingRound, Commitment = found.Commitment(host.Node.Key.Address).ToByteString() });
                break;
            case TrainingDuty.RevealAttestation reveal:
                if (Memory.Attestation(reveal.Commitment) is { } pending) Reveal(reveal, pending, state);
                break;
            case TrainingDuty.RecheckPrivateLosses(var recheck):
                // Of those that break the rules some cover each other.
                var wrong = host.Node.Accomplice is not null && draw.NextChance(1, 2) ? 0 : Training(recheck.Task).Recheck(state, recheck, host.Node.Index);
                Send(state, body => body.PrivateRecheck = new PrivateRecheck { Task = recheck.Task.ToByteString(), TrainingRound = recheck.Number, Wrong = wrong });
                break;
        }
    }

    private ITraining Training(Hash256 task) => cluster.Trainings.Single(training => training.Task == task);

    private SeedChain NewChain()
    {
        var secret = draw.NextHash();
        var chain = new SeedChain(secret, ChainLength);
        Memory.Keep(chain, secret);
        return chain;
    }

    // Who cannot get a checkpoint, or a sealed set, abstains.
    private void Evaluated(EvaluationJob job, LedgerState state)
    {
        var training = Training(job.Task);
        if (!job.Candidates.All(candidate => training.IsHeld(candidate.Model, host.Node.Index))) return;
        if (training.Evaluate(state, job, host.Node.Key.Address, host.Node.Index) is not var (statement, privateLosses)) return;
        if (host.Node.Accomplice is not null && draw.NextChance(1, 2)) statement = statement with { IncumbentLossSum = statement.IncumbentLossSum + 1 };
        var isLazy = host.Node.Accomplice is not null && draw.NextChance(1, 4);
        var attestation = new PendingAttestation(draw.NextHash(), statement, [.. privateLosses.Select(loss => isLazy ? loss + 1 : loss)]);
        Memory.Keep(attestation, host.Node.Key.Address);
        _evaluations[(job.Task, job.TrainingRound)] = attestation;
        Wake();
    }

    private void Reveal(TrainingDuty.RevealAttestation reveal, PendingAttestation pending, LedgerState state) => Send(state, body =>
    {
        body.AttestationReveal = new AttestationReveal
        {
            Task = reveal.Task.ToByteString(),
            TrainingRound = reveal.TrainingRound,
            Statement = ByteString.CopyFrom(pending.Statement.Encode()),
            Signature = ByteString.CopyFrom(host.Node.Key.Sign(pending.Statement.Attestation.Digest).Bytes),
            Salt = pending.Salt.ToByteString(),
        };
        body.AttestationReveal.PrivateLosses.AddRange(pending.PrivateLosses);
    });

    private void Send(LedgerState state, Action<TransactionBody> fill)
    {
        var body = new TransactionBody { Genesis = state.GenesisHash.Value.ToByteString() };
        fill(body);
        cluster.Submit(host, Transaction.Sign(body, host.Node.Key));
    }
}
