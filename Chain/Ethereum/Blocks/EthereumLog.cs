using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>What a contract logged: its address, up to four topics, and data. Whose log it is says the address alone, never a topic.</summary>
public sealed record EthereumLog(Address Address, ImmutableArray<Hash256> Topics, ReadOnlyMemory<byte> Data)
{
    public const int TopicsMax = 4;

    internal void WriteTo(RlpWriter writer)
    {
        var list = writer.Begin();
        writer.Address(Address);
        var topics = writer.Begin();
        foreach (var topic in Topics) writer.Hash(topic);
        writer.End(topics).Bytes(Data.Span).End(list);
    }

    internal static EthereumLog? ReadFrom(ref RlpReader reader)
    {
        var list = reader.List();
        var address = list.Address();
        var topicList = list.List();
        Span<Hash256> topics = stackalloc Hash256[TopicsMax];
        var count = 0;
        while (topicList.HasMore)
        {
            if (count == TopicsMax) topicList.Fail(EthereumFault.TooManyTopics);
            else topics[count++] = topicList.Hash();
        }

        list.Leave(ref topicList);
        var data = list.Bytes();
        reader.Leave(ref list);
        return reader.Fault == EthereumFault.None ? new EthereumLog(address, [.. topics[..count]], data.ToArray()) : null;
    }
}
