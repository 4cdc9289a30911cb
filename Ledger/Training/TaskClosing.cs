using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Tasks that take no commits any more: nobody has improved them for long, or validators voted so. A round in progress ends as any other; the
/// vote opens a task again. While it is closed no time passes for it.
/// </summary>
internal static class TaskClosing
{
    /// <summary>
    /// Rounds without a gain before time closes a task: else the first try after a pause would, and anybody can make one that falls short.
    /// </summary>
    public const uint RoundsTried = 16;

    public static TransactionRejection CheckClose(BlockContext context, ByteString id)
    {
        if (Find(context, id) is not { } task) return TransactionRejection.UnknownTask;
        return task.IsClosed ? TransactionRejection.TaskAlreadyClosed : TransactionRejection.None;
    }

    public static TransactionRejection CheckReopen(BlockContext context, ByteString id)
    {
        if (Find(context, id) is not { } task) return TransactionRejection.UnknownTask;
        return task.IsClosed ? TransactionRejection.None : TransactionRejection.TaskNotClosed;
    }

    public static TransactionRejection Close(BlockContext context, ByteString id)
    {
        Closed(context, Find(context, id)!, "vote").Store(context.State);
        return TransactionRejection.None;
    }

    public static TransactionRejection Reopen(BlockContext context, ByteString id)
    {
        var task = Find(context, id)!;
        // A round that was in progress at the close may still be.
        (task with
        {
            IsClosed = false,
            RoundsWithoutGain = 0,
            LastGain = context.Height,
            Anchor = task.Anchor is { } anchor ? anchor with { Height = context.Height, Certified = task.CertifiedCount } : null,
        }).Store(context.State);
        context.Emit("training.task_reopened", ("task", task.Id));
        return TransactionRejection.None;
    }

    /// <summary>At the end of a round that brought nothing.</summary>
    public static TaskRecord IfDead(BlockContext context, TaskRecord task)
    {
        if (task.IsClosed) return task;
        var parameters = context.Parameters.Training;
        if (task.RoundsWithoutGain >= parameters.DeadRounds) return Closed(context, task, "rounds");
        var isTried = task.RoundsWithoutGain >= RoundsTried;
        return isTried && context.Height >= task.LastGain.Plus(parameters.DeadBlocks) ? Closed(context, task, "blocks") : task;
    }

    private static TaskRecord Closed(BlockContext context, TaskRecord task, string cause)
    {
        context.Emit("training.task_closed", ("task", task.Id), ("cause", cause));
        var (gain, anchor) = TaskPace.RequiredGain(context.Parameters.Training, task, context.Height);
        return task with { IsClosed = true, Anchor = anchor with { Height = context.Height, GainMillionths = gain, Certified = task.CertifiedCount } };
    }

    private static TaskRecord? Find(BlockContext context, ByteString id) => TaskRecord.Get(context.State, Hash256.FromBytes(id.Span));
}
