namespace NeuroChain.Chain.Tests;

/// <summary>Who leads follows from the parent's state root, and who proposes in another's round proves it.</summary>
public sealed class WrongLeaderTests
{
    private static readonly Committee Four = new(4);

    private readonly ScheduleRecord _record = new(Four.Set.Root, null, []);

    private int Leader => Enumerable.Range(0, 4).Single(i => Four.Keys[i].Address == _record.Schedule(Committee.Here, Four.Set).Leader(Round.Zero));

    private int Another => (Leader + 1) % 4;

    [Fact]
    public void WhoeverProposesInTheRoundOfAnotherIsGuilty()
    {
        FaultProofTests.Proves(Proof(Another), FaultKind.WrongLeader, Another);
        Assert.Equal(EvidenceFault.RightLeader, Proof(Leader).Check(Committee.Genesis));
        Assert.Equal(EvidenceFault.RightLeader, Proof(Another, round: 1).Check(Committee.Genesis)); // its own turn
        FaultProofTests.Proves(Proof(Leader, round: 1), FaultKind.WrongLeader, Leader);
    }

    [Fact]
    public void ATermLeadsRoundZeroAndTheAbsentArePassedOver()
    {
        var termed = _record with { Term = new TermAssignment(3, Four.Keys[Another].Address, Hash256.Zero) };
        Assert.Equal(EvidenceFault.RightLeader, Proof(Another, record: termed).Check(Committee.Genesis));
        FaultProofTests.Proves(Proof(Leader, record: termed), FaultKind.WrongLeader, Leader);
        var absent = _record with { Absent = [Four.Keys[Leader].Address] };
        FaultProofTests.Proves(Proof(Leader, record: absent), FaultKind.WrongLeader, Leader);
    }

    [Fact]
    public void AReproposalOfAnothersBlockIsJudgedByItsOwnRound()
    {
        var proof = Proof(Another, round: 1);
        var again = proof with { Proposal = Four.Sign(Another, proof.Proposal.Proposal with { Round = new Round(5), ValidRound = new Round(1) }) };
        Assert.Equal(EvidenceFault.RightLeader, again.Check(Committee.Genesis));
    }

    [Fact]
    public void TheFirstHeightFollowsNoHeader()
    {
        foreach (var height in new ulong[] { 0, 1 })
            Assert.Equal(EvidenceFault.FirstHeight, Proof(Another, height: height).Check(Committee.Genesis));
        Assert.NotEqual(EvidenceFault.FirstHeight, Proof(Another, height: 2).Check(Committee.Genesis));
    }

    [Fact]
    public void TheHeaderIsThatOfTheProposedBlockAndOfThisChain()
    {
        var proof = Proof(Another);
        Assert.Equal(EvidenceFault.WrongHeader, (proof with { Header = proof.Header with { Time = new Timestamp(1) } }).Check(Committee.Genesis));
        Assert.Equal(EvidenceFault.WrongHeader, proof.Check(new GenesisHash(Hash256.Zero)));
        var higher = proof.Header with { Height = new Height(10) };
        Assert.Equal(EvidenceFault.WrongHeader, Signed(proof with { Header = higher }, Another).Check(Committee.Genesis));
    }

    [Fact]
    public void TheParentIsTheOneThatTheHeaderNames()
    {
        var proof = Proof(Another);
        Assert.Equal(EvidenceFault.WrongParent, (proof with { Parent = proof.Parent with { StateRoot = default } }).Check(Committee.Genesis));
        foreach (var parent in new[] { proof.Parent with { Height = new Height(7) }, proof.Parent with { Height = new Height(ulong.MaxValue) }, proof.Parent with { Genesis = default } })
            Assert.Equal(EvidenceFault.WrongParent, Linked(proof, parent, Another).Check(Committee.Genesis));
    }

    [Fact]
    public void TheRecordIsInTheParentsState()
    {
        var proof = Proof(Another);
        Assert.Equal(EvidenceFault.WrongRecord, (proof with { Record = proof.Record with { Absent = [Four.Keys[0].Address] } }).Check(Committee.Genesis));
        Assert.Equal(EvidenceFault.WrongRecord, (proof with { RecordProof = new StateProof([], null) }).Check(Committee.Genesis));
        Assert.Equal(EvidenceFault.WrongRecord, Linked(proof, proof.Parent with { StateRoot = default }, Another).Check(Committee.Genesis));
        // The record of another height, proven well.
        var (other, root) = Prove(new Height(8), _record);
        Assert.Equal(EvidenceFault.WrongRecord, Linked(proof with { RecordProof = other }, proof.Parent with { StateRoot = root }, Another).Check(Committee.Genesis));
    }

    [Fact]
    public void TheSetIsTheOneThatTheRecordNames() =>
        Assert.Equal(EvidenceFault.WrongValidators, (Proof(Another) with { Validators = new Committee(5).Set }).Check(Committee.Genesis));

    [Fact]
    public void NobodyIsNamedForWhatAnotherSigned()
    {
        var proof = Proof(Another);
        var framed = proof with { Proposal = proof.Proposal with { Signature = Four.Keys[Leader].Sign(Hash256.Zero) } };
        Assert.Equal(EvidenceFault.WrongSignature, framed.Check(Committee.Genesis));
    }

    [Fact]
    public void TheLargestFitsItsBound()
    {
        var proof = Proof(0) with
        {
            Record = new ScheduleRecord(Hash256.Zero, new TermAssignment(1, default, default), [.. new Address[Limits.ValidatorsMax]]),
            RecordProof = new StateProof([.. Enumerable.Repeat(Hash256.Sha256([1]), StateHash.DepthMax)], new StateProofLeaf(default, default)),
            Validators = new Committee(Limits.ValidatorsMax).Set,
        };
        Assert.Equal(ScheduleRecord.SizeMax, proof.Record.Encode().Length);
        var bytes = proof.Encode();
        Assert.InRange(bytes.Length, 14_000, FaultProof.SizeMax);
        Assert.True(FaultProof.TryDecode(bytes, out var read, out _));
        Assert.Equal(proof, read);
    }

    private WrongLeaderProof Proof(int proposer, int round = 0, ScheduleRecord? record = null, ulong height = 9)
    {
        var here = new Height(height);
        var (proof, root) = Prove(here, record ?? _record);
        var stream = new SeededStream(5);
        var parent = ChainFormats.AnyHeader(stream) with { Genesis = Committee.Genesis, Height = here.MinusOrGenesis(1), StateRoot = root };
        var header = ChainFormats.AnyHeader(stream) with { Genesis = Committee.Genesis, Height = here, Parent = parent.Hash };
        var proposal = Four.Sign(proposer, new Proposal(here, new Round((uint)round), header.Hash, null));
        return new WrongLeaderProof(proposal, header, parent, record ?? _record, proof, Four.Set);
    }

    // A state with the record and others around it.
    private static (StateProof Proof, StateRoot Root) Prove(Height height, ScheduleRecord record)
    {
        var leaf = new StateProofLeaf(StateHash.Path(ScheduleRecord.Key(height)), Hash256.Sha256(record.Encode()));
        Hash256[] siblings = [Hash256.Sha256([1]), Hash256.Zero, Hash256.Sha256([2])];
        return (new StateProof(siblings, leaf), new StateRoot(StateHash.Root(StateHash.Leaf(leaf.Path, leaf.ValueHash), leaf.Path, siblings)));
    }

    // The same with another parent, and all that follows from it signed anew.
    private static WrongLeaderProof Linked(WrongLeaderProof proof, Header parent, int proposer) =>
        Signed(proof with { Parent = parent, Header = proof.Header with { Parent = parent.Hash } }, proposer);

    private static WrongLeaderProof Signed(WrongLeaderProof proof, int proposer) =>
        proof with { Proposal = Four.Sign(proposer, proof.Proposal.Proposal with { Block = proof.Header.Hash }) };
}
