using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Which samples of a sealed set have been opened: bit i % 8, from the lowest, of byte i / 8. No record: none.</summary>
internal static class UsedSamples
{
    public static bool[] Get(IStateReader state, SealedSetRecord set)
    {
        var used = new bool[set.Terms.Samples];
        if (state.Get(HoldOutKeys.Used(set.Terms.Task, set.Number)) is not { } bits) return used;
        for (var i = 0; i < used.Length; i++) used[i] = (bits[i / 8] >> (i % 8) & 1) != 0;
        return used;
    }

    public static void Add(StateOverlay state, SealedSetRecord set, IEnumerable<int> samples)
    {
        var bits = state.Get(HoldOutKeys.Used(set.Terms.Task, set.Number))?.ToArray() ?? new byte[(set.Terms.Samples + 7) / 8];
        foreach (var sample in samples) bits[sample / 8] |= (byte)(1 << (sample % 8));
        state.Set(HoldOutKeys.Used(set.Terms.Task, set.Number), bits);
    }

    public static void Delete(StateOverlay state, SealedSetRecord set)
    {
        if (state.Get(HoldOutKeys.Used(set.Terms.Task, set.Number)) is not null) state.Delete(HoldOutKeys.Used(set.Terms.Task, set.Number));
    }
}
