using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// An event of a contract: its first topic is keccak256 of its name and types, the others are its indexed arguments, a word each, and the data
/// is a tuple of the rest. Whether the log is the right contract's is another question, and the first one.
/// </summary>
/// <param name="Topic">The first one.</param>
/// <param name="Indexed">How many arguments are topics.</param>
public readonly record struct AbiEvent(Hash256 Topic, int Indexed)
{
    /// <param name="signature">As "Transfer(address,address,uint256)".</param>
    /// <param name="indexed">Up to three.</param>
    public static AbiEvent Of(string signature, int indexed) => new(Keccak256.Hash(Encoding.ASCII.GetBytes(signature)), indexed);

    public bool IsIn(EthereumLog log) => log.Topics.Length == 1 + Indexed && log.Topics[0] == Topic;

    /// <summary>
    /// The indexed arguments and the rest of a log of this event, each to be read by its reader; readers that have failed already where it is
    /// another.
    /// </summary>
    /// <param name="log">Any.</param>
    /// <param name="words">Of the data's static part.</param>
    /// <param name="data">Reads what is not indexed.</param>
    /// <returns>Reads what is indexed.</returns>
    public AbiReader Open(EthereumLog log, int words, out AbiReader data)
    {
        if (IsIn(log))
        {
            var topics = new ByteWriter();
            foreach (var topic in log.Topics.AsSpan()[1..]) topics.Hash(topic);
            data = new AbiReader(log.Data.Span, words);
            return new AbiReader(topics.ToArray(), Indexed);
        }

        data = new AbiReader(default, 0);
        data.Fail(AbiFault.WrongSelector);
        return data;
    }
}
