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

    /// <summary>
    /// Reads the logs of a node from a height on; the node may run. Works on a copy, because opening a log cuts off its torn tail, which is
    /// the node's to do; and cp makes it, because this runtime would lock the files, which a node that starts takes for another node.
    /// </summary>
    public async Task ReadAsync(NodeProcess node, ulong from)
    {
        using var copy = new TemporaryFolder();
        using (var cp = ChildProcess.Start("cp", ["--recursive", node.Home.WalFolder, copy["wal"]]))
            await cp.WaitAsync(Eventually.Limit); // fails where the node has just deleted an old log: that one is not needed
        using var wal = new Wal(new DiskFolder(copy["wal"]));
        foreach (var file in Directory.EnumerateFiles(copy["wal"]).Order().ToList())
        {
            var height = ulong.Parse(Path.GetFileName(file).Split('-')[1], CultureInfo.InvariantCulture);
            if (height < from) continue;
            foreach (var record in wal.Open(new Height(height)).Records) Add(record, node.Name);
        }
    }

    private void Add(WalRecord record, string where)
    {
        if (record is WalRecord.VoteRecord { Vote: var vote })
            Add((vote.Validator, vote.Vote.GetType().Name, vote.Vote.Height, vote.Vote.Round), vote.Vote.Digest(genesis), vote.Signature, where);
        else if (record is WalRecord.ProposalRecord { Proposal: var signed })
            Add((signed.Proposer, nameof(Proposal), signed.Proposal.Height, signed.Proposal.Round), signed.Proposal.Digest(genesis), signed.Signature, where);
    }

    private void Add((Address Validator, string Kind, Height Height, Round Round) place, Hash256 digest, Signature signature, string where)
    {
        if (_signed.TryGetValue(place, out var first) && first == digest) return;
        Assert.True(signature.IsBy(place.Validator, digest), $"the log of {where} has a {place.Kind} with a wrong signature");
        Assert.True(_signed.TryAdd(place, digest), $"{place.Validator} signed two {place.Kind}s at height {place.Height}, round {place.Round}: the second is in the log of {where}");
    }
}
