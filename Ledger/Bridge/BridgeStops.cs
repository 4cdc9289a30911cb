using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// Who stops the bridge and who starts it again: any validator stops, a fault stops by itself, and only a vote, with its delay, starts. Every stop
/// has a number, so that neither an old pause nor an old vote says anything of a later one.
/// </summary>
internal static class BridgeStops
{
    public static TransactionRejection Pause(BlockContext context, BridgePause message)
    {
        var status = BridgeStatus.Get(context.State);
        if (message.StopCount != status.StopCount) return TransactionRejection.WrongSequence;
        var what = (BridgeSides)message.What;
        if ((status.Paused & what) == what) return TransactionRejection.AlreadySent;
        (status with { Paused = status.Paused | what, StopCount = status.StopCount + 1 }).Store(context.State);
        return TransactionRejection.None;
    }

    /// <summary>Stops for a fault that was found; a second time changes nothing.</summary>
    public static void Halt(BlockContext context, BridgeHalt reason)
    {
        var status = BridgeStatus.Get(context.State);
        if ((status.Halts & reason) == reason) return;
        (status with { Halts = status.Halts | reason, StopCount = status.StopCount + 1 }).Store(context.State);
        context.Emit("bridge.halted", ("reason", reason.ToString()), ("stop_count", status.StopCount + 1));
    }

    public static TransactionRejection Check(BlockContext context, ResumeBridge action)
    {
        if (!BridgeStatus.Exists(context.State)) return TransactionRejection.BridgeMissing;
        var status = BridgeStatus.Get(context.State);
        if (status.Paused == BridgeSides.None && status.Halts == BridgeHalt.None) return TransactionRejection.BridgeNotStopped;
        return action.StopCount == status.StopCount ? TransactionRejection.None : TransactionRejection.WrongSequence;
    }

    public static TransactionRejection Carry(BlockContext context, ResumeBridge action)
    {
        BridgeStatus.Change(context.State, status => status with { Paused = BridgeSides.None, Halts = BridgeHalt.None });
        context.Emit("bridge.resumed", ("stop_count", action.StopCount));
        return TransactionRejection.None;
    }
}
