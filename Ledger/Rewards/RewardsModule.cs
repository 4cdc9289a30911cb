using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>All that was ever paid for learning. Layout: paid 16 | certificates 8.</summary>
public readonly record struct RewardTotals(Amount Paid, ulong Certificates)
{
    internal static readonly StateKey Key = StateKey.Of(StateModule.Rewards, 0);

    public static RewardTotals Get(IStateReader state)
    {
        if (state.Get(Key) is not { } bytes) return default;
        var reader = new ByteReader(bytes);
        var totals = new RewardTotals(reader.Amount(), reader.UInt64());
        Invariant.Check(reader.IsWhole, "a totals record has 24 bytes");
        return totals;
    }

    internal void Store(StateOverlay state) => state.Set(Key, new ByteWriter().Amount(Paid).UInt64(Certificates).ToArray());
}

/// <summary>
/// Pays for a certified gain out of the reserve, in shares that are parameters: to trainer and producer (both shares at once where one is both;
/// a part of the trainer's goes to the trainer of a certified model that the winner is close to, see <see cref="Royalties"/>), to the validators whose attestations make the certificate, to the supplier of the training set, to the proposers of its last deltas. Where there
/// are none, or a producer that is in jail, their part stays in the reserve, as do the remainders of the divisions. What is paid counts as points
/// of the task.
/// </summary>
public static class RewardsModule
{
    /// <summary>The task with the supply by which its rewards are reckoned: it stays the same for an epoch, so that parts of a gain pay as the whole.</summary>
    internal static TaskRecord WithBase(BlockContext context, TaskRecord task)
    {
        var epoch = HalvingEpoch.Get(context.State).Number;
        return task.RewardBase.IsZero || task.RewardEpoch != epoch ? task with { RewardBase = SupplyRecord.Get(context.State).Issued, RewardEpoch = epoch } : task;
    }

    /// <summary>What was paid in all. Never more than the reserve holds.</summary>
    internal static Amount Pay(
        BlockContext context, TaskRecord task, TrainingStatement statement, CandidateResult winner, IReadOnlyList<Validator> attesters, Hash256 trainingSet, AttesterPay pay)
    {
        var shares = context.Parameters.Training;
        var gain = PaidGain.Of(task, statement, winner);
        var earned = RewardFormula.Of(task.RewardBase, gain.From, gain.Gain, task.RewardEpoch);
        var reward = Amount.Min(earned, SupplyRecord.Get(context.State).Reserve);
        var payments = new Payments(context, statement, task.DataTask);
        // The key that consented may have been replaced, and whoever has it still may have stolen it: pay and jail are the validator's.
        var producer = KeyRotations.Present(context.State, winner.Producer);
        var producerPercent = ValidatorRecord.IsJailedAt(context.State, producer) ? 0 : shares.ProducerPercent; // jail ends pay at once
        var creditor = Royalties.Creditor(context.State, statement.Task, winner);
        var royalty = creditor is null ? Amount.Zero : Percent(Percent(reward, shares.TrainerPercent), shares.RoyaltyPercent);
        if (winner.Trainer == producer)
        {
            payments.Pay("trainer", winner.Trainer, Percent(reward, shares.TrainerPercent + producerPercent) - royalty);
        }
        else
        {
            payments.Pay("trainer", winner.Trainer, Percent(reward, shares.TrainerPercent) - royalty);
            payments.Pay("producer", producer, Percent(reward, producerPercent));
        }

        if (creditor is { } parent) payments.Pay("parent", parent, royalty);

        if (attesters.Count > 0)
        {
            foreach (var (to, share) in AttesterShares.Divide(Percent(reward, shares.AttesterPercent), attesters))
            {
                payments.Pay("attester", to, share);
                pay.Add(to, share);
            }
        }

        var supplier = DatasetsModule.Get(context.State, trainingSet)?.Supplier ?? Address.Zero;
        if (!supplier.IsZero) payments.Pay("supplier", supplier, Percent(reward, shares.SupplierPercent));

        var winners = TrainingSetRecord.Get(context.State, task.DataTask)!.Winners;
        foreach (var (to, share) in DeltaReward.Divide(Percent(reward, shares.ProposerPercent), winners)) payments.Pay("proposer", to, share);

        var totals = RewardTotals.Get(context.State);
        new RewardTotals(totals.Paid + payments.Paid, totals.Certificates + 1).Store(context.State);
        return payments.Paid;
    }

    private static Amount Percent(Amount whole, ulong percent) => Amount.DivRem(whole * percent, 100).Quotient;

    private sealed class Payments(BlockContext context, TrainingStatement statement, Hash256 dataTask)
    {
        public Amount Paid { get; private set; }

        public void Pay(string role, Address to, Amount amount)
        {
            if (amount.IsZero) return;
            var paid = SupplyModule.Reward(context.State, to, amount);
            Invariant.Check(paid == amount, "the shares are parts of what the reserve holds");
            Paid += paid;
            Points.Add(context.State, dataTask, to, paid);
            context.Emit(
                "rewards.paid",
                ("task", statement.Task),
                ("training_round", statement.TrainingRound),
                ("role", role),
                ("to", to),
                ("amount", paid));
        }
    }
}
