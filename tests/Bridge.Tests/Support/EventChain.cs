using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Slot 3 recomputed from logs: what the chain will do with events that it cannot prove by a receipt.</summary>
internal static class EventChain
{
    /// <summary>The contracts' MARK_EVERY.</summary>
    public const int MarkEvery = 64;

    public static Hash256 Fold(Hash256 chain, LocalLog log, ContractArtifact artifact)
    {
        var entry = artifact.Events.Single(entry => entry.Topic == log.Topics[0]);
        var arguments = new ByteWriter();
        var (topic, offset) = (2, 0);
        foreach (var isIndexed in entry.Indexed.Skip(1)) // all but the nonce
        {
            if (isIndexed) arguments.Hash(log.Topics[topic++]);
            else arguments.Bytes(log.Data.AsSpan(AbiWriter.WordSize * offset++, AbiWriter.WordSize));
        }

        Assert.Equal(log.Topics.Length, topic);
        Assert.Equal(log.Data.Length, AbiWriter.WordSize * offset);
        return Keccak256.Hash(new AbiWriter().Hash(chain).Hash(log.Topics[1]).Hash(log.Topics[0]).Hash(Keccak256.Hash(arguments.ToArray())).ToArray());
    }
}
