using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What a forked task comes from, and the level of loss from which its gains count.</summary>
/// <param name="Parent">The task.</param>
/// <param name="Model">Its best model when the fork was carried out.</param>
/// <param name="DataTask">The genesis task at the beginning of the line: its training set and points are shared by all of them.</param>
/// <param name="Forked">The block of the fork.</param>
/// <param name="Bar">The loss of that model where it was last measured.</param>
public sealed record ForkOrigin(Hash256 Parent, BlobHash Model, Hash256 DataTask, Height Forked, MeasuredLoss Bar)
{
    /// <summary>The bar as a sum over that many samples, rounded down.</summary>
    public ulong BarOn(uint samples) => (ulong)IntegerMath.MultiplyDivide(Bar.Sum, samples, Bar.Samples);

    internal void WriteTo(ByteWriter writer) =>
        writer.Hash(Parent).Hash(Model.Value).Hash(DataTask).Height(Forked).UInt64(Bar.Sum).UInt32(Bar.Samples);

    internal static ForkOrigin ReadFrom(ref ByteReader reader) =>
        new(reader.Hash(), new BlobHash(reader.Hash()), reader.Hash(), reader.Height(), new MeasuredLoss(reader.UInt64(), reader.UInt32()));
}
