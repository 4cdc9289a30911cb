using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// What a validator says it holds, and when. It votes once all is here that it wants; who lacks something looks for it as long as the window waits for the
/// power, since a vote is for good and without more than two thirds a candidate's bond burns.
/// </summary>
internal static class AvailabilityChoice
{
    /// <param name="vote">What is due.</param>
    /// <param name="isHere">Whether a checkpoint is on this disk.</param>
    /// <param name="isRefused">Whether this validator found that it cannot evaluate it: then it has no vote, and nobody waits for it.</param>
    /// <returns>Bit i stands for candidate i; null where it is better to wait.</returns>
    public static uint? Of(TrainingDuty.VoteAvailability vote, Func<BlobHash, bool> isHere, Func<BlobHash, bool> isRefused)
    {
        var mask = 0u;
        foreach (var candidate in Wanted(vote, isRefused))
        {
            if (isHere(candidate.Model)) mask |= 1u << candidate.Index;
            else if (!vote.IsLast) return null;
        }

        return mask;
    }

    public static IEnumerable<RevealedCandidate> Wanted(TrainingDuty.VoteAvailability vote, Func<BlobHash, bool> isRefused) =>
        vote.Candidates.Where(candidate => !isRefused(candidate.Model));
}
