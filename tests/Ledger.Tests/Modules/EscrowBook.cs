using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// What must be in escrow, added up from the records of all that is locked there: a record that goes without its money leaves this sum below the
/// books, and one that is paid twice leaves it above.
/// </summary>
internal static class EscrowBook
{
    public static Amount SumOf(LedgerState state)
    {
        var sum = BondsOf(state).Aggregate(Amount.Zero, (total, bond) => total + bond.Total);
        foreach (var task in TrainingQueries.Tasks(state)) sum += SumOf(state, task.Id);
        return state.Genesis.Claims is null ? sum : sum + ClaimsStatus.Get(state)!.Value.Pot;
    }

    public static IReadOnlyList<BondRecord> BondsOf(LedgerState state) =>
    [
        .. state.Records.Where(record => record.Key.Bytes[0] == (byte)StateModule.Validators && record.Key.Bytes[1] == 6)
            .Select(record => BondRecord.Get(state, Address.FromBytes(record.Key.Bytes[2..]))),
    ];

    private static Amount SumOf(LedgerState state, Hash256 task)
    {
        var sum = TrainingQueries.Round(state, task)?.Candidates.Aggregate(Amount.Zero, (total, candidate) => total + candidate.Bond) ?? Amount.Zero;
        if (TrainingSets.Get(state, task) is { } set) sum = TrainingSets.Open(state, set).Aggregate(sum, (total, delta) => total + delta.Bond);
        sum = TrainingQueries.Recheck(state, task)?.Attesters.Aggregate(sum, (total, attester) => total + attester.Paid) ?? sum;
        // Of a sealed set the supplier's bond and those of the custodians that have accepted.
        return SealedSets.Live(state, task).Aggregate(sum, (total, one) => total + (one.Bond * (1 + (ulong)System.Numerics.BitOperations.PopCount(one.Accepted))));
    }
}
