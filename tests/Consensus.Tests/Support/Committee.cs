using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>
/// Validators with the keys behind them. Number i is index i of the set, and validator r mod n leads round r at <see cref="Height"/>.
/// Votes are really signed and checked, each once.
/// </summary>
internal sealed class Committee
{
    public static readonly GenesisHash Genesis = new(Hash256.Sha256("a chain for tests"u8));

    private readonly Dictionary<(Vote Vote, int Validator), VerifiedVote> _votes = [];

    public Committee(params ulong[] powers)
    {
        Keys = [.. Enumerable.Range(0, powers.Length).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i]))).OrderBy(key => key.Address)];
        Assert.True(ValidatorSet.TryCreate(Keys.Select((key, i) => new Validator(key.Address, powers[i])), out var set));
        Set = set;
        Height = Enumerable.Range(5, 1000).Select(h => new Height((ulong)h)).First(h => ScheduleAt(h).Leader(Round.Zero) == set[0].Address);
    }

    public ImmutableArray<PrivateKey> Keys { get; }

    public ValidatorSet Set { get; }

    public Height Height { get; }

    public LeaderSchedule Schedule => ScheduleAt(Height);

    public LeaderSchedule ScheduleAt(Height height) => new(height, Set, null, []);

    public int IndexOf(Address address) => Set.TryIndexOf(address, out var index) ? index : -1;

    public int LeaderOf(Round round) => IndexOf(Schedule.Leader(round));

    public VerifiedVote Sign(Vote vote, int validator)
    {
        if (_votes.TryGetValue((vote, validator), out var known)) return known;
        return _votes[(vote, validator)] = Sign(vote, Keys[validator]);
    }

    public static VerifiedVote Sign(Vote vote, PrivateKey key)
    {
        var verified = new SignedVote(vote, key.Address, key.Sign(vote.Digest(Genesis))).Verify(Genesis);
        Assert.NotNull(verified);
        return verified;
    }

    public SignedProposal Sign(Proposal proposal, int validator) =>
        new(proposal, Keys[validator].Address, Keys[validator].Sign(proposal.Digest(Genesis)));

    /// <summary>A block of that name; a star behind the name gives the same hash with another bridge root.</summary>
    public static BlockRef Block(string name)
    {
        var hash = Hash256.Sha256(System.Text.Encoding.ASCII.GetBytes(name.TrimEnd('*')));
        return new BlockRef(new BlockHash(hash), Hash256.Sha256([(byte)(name.EndsWith('*') ? 1 : 0)]), Hash256.Sha256([2]));
    }
}
