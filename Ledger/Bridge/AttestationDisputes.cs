using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Blocks of Ethereum of which validators are of two minds, more than a third of the power each. It may be a reorganisation that some have not
/// seen yet, so that they have a time to come to one mind; then credits stop. Layout: count 2, number 8 and height since when 8 each.
/// </summary>
internal static class AttestationDisputes
{
    // One is enough to stop credits, and sixty-four words each do not make many more at a time.
    private const int Most = 64;

    private static readonly StateKey Key = StateKey.Of(StateModule.Bridge, BridgeKeys.Disputes);

    public static ImmutableArray<(ulong Number, Height Since)> All(IStateReader state)
    {
        if (state.Get(Key) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var disputes = new (ulong Number, Height Since)[reader.Count16(Most, 16)];
        for (var i = 0; i < disputes.Length; i++) disputes[i] = (reader.UInt64(), reader.Height());
        Invariant.Check(reader.IsWhole, "the list of disputes is as it was written");
        return [.. disputes];
    }

    public static void Open(BlockContext context, ulong number)
    {
        var disputes = All(context.State);
        if (disputes.Length >= Most || disputes.Any(dispute => dispute.Number == number)) return;
        Store(context.State, disputes.Add((number, context.Height)));
        context.Emit("bridge.disputed", ("number", number));
    }

    public static void EndBlock(BlockContext context)
    {
        var disputes = All(context.State);
        if (disputes.IsEmpty) return;
        var tally = new AttestationTally(context.State);
        var left = disputes.Where(dispute => AttestedBlocks.HashOf(context.State, dispute.Number).IsZero && tally.Of(dispute.Number).IsDisputed).ToImmutableArray();
        var overdue = left.Where(dispute => context.Height >= dispute.Since.Plus(context.Parameters.Bridge!.DisputeBlocks)).ToImmutableArray();
        if (overdue.Length > 0) BridgeStops.Halt(context, BridgeHalt.Dispute);
        if (overdue.Length > 0 || left.Length != disputes.Length) Store(context.State, [.. left.Except(overdue)]);
    }

    private static void Store(StateOverlay state, ImmutableArray<(ulong Number, Height Since)> disputes)
    {
        if (disputes.IsEmpty)
        {
            state.Delete(Key);
            return;
        }

        var writer = new ByteWriter().UInt16((ushort)disputes.Length);
        foreach (var (number, since) in disputes) writer.UInt64(number).Height(since);
        state.Set(Key, writer.ToArray());
    }
}
