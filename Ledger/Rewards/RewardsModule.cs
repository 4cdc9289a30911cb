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
/// Pays for a certified gain out of the reserve: 60 % to trainer and producer (45 and 15 where they are two, all 60 where one is both; a part of the
/// trainer's goes to the trainer of a certified model that the winner is close to, see <see cref="Royalties"/>), 25 % to the
/// validators whose attestations make the certificate, 10 % to the supplier of the training set, 5 % to the proposers of its last deltas. Where
/// there are none their part stays in the reserve, as do the remainders of the divisions. What is paid counts as points of the task.
/// </summary>
public static class RewardsModule
{
    public const ulong TrainerPercent = 45;

    public const ulong ProducerPercent = 15;

    public const ulong AttesterPercent = 25;

    public const ulong SupplierPercent = 10;

    public const ulong ProposerPercent = 5;

    /// <summary>What was paid in all. Never more than the reserve holds.</summary>
    internal static Amount Pay(
        BlockContext context, TrainingStatement statement, CandidateResult winner, IReadOnlyList<Validator> attesters, Hash256 trainingSet)
    {
        var supply = SupplyRecord.Get(context.State);
        var earned = RewardFormula.Of(
            supply.Issued, statement.IncumbentPaidSum, statement.PaidSumOf(winner), context.Height, context.Parameters.Training.HalvingBlocks);
        var reward = Amount.Min(earned, supply.Reserve);
        var payments = new Payments(context, statement);
        var creditor = Royalties.Creditor(context.State, statement.Task, winner);
        var royalty = creditor is null ? Amount.Zero : Percent(Percent(reward, TrainerPercent), context.Parameters.Training.RoyaltyPercent);
        if (winner.Trainer == winner.Producer)
        {
            payments.Pay("trainer", winner.Trainer, Percent(reward, TrainerPercent + ProducerPercent) - royalty);
        }
        else
        {
            payments.Pay("trainer", winner.Trainer, Percent(reward, TrainerPercent) - royalty);
            payments.Pay("producer", winner.Producer, Percent(reward, ProducerPercent));
        }

        if (creditor is { } parent) payments.Pay("parent", parent, royalty);

        foreach (var (to, share) in AttesterShares.Divide(Percent(reward, AttesterPercent), attesters)) payments.Pay("attester", to, share);
        var supplier = DatasetsModule.Get(context.State, trainingSet)?.Supplier ?? Address.Zero;
        if (!supplier.IsZero) payments.Pay("supplier", supplier, Percent(reward, SupplierPercent));

        var winners = TrainingSetRecord.Get(context.State, statement.Task)!.Winners;
        foreach (var (to, share) in DeltaReward.Divide(Percent(reward, ProposerPercent), winners)) payments.Pay("proposer", to, share);

        var totals = RewardTotals.Get(context.State);
        new RewardTotals(totals.Paid + payments.Paid, totals.Certificates + 1).Store(context.State);
        return payments.Paid;
    }

    private static Amount Percent(Amount whole, ulong percent) => Amount.DivRem(whole * percent, 100).Quotient;

    private sealed class Payments(BlockContext context, TrainingStatement statement)
    {
        public Amount Paid { get; private set; }

        public void Pay(string role, Address to, Amount amount)
        {
            if (amount.IsZero) return;
            var paid = SupplyModule.Reward(context.State, to, amount);
            Invariant.Check(paid == amount, "the shares are parts of what the reserve holds");
            Paid += paid;
            Points.Add(context.State, statement.Task, to, paid);
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
