using System.Globalization;
using System.Runtime.InteropServices;

namespace NeuroChain.Node;

/// <summary>
/// Lets validators go first. On Linux a priority belongs to a thread and is inherited by the threads that it makes (setpriority(2), NOTES), so
/// that lowering a process means lowering each of its threads. A failure is no harm: the trainer is then merely less polite.
/// </summary>
internal static class TrainerPriority
{
    private const int OneThread = 0; // PRIO_PROCESS with a thread's id
    private const int ProcessNice = 5;
    private const string OutOfMemoryScore = "800"; // of -1000 to 1000; processes begin with 0
    private const int LearnerNice = 10; // below the threads that must reveal in time

    public static void LowerThisProcess()
    {
        // Twice: a thread that was made during the first walk by one not yet lowered is met by the second.
        for (var walk = 0; walk < 2; walk++)
            foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
                if (uint.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var thread))
                    _ = SetPriority(OneThread, thread, ProcessNice);
    }

    /// <summary>
    /// Where memory runs out the system ends this process before a validator on the same machine (proc(5), oom_score_adj): a framework for
    /// learning may take any amount.
    /// </summary>
    public static void GoFirstWhereMemoryRunsOut()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", OutOfMemoryScore);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Some containers forbid it; then the system chooses by size, as it does without this.
        }
    }

    /// <summary>For threads that only compute.</summary>
    public static void LowerThisThread() => _ = SetPriority(OneThread, 0, LearnerNice);

    [DllImport("libc", EntryPoint = "setpriority")]
    private static extern int SetPriority(int which, uint who, int nice);
}
