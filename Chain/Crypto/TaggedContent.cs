namespace NeuroChain.Chain;

/// <summary>
/// Something to be signed with SHA-256: its domain and its bytes. A signer that is given both knows what it signs, which it would not from
/// a digest; a vote can never be passed to it as something else.
/// </summary>
public readonly record struct TaggedContent(Domain Domain, ReadOnlyMemory<byte> Content)
{
    public Hash256 Digest => Domain.Hash(Content.Span);
}
