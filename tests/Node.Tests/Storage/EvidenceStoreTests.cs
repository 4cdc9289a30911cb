using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>Evidence that waits to count survives a restart, and a record that is none keeps no node from starting.</summary>
public sealed class EvidenceStoreTests
{
    private static readonly GenesisHash Genesis = new(Hash256.Sha256([1]));
    private static readonly FaultProof[] Proofs = [.. Enumerable.Range(1, 4).Select(number => ProofOf((byte)number))];

    private readonly MemoryStore _values = new(ChainStore.Columns);
    private readonly List<string> _said = [];

    [Fact]
    public void WhatIsKeptComesBackAndWhatIsDroppedDoesNot()
    {
        var store = new EvidenceStore(_values, _said.Add);
        foreach (var proof in Proofs) store.Keep(proof, new Height(7));
        store.Drop([(Proofs[0].Guilty, Proofs[0].Height)]);
        Assert.Equal(Sorted(Proofs[1..]), new EvidenceStore(_values, _said.Add).Load().Select(kept => kept.Proof.Guilty));
        Assert.All(store.Load(), kept => Assert.Equal(new Height(7), kept.Since));
        Assert.Empty(_said);
    }

    /// <summary>Cut off, of another kind, and under the key of another: one line, and they are gone.</summary>
    [Fact]
    public void WhatIsNoEvidenceIsForgottenWithOneLine()
    {
        var store = new EvidenceStore(_values, _said.Add);
        foreach (var proof in Proofs) store.Keep(proof, new Height(7));
        var records = _values.Scan(ChainColumns.Evidence, KeyRange.All).ToDictionary(entry => entry.Key, entry => entry.Value);
        var keys = records.Keys.ToArray();
        _values.Write(
            new WriteBatch().Put(ChainColumns.Evidence, keys[0], records[keys[0]][..^1]).Put(ChainColumns.Evidence, keys[1], [7]).Put(ChainColumns.Evidence, keys[2], records[keys[3]]),
            durable: false);
        Assert.Equal(keys[..3], store.Damaged());
        var left = Assert.Single(store.Load());
        Assert.True(keys[3].AsSpan().StartsWith(left.Proof.Guilty.ToArray()));
        Assert.StartsWith("3 records of evidence", Assert.Single(_said), StringComparison.Ordinal);
        Assert.Single(_values.Scan(ChainColumns.Evidence, KeyRange.All));
        Assert.Single(store.Load());
        Assert.Single(_said);
    }

    private static IEnumerable<Address> Sorted(IEnumerable<FaultProof> proofs) => proofs.Select(proof => proof.Guilty).Order();

    private static DuplicateVoteProof ProofOf(byte number)
    {
        var key = PrivateKey.FromSeed(Hash256.Sha256([number]));
        return DuplicateVoteProof.Of(Sign(null), Sign(new BlockHash(Hash256.Sha256([9]))));

        SignedVote Sign(BlockHash? block)
        {
            var vote = new Prevote(new Height(5), Round.Zero, block, null);
            return new SignedVote(vote, key.Address, key.Sign(vote.Digest(Genesis)));
        }
    }
}
