using System.Collections.Immutable;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A rule that holds from a height on.</summary>
public readonly record struct Upgrade(string Name, Height Height);

/// <summary>All upgrades, those of the past and those to come, in the order in which they were scheduled. Layout: count 2 | height 8, name with length first.</summary>
public sealed record UpgradeRecord(ImmutableArray<Upgrade> Upgrades)
{
    private const int NameBytesMax = 64;

    private static readonly StateKey Key = StateKey.Of(StateModule.Upgrades, 0);

    public static UpgradeRecord Get(IStateReader state)
    {
        if (state.Get(Key) is not { } bytes) return new UpgradeRecord([]);
        var reader = new ByteReader(bytes);
        var upgrades = new Upgrade[reader.Count16(Limits.UpgradesMax, 8 + 4)];
        for (var i = 0; i < upgrades.Length; i++)
        {
            var height = reader.Height();
            upgrades[i] = new Upgrade(Encoding.ASCII.GetString(reader.LengthAndBytes(NameBytesMax)), height);
        }

        Invariant.Check(reader.IsWhole, "the list of upgrades is as it was written");
        return new UpgradeRecord([.. upgrades]);
    }

    internal void Store(StateOverlay state)
    {
        if (Upgrades.IsEmpty)
        {
            state.Delete(Key);
            return;
        }

        var writer = new ByteWriter().UInt16((ushort)Upgrades.Length);
        foreach (var (name, height) in Upgrades) writer.Height(height).LengthAndBytes(Encoding.ASCII.GetBytes(name));
        state.Set(Key, writer.ToArray());
    }
}
