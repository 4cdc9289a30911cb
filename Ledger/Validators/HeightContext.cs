using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Who votes and who leads at a height.</summary>
/// <param name="Height">The height.</param>
/// <param name="Validators">The set that votes on its block.</param>
/// <param name="NextValidators">
/// The set of the height after, which its header names; null two heights ahead of the state, where the block between still decides it.
/// </param>
/// <param name="Schedule">Leaders of its rounds.</param>
public sealed record HeightContext(Height Height, ValidatorSet Validators, ValidatorSet? NextValidators, LeaderSchedule Schedule)
{
    internal static HeightContext Read(IStateReader state, Height height)
    {
        var record = HeightRecord.Get(state, height);
        Invariant.Check(record is not null, $"the state has a record of height {height}: two ahead and {HeightRecord.HeightsKept} back are kept");
        var validators = ValidatorsModule.Set(state, record.ValidatorsRoot);
        var next = HeightRecord.Get(state, height.Next());
        var nextValidators = next is null ? null : ValidatorsModule.Set(state, next.ValidatorsRoot);
        return new HeightContext(height, validators, nextValidators, record.Schedule(height, validators));
    }
}
