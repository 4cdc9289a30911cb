using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// What a validator that breaks the rules has: its key, which signs anything, what it has heard, and the behaviours that it was given. One of
/// them is in charge of what its engine says, another one the next time.
/// </summary>
public sealed class Accomplice(PrivateKey key, GenesisHash genesis, SeededStream draw, IReadOnlyList<IBehaviour> behaviours)
{
    private const int HeardMax = 256;
    private const int ProposalsMax = 32;

    private readonly List<PeerMessage> _heard = [];
    private readonly List<PeerMessage.ProposalMessage> _proposals = [];

    public Address Address => key.Address;

    public GenesisHash Genesis => genesis;

    /// <summary>For behaviours alone.</summary>
    public SeededStream Draw => draw;

    public IReadOnlyList<IBehaviour> Behaviours => behaviours;

    /// <summary>The engine of this life.</summary>
    public Engine? Engine { get; set; }

    /// <summary>Who else is there, as nodes.</summary>
    public IReadOnlyList<Address> Peers { get; set; } = [];

    /// <summary>Those of them, and this node, that break the rules too.</summary>
    public IReadOnlySet<Address> Fellows { get; set; } = ImmutableHashSet<Address>.Empty;

    /// <summary>What all of them know, this one included.</summary>
    public IReadOnlyList<Accomplice> Minds { get; set; } = [];

    /// <summary>SHA-256 of the transactions that were asked for in the run, to which its own are added: it is somebody too.</summary>
    public ISet<Hash256> Offered { get; set; } = new HashSet<Hash256>();

    /// <summary>How often each behaviour did something else than the engine would have: who only has the name of a liar shows nothing.</summary>
    public Tally Deeds { get; } = new();

    /// <summary>The validators of the height in progress and who leads it.</summary>
    public HeightContext Context => Engine!.State.Next;

    /// <summary>The latest of what was heard, oldest first.</summary>
    public IReadOnlyList<PeerMessage> Heard => _heard;

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message)
    {
        if (message is PeerMessage.ProposalMessage proposal) Remember(proposal);
        var behaviour = behaviours[(int)draw.NextBelow((ulong)behaviours.Count)];
        var parcels = behaviour.Send(to, message, this).ToList();
        if (!IsAsItIs(parcels, to, message)) Deeds.Add(behaviour.Name);
        return parcels;
    }

    public IEnumerable<Parcel> Hear(Address from, PeerMessage message)
    {
        if (_heard.Count == HeardMax) _heard.RemoveAt(0);
        _heard.Add(message);
        if (message is PeerMessage.ProposalMessage proposal) Remember(proposal);
        var all = new List<Parcel>();
        foreach (var behaviour in behaviours)
        {
            var parcels = behaviour.Hear(from, message, this).ToList();
            if (parcels.Count > 0) Deeds.Add(behaviour.Name);
            all.AddRange(parcels);
        }

        return all;
    }

    public List<FetchedBlock> Serve(Height from, Height to, IReadOnlyList<FetchedBlock> honest)
    {
        foreach (var behaviour in behaviours)
        {
            List<FetchedBlock> served = [.. behaviour.Serve(from, to, honest, this)];
            if (!served.SequenceEqual(honest)) Deeds.Add(behaviour.Name);
            honest = served;
        }

        return [.. honest];
    }

    /// <summary>The proposals known of a height, the latest last.</summary>
    public IEnumerable<PeerMessage.ProposalMessage> ProposalsOf(Height height) => _proposals.Where(p => p.Proposal.Proposal.Height == height);

    public PeerMessage.VoteMessage Prevote(Height height, Round round, BlockHash? block, Round? validRound) => Sign(new Prevote(height, round, block, validRound));

    public PeerMessage.VoteMessage Precommit(Height height, Round round, BlockRef? block) => Sign(new Precommit(height, round, block));

    public PeerMessage.VoteMessage Sign(Vote vote) => new(new SignedVote(vote, Address, key.Sign(vote.Digest(genesis))));

    public PeerMessage.ProposalMessage Propose(Round round, Block block, Round? validRound) => Propose(round, CompactBlock.Of(block), validRound);

    public PeerMessage.ProposalMessage Propose(Round round, CompactBlock block, Round? validRound)
    {
        var proposal = new Proposal(block.Height, round, block.Hash, validRound);
        return new PeerMessage.ProposalMessage(new SignedProposal(proposal, Address, key.Sign(proposal.Digest(genesis))), block);
    }

    /// <summary>A signature under whatever is asked.</summary>
    public Signature SignAny(Hash256 digest) => key.Sign(digest);

    /// <summary>The whole block of a proposal; null where not all its transactions wait here.</summary>
    public Block? Open(PeerMessage.ProposalMessage proposal)
    {
        var assembly = new BlockAssembly(proposal.Block, Engine!.Mempool);
        return assembly.Missing.Count == 0 ? assembly.ToBlock() : null;
    }

    /// <summary>Another block as valid as this one: the same a millisecond later.</summary>
    public static Block Variant(Block block, ulong laterMs = 1) => Block.Build(
        block.Header with { Time = block.Header.Time.Plus(laterMs) }, block.LastCommit, block.LatePrecommits, block.TrainingProof, block.Transactions);

    /// <summary>Whether this key leads the round.</summary>
    public bool Leads(Round round) => Context.Schedule.Leader(round) == Address;

    public Address SomePeer() => Peers[(int)draw.NextBelow((ulong)Peers.Count)];

    public T Pick<T>(IReadOnlyList<T> items) => items[(int)draw.NextBelow((ulong)items.Count)];

    public static IEnumerable<Parcel> AsItIs(IEnumerable<Address> to, PeerMessage message)
    {
        var letter = new Letter(message);
        return to.Select(address => new Parcel(address, letter));
    }

    private static bool IsAsItIs(List<Parcel> parcels, IReadOnlyList<Address> to, PeerMessage message)
    {
        if (!parcels.Select(parcel => parcel.To).SequenceEqual(to)) return false;
        var honest = message.Encode();
        return parcels.Select(parcel => parcel.Letter).Distinct().All(letter => letter.Bytes.AsSpan().SequenceEqual(honest));
    }

    /// <summary>Keeps a proposal to answer with.</summary>
    public void Remember(PeerMessage.ProposalMessage proposal)
    {
        if (_proposals.Exists(known => known.Proposal == proposal.Proposal)) return;
        if (_proposals.Count == ProposalsMax) _proposals.RemoveAt(0);
        _proposals.Add(proposal);
    }
}
