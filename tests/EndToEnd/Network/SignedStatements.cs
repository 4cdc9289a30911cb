using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.EndToEnd;

/// <summary>
/// Everything that validators are known to have signed, from the write-ahead logs of all nodes: what a node said and what it heard. Nobody
/// may have signed two different things of one kind in one round, whatever crash came between.
/// </summary>
internal sealed class SignedStatements(GenesisHash genesis)
{
    private readonly Dictionary<(Address Validator, string Kind, Height Height, Round Round), Hash256> _signed = [];

    public int Count => _signed.Count;

    /// <summary>Reads the logs of a node that does not run. Works on a copy: opening a log cuts off its torn tail, which is the node's to do.</summary>
    public void Read(NodeProcess node)
    {
        using var copy = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(node.Home.WalFolder).Order()) File.Copy(file, copy[Path.GetFileName(file)]);
        using var wal = new Wal(new DiskFolder(copy.Path));
        foreach (var file in Directory.EnumerateFiles(copy.Path).Order().ToList())
        {
            var height = new Height(ulong.Parse(Path.GetFileName(file).Split('-')[1], CultureInfo.InvariantCulture));
            foreach (var record in wal.Open(height)) Add(record, node.Name);
        }
    }

    private void Add(WalRecord record, string where)
    {
        if (record is WalRecord.VoteRecord { Vote: var vote })
        {
            Assert.NotNull(vote.Verify(genesis));
            Add((vote.Validator, vote.Vote.GetType().Name, vote.Vote.Height, vote.Vote.Round), vote.Vote.Digest(genesis), where);
        }
        else if (record is WalRecord.ProposalRecord { Proposal: var signed })
        {
            Assert.True(signed.IsAuthentic(genesis), $"the log of {where} has a proposal with a wrong signature");
            Add((signed.Proposer, nameof(Proposal), signed.Proposal.Height, signed.Proposal.Round), signed.Proposal.Digest(genesis), where);
        }
    }

    private void Add((Address Validator, string Kind, Height Height, Round Round) place, Hash256 digest, string where)
    {
        var first = _signed.TryAdd(place, digest) ? digest : _signed[place];
        Assert.True(first == digest, $"{place.Validator} signed two {place.Kind}s at height {place.Height}, round {place.Round}: the second is in the log of {where}");
    }
}
