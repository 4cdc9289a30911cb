using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>An attestation between its commitment and its reveal. Layout: salt 32 | statement, length first | private losses, count 4, each 4.</summary>
internal sealed record PendingAttestation(Hash256 Salt, TrainingStatement Statement, IReadOnlyList<uint> PrivateLosses)
{
    public Hash256 Commitment(Address validator) => CandidateBinding.AttestationCommitment(Statement.Digest, PrivateLosses, validator, Salt);

    public byte[] Encode()
    {
        var writer = new ByteWriter().Hash(Salt).LengthAndBytes(Statement.Encode()).UInt32((uint)PrivateLosses.Count);
        foreach (var loss in PrivateLosses) writer.UInt32(loss);
        return writer.ToArray();
    }

    public static PendingAttestation? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var salt = reader.Hash();
        var decoded = TrainingStatement.TryDecode(reader.LengthAndBytes(Limits.TrainingProofBytesMax), out var statement);
        var losses = new uint[reader.Count32(Limits.PrivateSamplesMax * (Limits.CandidatesMax + 1), 4)];
        for (var i = 0; i < losses.Length; i++) losses[i] = reader.UInt32();
        return decoded && reader.IsWhole ? new PendingAttestation(salt, statement!, losses) : null;
    }
}

/// <summary>
/// What a validator must still know after a crash, besides the chain: the secrets of its seed chains and the attestations that it committed
/// to. Written durably before anything that depends on it is sent.
/// </summary>
internal sealed class ValidatorMemory(IKeyValueStore store)
{
    private const byte SeedChainKey = 1;
    private const byte AttestationKey = 2;

    /// <summary>Its column, in a store of its own.</summary>
    public static readonly Column Column = new("validator");

    public void Keep(SeedChain chain, Hash256 secret) =>
        Write([SeedChainKey, .. chain.Tip.ToArray()], new ByteWriter().Hash(secret).UInt32(chain.Length).ToArray());

    /// <summary>The chain with that tip; null where it is not one of ours, or its secret is damaged: a share of another chain would be refused.</summary>
    public SeedChain? Chain(Hash256 tip)
    {
        if (store.Get(Column, [SeedChainKey, .. tip.ToArray()]) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var (secret, length) = (reader.Hash(), reader.UInt32());
        if (!reader.IsWhole || length is < SeedChain.LengthMin or > SeedChain.LengthMax) return null;
        var chain = new SeedChain(secret, length);
        return chain.Tip == tip ? chain : null;
    }

    public void Keep(PendingAttestation attestation, Address validator) =>
        Write([AttestationKey, .. attestation.Commitment(validator).ToArray()], attestation.Encode());

    public PendingAttestation? Attestation(Hash256 commitment) =>
        store.Get(Column, [AttestationKey, .. commitment.ToArray()]) is { } bytes ? PendingAttestation.Decode(bytes) : null; // damaged: it is not shown

    public void ForgetAttestation(Hash256 commitment) =>
        store.Write(new WriteBatch().Delete(Column, [AttestationKey, .. commitment.ToArray()]), durable: false);

    private void Write(byte[] key, byte[] value) => store.Write(new WriteBatch().Put(Column, key, value), durable: true);
}
