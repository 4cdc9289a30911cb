using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What the validators of a height decided and whose precommits are on chain already, so that a late one counts once. Layout: round 4 |
/// block hash 32 | bridge root 32 | next validators 32 | one bit per validator, index 0 lowest in the first byte.
/// </summary>
internal sealed record CommitRecord(Round Round, BlockRef Block, byte[] Seen)
{
    public static StateKey Key(Height height) => StateKey.Of(StateModule.Validators, 5, height.Value);

    public static CommitRecord Of(CommitCertificate certificate, ValidatorSet validators)
    {
        var seen = new byte[(validators.Count + 7) / 8];
        foreach (var (index, _) in certificate.Signatures) Mark(seen, index);
        return new CommitRecord(certificate.Round, certificate.Block, seen);
    }

    public static CommitRecord? Get(IStateReader state, Height height) => state.Get(Key(height)) is { } bytes ? Decode(bytes) : null;

    public bool Has(int index) => (Seen[index >> 3] & (1 << (index & 7))) != 0;

    public CommitRecord With(int index)
    {
        var seen = (byte[])Seen.Clone();
        Mark(seen, index);
        return this with { Seen = seen };
    }

    public byte[] Encode() => new ByteWriter()
        .Round(Round)
        .Hash(Block.Hash.Value)
        .Hash(Block.BridgeRoot)
        .Hash(Block.NextValidatorsRoot)
        .Bytes(Seen)
        .ToArray();

    private static CommitRecord Decode(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        var record = new CommitRecord(
            reader.Round(),
            new BlockRef(new BlockHash(reader.Hash()), reader.Hash(), reader.Hash()),
            reader.Bytes(reader.Remaining).ToArray());
        Invariant.Check(reader.IsWhole, "a commit record is as it was written");
        return record;
    }

    private static void Mark(byte[] seen, int index) => seen[index >> 3] |= (byte)(1 << (index & 7));
}
