using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A data set on chain. Layout: root 32 | samples 4 | supplier 20 | name, length first.</summary>
/// <param name="Root">Commits to every sample.</param>
/// <param name="Samples">How many there are.</param>
/// <param name="Supplier">Who is paid when a model that was trained on it is certified; zero for nobody.</param>
/// <param name="Name">For people; empty for a version that a delta made, which goes by the name of the first one.</param>
public sealed record DatasetRecord(Hash256 Root, uint Samples, Address Supplier, string Name)
{
    private const int NameBytesMax = 4 * 1024;

    public byte[] Encode() => new ByteWriter().Hash(Root).UInt32(Samples).Address(Supplier).LengthAndBytes(Encoding.UTF8.GetBytes(Name)).ToArray();

    public static DatasetRecord? Decode(byte[]? bytes)
    {
        if (bytes is null) return null;
        var reader = new ByteReader(bytes);
        var record = new DatasetRecord(reader.Hash(), reader.UInt32(), reader.Address(), Encoding.UTF8.GetString(reader.LengthAndBytes(NameBytesMax)));
        Invariant.Check(reader.IsWhole, "a data set record is as it was written");
        return record;
    }
}
