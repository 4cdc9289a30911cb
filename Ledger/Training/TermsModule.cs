using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Terms of leadership: granted by certificates, used up block by block.</summary>
public static class TermsModule
{
    /// <summary>
    /// The term that leads round 0 of the target height, and one block of its quota gone with it: a scheduled attempt either decides or fails, and
    /// both cost one. Called once per executed block, for the height two above, and never for a rotation height. Null where no term is live.
    /// </summary>
    /// <param name="context">The block that is executed.</param>
    /// <param name="target">Two above it.</param>
    /// <param name="absent">Validators that are passed over: their terms stay as they are.</param>
    public static TermAssignment? Assign(BlockContext context, Height target, IReadOnlyCollection<Address> absent)
    {
        Invariant.Check(!LeaderSchedule.IsRotationHeight(target), "rotation heights are led without terms");
        var queue = Expire(context, target);
        for (var i = 0; i < queue.Terms.Length; i++)
        {
            var term = queue.Terms[i];
            if (absent.Contains(term.Holder) || !context.Validators.Contains(term.Holder)) continue;
            if (term.Quota == 1)
            {
                (queue with { Terms = queue.Terms.RemoveAt(i) }).Store(context.State);
                SpentProofs.Add(context.State, target, term.ProofRoot);
                context.Emit("training.term_spent", ("term", term.Id), ("holder", term.Holder), ("last_height", target));
            }
            else
            {
                (queue with { Terms = queue.Terms.SetItem(i, term with { Quota = term.Quota - 1 }) }).Store(context.State);
            }

            return new TermAssignment(term.Id, term.Holder, term.ProofRoot);
        }

        return null;
    }

    // A term that its holder cannot use, absent or outside the set, does not wait for ever. Where it never led, no block shows its proof: then the
    // state keeps it.
    private static TermQueue Expire(BlockContext context, Height target)
    {
        var queue = TermQueue.Get(context.State);
        if (!queue.Terms.Any(term => term.Expires < target)) return queue;
        foreach (var term in queue.Terms.Where(term => term.Expires < target))
        {
            if (!term.IsUntouched) SpentProofs.Add(context.State, target, term.ProofRoot);
            context.Emit("training.term_expired", ("term", term.Id), ("holder", term.Holder), ("blocks_left", term.Quota));
        }

        queue = queue with { Terms = [.. queue.Terms.Where(term => term.Expires >= target)] };
        queue.Store(context.State);
        return queue;
    }

    /// <summary>
    /// Queues a term for the producer of a certified improvement, unless it has as many live ones as it may, or was jailed, removed or gave
    /// its key up since the commit, or the improvement is one of a fork that is still above its bar.
    /// </summary>
    internal static void Grant(BlockContext context, TrainingRoundRecord round, Address producer, TrainingProof proof, bool isEarned)
    {
        var parameters = context.Parameters.Training;
        var queue = TermQueue.Get(context.State);
        var live = queue.Terms.Count(term => term.Holder == producer);
        var mayLead = ValidatorsModule.Members(context.State).Contains(producer) && !ValidatorRecord.IsJailedAt(context.State, producer);
        // Where no term leads by it, no block will show the proof: then it stays in the state for good.
        context.State.Set(TrainingKeys.Proof(proof.Root), proof.Bytes.ToArray());
        if (!isEarned || !mayLead || live >= parameters.LiveTermsMax)
        {
            context.Emit("training.term_withheld", [.. RoundEvents.Of(round), ("holder", producer), ("live_terms", (ulong)live)]);
            return;
        }

        var term = new TermRecord(queue.NextId, producer, round.Task, round.Number, proof.Root, context.Height, parameters.TermBlocks, parameters.TermBlocks, context.Height.Plus(parameters.TermExpiryBlocks));
        new TermQueue(queue.NextId + 1, queue.Terms.Add(term)).Store(context.State);
        context.Emit(
            "training.term_granted",
            [
                .. RoundEvents.Of(round),
                ("term", term.Id),
                ("holder", producer),
                ("blocks", term.Quota),
                ("proof", proof.Root),
            ]);
    }

    /// <summary>Ends all terms of a validator that lost its place. Terms that were assigned to the next heights stay: everybody knows them already.</summary>
    internal static void End(BlockContext context, Address holder)
    {
        var queue = TermQueue.Get(context.State);
        var ended = queue.Terms.Where(term => term.Holder == holder).ToList();
        if (ended.Count == 0) return;
        (queue with { Terms = [.. queue.Terms.Where(term => term.Holder != holder)] }).Store(context.State);
        foreach (var term in ended)
        {
            // No block will show the proof of one that never began: then, as where a term is withheld, the state keeps it for good.
            if (!term.IsUntouched) SpentProofs.Add(context.State, context.Height.Plus(2), term.ProofRoot);
            context.Emit("training.term_ended", ("term", term.Id), ("holder", holder), ("blocks_left", term.Quota));
        }
    }
}
