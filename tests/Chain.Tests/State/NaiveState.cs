namespace NeuroChain.Chain.Tests;

/// <summary>The state tree as the rules define it, straight from the records: what proofs are checked against.</summary>
internal sealed class NaiveState(params (byte[] Key, byte[] Value)[] records)
{
    private readonly (Hash256 Path, Hash256 ValueHash)[] _records = [.. records.Select(r => (StateHash.Path(r.Key), Hash256.Sha256(r.Value)))];

    public Hash256 Root => RootOf(_records, 0);

    public StateProof Prove(byte[] key)
    {
        var path = StateHash.Path(key);
        var siblings = new List<Hash256>();
        var below = _records;
        while (below.Length > 1)
        {
            var depth = siblings.Count;
            var sides = below.ToLookup(r => r.Path.Bit(depth) == path.Bit(depth));
            siblings.Add(RootOf([.. sides[false]], depth + 1));
            below = [.. sides[true]];
        }

        return new StateProof(siblings.ToArray(), below.Length == 0 ? null : new StateProofLeaf(below[0].Path, below[0].ValueHash));
    }

    private static Hash256 RootOf((Hash256 Path, Hash256 ValueHash)[] records, int depth)
    {
        if (records.Length == 0) return Hash256.Zero;
        if (records.Length == 1) return StateHash.Leaf(records[0].Path, records[0].ValueHash);
        var sides = records.ToLookup(r => r.Path.Bit(depth));
        return StateHash.Branch(RootOf([.. sides[false]], depth + 1), RootOf([.. sides[true]], depth + 1));
    }
}
