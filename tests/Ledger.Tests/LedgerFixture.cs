using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// A chain of four validators in memory: builds blocks, signs their precommits, validates and executes them. The certificates are real, so
/// that every block goes through all the rules.
/// </summary>
public sealed class LedgerFixture
{
    public static readonly Amount InitialBalance = Amount.FromNtk(1_000_000);

    private readonly Dictionary<Address, PrivateKey> _keys = [];

    public LedgerFixture(Func<GenesisDocument, GenesisDocument>? configure = null, int validators = 4)
    {
        ValidatorKeys = [.. Enumerable.Range(0, validators).Select(i => Key(1_000 + i)).OrderBy(key => key.Address)];
        var genesis = new GenesisDocument
        {
            ChainName = "test",
            TimeMs = 1_700_000_000_000,
            Validators = [.. ValidatorKeys.Select((key, i) => new GenesisValidator(key.Address, Key(2_000 + i).Address, 1))],
            Allocations = [new(Alice.Address, InitialBalance), new(Bob.Address, InitialBalance), .. ValidatorKeys.Select(key => new GenesisAllocation(key.Address, InitialBalance))],
            RewardReserve = Amount.FromNtk(10_000_000),
        };
        foreach (var key in ValidatorKeys) _keys[key.Address] = key;
        Genesis = GenesisDocument.Parse((configure is null ? genesis : configure(genesis)).ToJson());
        State = LedgerState.FromGenesis(Genesis);
    }

    /// <summary>In the order of the validator set.</summary>
    public ImmutableArray<PrivateKey> ValidatorKeys { get; }

    public PrivateKey Alice { get; } = Key(1);

    public PrivateKey Bob { get; } = Key(2);

    public GenesisDocument Genesis { get; }

    public GenesisHash GenesisHash => State.GenesisHash;

    /// <summary>The state after the last block.</summary>
    public LedgerState State { get; set; }

    /// <summary>All blocks, the first at index 0.</summary>
    public List<ValidatedBlock> Blocks { get; } = [];

    /// <summary>Certificate of the last block; null at genesis.</summary>
    public CommitCertificate? LastCommit { get; set; }

    public ValidatedBlock LastBlock => Blocks[^1];

    public Amount FeeMin => Genesis.Parameters.FeeMin;

    /// <summary>The author's share of the least fee in the first year: 30 % is burned, 10 % goes to the treasury.</summary>
    public Amount FeeShare => Amount.DivRem(FeeMin * 60, 100).Quotient;

    /// <summary>Votes, delays and expiries of a few blocks, for tests that wait for them.</summary>
    public static GenesisDocument Fast(GenesisDocument genesis) => genesis with
    {
        Parameters = genesis.Parameters with
        {
            Governance = new GovernanceParameters { VotingBlocks = 5, DelayBlocks = 2 },
            Validators = new ValidatorParameters { EvidenceBlocks = 10, EvidenceMs = 5_000, RotationBlocks = 0 },
        },
    };

    /// <summary>A key that is the same in every run.</summary>
    public static PrivateKey Key(int number) => PrivateKey.FromSeed(new SeededStream((ulong)number).NextHash());

    public PrivateKey KeyOf(Address validator) => _keys[validator];

    /// <summary>From now on the fixture signs for that key, should it be a validator's.</summary>
    public void Know(PrivateKey key) => _keys[key.Address] = key;

    public Account AccountOf(PrivateKey key) => AccountsModule.Get(State, key.Address);

    /// <summary>Builds the next block, has it signed by all (or by those with the given indices), validates and executes it.</summary>
    public ExecutionResult Step(params Transaction[] transactions) => Step(null, [], 0, transactions);

    public ExecutionResult Step(int[]? signers, ImmutableArray<LatePrecommit> late, uint round, params Transaction[] transactions)
    {
        var built = Build(new Round(round), late, transactions);
        return Apply(built.Block, signers).Result;
    }

    /// <summary>Steps through empty blocks until the state is at that height.</summary>
    public void StepTo(ulong height)
    {
        while (State.Height.Value < height) Step();
    }

    public ValidatedBlock Build(params Transaction[] transactions) => Build(Round.Zero, [], transactions);

    public ValidatedBlock Build(Round round, ImmutableArray<LatePrecommit> late, params Transaction[] transactions) =>
        BlockBuilder.Build(State, Template(round, late), transactions);

    public BlockTemplate Template(Round round, ImmutableArray<LatePrecommit> late) => new()
    {
        Author = State.Next.Schedule.Leader(round),
        BuiltRound = round,
        Time = State.Time.Plus(1_000),
        LastCommit = LastCommit,
        LatePrecommits = late,
    };

    /// <summary>Validates, certifies and executes a block from its bytes, as a node that received it.</summary>
    public ValidatedBlock Apply(Block block, int[]? signers = null)
    {
        Assert.True(Block.TryDecode(block.Bytes.Span, out var received, out var fault), fault.ToString());
        Assert.True(BlockValidator.TryValidate(State, received, NoTransactions.Instance, out var validated, out var refusal), refusal.ToString());
        LastCommit = Certify(received, signers);
        State = validated.Result.Next;
        Blocks.Add(validated);
        return validated;
    }

    /// <summary>A commit certificate of round 0 by all, or by the validators with these indices.</summary>
    public CommitCertificate Certify(Block block, int[]? signers = null)
    {
        var validators = State.ContextOf(block.Height).Validators;
        var digest = new Precommit(block.Height, Round.Zero, block.Ref).Digest(GenesisHash);
        var signatures = (signers ?? [.. Enumerable.Range(0, validators.Count)]).Order()
            .Select(i => new IndexedSignature((ushort)i, KeyOf(validators[i].Address).Sign(digest)));
        return new CommitCertificate(block.Height, Round.Zero, block.Ref, [.. signatures]);
    }

    /// <summary>The precommit of a validator for a block of the chain, as it comes late.</summary>
    public LatePrecommit Late(ulong height, int index)
    {
        var precommit = new Precommit(new Height(height), Round.Zero, Blocks[(int)height - 1].Block.Ref);
        return new LatePrecommit(precommit.Height, (ushort)index, ValidatorKeys[index].Sign(precommit.Digest(GenesisHash)));
    }

    /// <summary>A block whose header or content was changed after it was built, put together again with the right roots of its content.</summary>
    public static Block Forge(
        Block block,
        Func<Header, Header>? header = null,
        Func<CommitCertificate?, CommitCertificate?>? lastCommit = null,
        ImmutableArray<LatePrecommit>? late = null,
        ImmutableArray<ReadOnlyMemory<byte>>? transactions = null) => Block.Build(
            header is null ? block.Header : header(block.Header),
            lastCommit is null ? block.LastCommit : lastCommit(block.LastCommit),
            late ?? block.LatePrecommits,
            block.TrainingProof,
            transactions ?? block.Transactions);

    /// <summary>The next block with exactly these transactions, whether they can be executed or not.</summary>
    public Block BlockWith(params Transaction[] transactions) => Forge(Build().Block, transactions: [.. transactions.Select(t => t.Bytes)]);

    /// <summary>Why the state refuses a block.</summary>
    public BlockFault FaultOf(Block block)
    {
        _ = BlockValidator.TryValidate(State, block, NoTransactions.Instance, out _, out var refusal);
        return refusal.Fault;
    }

    public Transaction Transfer(PrivateKey from, Address to, Amount amount, Amount? fee = null, ulong? nonce = null, string memo = "", ulong expiry = 0) =>
        Pay(from, new TransactionBody
        {
            Transfer = new Transfer { To = ByteString.CopyFrom(to.ToArray()), Amount = ByteString.CopyFrom(amount.ToArray()), Memo = memo },
            ExpiryHeight = expiry,
        }, fee, nonce);

    /// <summary>Signs a message that pays: the least fee and the sender's next nonce unless told.</summary>
    public Transaction Pay(PrivateKey from, TransactionBody body, Amount? fee = null, ulong? nonce = null)
    {
        body.Fee = ByteString.CopyFrom((fee ?? FeeMin).ToArray());
        body.Nonce = nonce ?? AccountOf(from).Nonce;
        return Protocol(from, body);
    }

    /// <summary>Signs a protocol message of a validator.</summary>
    public Transaction Protocol(PrivateKey from, TransactionBody body)
    {
        body.Genesis = ByteString.CopyFrom(GenesisHash.Value.ToArray());
        return Transaction.Sign(body, from);
    }

    /// <summary>The state's bonds of an address.</summary>
    public BondRecord BondOf(PrivateKey key) => BondRecord.Get(State, key.Address);

    public SupplyRecord Supply => SupplyRecord.Get(State);

    public ValidatorSet Members => ValidatorsModule.Members(State);

    public Transaction Bond(PrivateKey from, Amount amount, ulong? nonce = null) =>
        Pay(from, new TransactionBody { Bond = new Bond { Amount = Bytes(amount) } }, nonce: nonce);

    public Transaction Unbond(PrivateKey from, Amount amount, ulong? nonce = null) =>
        Pay(from, new TransactionBody { Unbond = new Unbond { Amount = Bytes(amount) } }, nonce: nonce);

    public Transaction Burn(PrivateKey from, Amount amount) => Pay(from, new TransactionBody { Burn = new Burn { Amount = Bytes(amount) } });

    public Transaction Batch(PrivateKey from, params (Address To, Amount Amount)[] payments)
    {
        var batch = new BatchTransfer();
        batch.Payments.AddRange(payments.Select(payment => new Payment { To = Bytes(payment.To), Amount = Bytes(payment.Amount) }));
        var body = new TransactionBody { BatchTransfer = batch };
        var fee = FeeMin;
        var asked = FeesModule.Asked(State, Pay(from, body, fee));
        return Pay(from, body, asked > fee ? asked : fee);
    }

    /// <summary>Puts an action to the vote; with the sender's next sequence number unless told.</summary>
    public Transaction Propose(PrivateKey from, GovernanceAction action, ulong? sequence = null, string reason = "", ulong expiry = 0) => Protocol(from, new TransactionBody
    {
        GovernanceProposal = new GovernanceProposal { Sequence = sequence ?? SequenceOf(from), Action = action, Reason = reason },
        ExpiryHeight = expiry,
    });

    public Transaction Vote(PrivateKey from, ulong proposal, bool approve = true) =>
        Protocol(from, new TransactionBody { GovernanceVote = new GovernanceVote { Proposal = proposal, Approve = approve } });

    /// <summary>Replaces a validator's key; with the new one's true consent unless told.</summary>
    public Transaction Rotate(PrivateKey old, PrivateKey fresh, ulong? sequence = null, Signature? consent = null)
    {
        Know(fresh);
        var number = sequence ?? SequenceOf(old);
        var signature = consent ?? fresh.Sign(KeyRotations.Consent(GenesisHash, old.Address, fresh.Address, number).Digest);
        return Protocol(old, new TransactionBody
        {
            KeyRotation = new KeyRotation { Sequence = number, NewAddress = Bytes(fresh.Address), Signature = ByteString.CopyFrom(signature.Bytes) },
        });
    }

    /// <summary>Has a proposal opened and approved by all who may vote, in one block; gives its number.</summary>
    public ulong Accept(GovernanceAction action)
    {
        var voters = Members.Validators.Where(member => !ValidatorRecord.IsJailedAt(State, member.Address)).Select(member => KeyOf(member.Address)).ToArray();
        var id = OpenProposals.Get(State).NextId;
        var result = Step([Propose(voters[0], action), .. voters.Skip(1).Select(voter => Vote(voter, id))]);
        Assert.Equal(voters.Length, result.Receipts.Length);
        Assert.Contains(result.Events, happened => happened.Kind == "governance.accepted");
        return id;
    }

    /// <summary>Has an action accepted and waits until it was carried out, or failed; the block in which that was.</summary>
    public ExecutionResult Carry(GovernanceAction action)
    {
        var id = Accept(action);
        ExecutionResult result;
        do result = Step();
        while (ProposalRecord.Get(State, id) is not null);
        return result;
    }

    /// <summary>What a transaction would come to in the next block: why it cannot be in it, or the code of its receipt.</summary>
    public TransactionRejection OutcomeOf(Transaction transaction)
    {
        if (BlockValidator.TryValidate(State, BlockWith(transaction), NoTransactions.Instance, out var validated, out var refusal))
            return (TransactionRejection)Assert.Single(validated.Result.Receipts).Code;
        Assert.Equal(BlockFault.TransactionNotExecutable, refusal.Fault);
        return Enum.Parse<TransactionRejection>(refusal.Detail[(refusal.Detail.LastIndexOf(' ') + 1)..]);
    }

    /// <summary>The value of an attribute of the only event of that kind.</summary>
    public static string Attribute(ExecutionResult result, string kind, string key) =>
        Assert.Single(result.Events, happened => happened.Kind == kind).Attributes.Single(attribute => attribute.Key == key).Value;

    public static ByteString Bytes(Amount amount) => ByteString.CopyFrom(amount.ToArray());

    public static ByteString Bytes(Hash256 hash) => ByteString.CopyFrom(hash.ToArray());

    public static ByteString Bytes(Address address) => ByteString.CopyFrom(address.ToArray());

    /// <summary>A report of a fault by a validator.</summary>
    public Transaction Report(PrivateKey from, FaultProof proof) => Report(from, proof.Encode());

    public Transaction Report(PrivateKey from, byte[] evidence) =>
        Protocol(from, new TransactionBody { FaultEvidence = new FaultEvidence { Evidence = ByteString.CopyFrom(evidence) } });

    /// <summary>Evidence that a key voted twice at a height: for other blocks with another variant.</summary>
    public FaultProof DoubleVote(PrivateKey guilty, ulong height, byte variant = 0)
    {
        SignedVote Vote(byte block)
        {
            var vote = new Prevote(new Height(height), Round.Zero, new BlockHash(Hash256.Sha256([block, variant])), null);
            return new SignedVote(vote, guilty.Address, guilty.Sign(vote.Digest(GenesisHash)));
        }

        return DuplicateVoteProof.Of(Vote(1), Vote(2));
    }

    /// <summary>Evidence that a key proposed twice in a round.</summary>
    public FaultProof DoubleProposal(PrivateKey guilty, ulong height)
    {
        SignedProposal Propose(byte block)
        {
            var proposal = new Proposal(new Height(height), Round.Zero, new BlockHash(Hash256.Sha256([block])), null);
            return new SignedProposal(proposal, guilty.Address, guilty.Sign(proposal.Digest(GenesisHash)));
        }

        return DuplicateProposalProof.Of(Propose(1), Propose(2));
    }

    /// <summary>Evidence that a key precommitted a block and prevoted another one later, with no polka between.</summary>
    public FaultProof Amnesia(PrivateKey guilty, ulong height)
    {
        var locked = new Precommit(new Height(height), Round.Zero, new BlockRef(new BlockHash(Hash256.Sha256([1])), Hash256.Zero, Hash256.Zero));
        var against = new Prevote(new Height(height), new Round(3), new BlockHash(Hash256.Sha256([2])), null);
        return new AmnesiaProof(Sign(locked), Sign(against));

        SignedVote Sign(Vote vote) => new(vote, guilty.Address, guilty.Sign(vote.Digest(GenesisHash)));
    }

    private ulong SequenceOf(PrivateKey key) => ValidatorRecord.Get(State, key.Address)?.Sequence ?? 0;
}
