using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Benchmarks;

/// <summary>What a hundred validators say of each other: votes, keys and faults.</summary>
internal static class ValidatorScenes
{
    /// <summary>Proposals that are open, and what most of the voters have said of them; seven more are enough.</summary>
    private const int Open = 48, Voted = 60, Enough = 67, PerBlock = 12;

    /// <summary>As many as a chain of a hundred bears.</summary>
    private const int Guilty = 33;

    private static PrivateKey[] Keys => CostScenes.Hundred;

    public static IEnumerable<CostScene> All() => [.. Governance(), .. Faults()];

    private static IEnumerable<CostScene> Governance()
    {
        var chain = CostScenes.OfHundred();
        chain.Take([.. Keys.Take(Open).Select(key => Propose(chain, key))]);
        for (var first = 0; first < Open; first += PerBlock)
            chain.Take([.. Enumerable.Range(first, PerBlock).SelectMany(i => Keys.Take(Voted).Where(key => key != Keys[i]).Select(key => Vote(chain, key, i + 1)))]);
        yield return CostScene.Of("governance_proposal", chain, [.. Keys.Skip(Open).Take(Limits.OpenProposalsMax - Open).Select(key => Propose(chain, key))]);
        // Each count comes to its end with the block.
        yield return CostScene.Of("governance_vote", chain, [.. Enumerable.Range(1, Open).SelectMany(id => Keys[Voted..Enough].Select(key => Vote(chain, key, id)))]);
        yield return CostScene.Of("key_rotation", chain, [.. Keys.Skip(Enough).Select((key, i) => Rotate(chain, key, PrivateKey.FromSeed(CostScenes.Hash("key", i))))]);
    }

    private static IEnumerable<CostScene> Faults()
    {
        var chain = CostScenes.OfHundred();
        chain.Take([]);
        chain.Take([]);
        var certified = chain.State; // its root stands in the next header
        chain.Take([]);
        var reporter = Keys[^1];
        yield return CostScene.Of("fault_evidence", chain, [.. Keys.Take(Guilty).Select(key => Report(chain, reporter, DoubleVote(chain, key)))]);
        var parent = chain.LastHeader!;
        var header = parent with { Height = parent.Height.Next(), Parent = parent.Hash };
        var leader = chain.State.Next.Schedule.Leader(Round.Zero);
        var place = StateKey.FromBytes(ScheduleRecord.Key(header.Height));
        Invariant.Check(ScheduleRecord.TryDecode(certified.Get(place), out var schedule), "the state has the schedule of two heights on");
        var proof = certified.Prove(place);
        yield return CostScene.Of("wrong_leader_evidence", chain, [.. Keys.Where(one => one.Address != leader && one != reporter).Take(Guilty).Select(one =>
        {
            var proposal = new Proposal(header.Height, Round.Zero, header.Hash, null);
            var signed = new SignedProposal(proposal, one.Address, one.Sign(proposal.Digest(chain.State.GenesisHash)));
            return Report(chain, reporter, new WrongLeaderProof(signed, header, parent, schedule, proof, chain.State.Next.Validators));
        })]);
    }

    private static Transaction Propose(BenchmarkChain chain, PrivateKey from)
    {
        var change = new ChangeParameters { Settings = { new ParameterSetting { Key = "block_interval_ms", Value = "500" } } };
        return chain.Say(from, new TransactionBody { GovernanceProposal = new GovernanceProposal { Action = new GovernanceAction { ChangeParameters = change }, Reason = new string('r', Limits.GovernanceReasonBytesMax) } });
    }

    private static Transaction Vote(BenchmarkChain chain, PrivateKey from, int proposal) =>
        chain.Say(from, new TransactionBody { GovernanceVote = new GovernanceVote { Proposal = (ulong)proposal, Approve = true } });

    private static Transaction Rotate(BenchmarkChain chain, PrivateKey old, PrivateKey fresh) => chain.Say(old, new TransactionBody
    {
        KeyRotation = new KeyRotation { NewAddress = fresh.Address.ToByteString(), Signature = fresh.Sign(KeyRotations.Consent(chain.State.GenesisHash, old.Address, fresh.Address, 0).Digest).Bytes() },
    });

    private static Transaction Report(BenchmarkChain chain, PrivateKey from, FaultProof proof) =>
        chain.Say(from, new TransactionBody { FaultEvidence = new FaultEvidence { Evidence = ByteString.CopyFrom(proof.Encode()) } });

    private static DuplicateVoteProof DoubleVote(BenchmarkChain chain, PrivateKey guilty)
    {
        return DuplicateVoteProof.Of(Vote(1), Vote(2));

        SignedVote Vote(int block)
        {
            var vote = new Prevote(chain.State.Height, Round.Zero, new BlockHash(CostScenes.Hash("block", block)), null);
            return new SignedVote(vote, guilty.Address, guilty.Sign(vote.Digest(chain.State.GenesisHash)));
        }
    }
}
