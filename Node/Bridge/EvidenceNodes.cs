using Google.Protobuf;
using Google.Protobuf.Collections;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Several proofs as one: each node stands where the first way meets it, and once.</summary>
/// <param name="nodes">Of the message that is made; empty at first.</param>
internal sealed class EvidenceNodes(RepeatedField<ByteString> nodes)
{
    private readonly HashSet<Hash256> _known = [];

    public EvidenceNodes Add(IEnumerable<ReadOnlyMemory<byte>> more)
    {
        foreach (var node in more)
            if (_known.Add(Keccak256.Hash(node.Span)))
                nodes.Add(ByteString.CopyFrom(node.Span));
        return this;
    }
}
