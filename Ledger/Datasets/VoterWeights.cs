using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What voters on a task's training set count for, as points, power and jail are now. Each is asked for once, whatever the number of votes that
/// are counted with it. Where points do not decide, power does.
/// </summary>
internal sealed class VoterWeights
{
    private readonly IStateReader _state;
    private readonly Hash256 _task;
    private readonly ValidatorSet _members;
    private readonly Amount _points;
    private readonly bool _byPoints;
    private readonly Dictionary<Address, (UInt128 Points, ulong Power)> _known = [];
    private readonly Dictionary<Address, Address> _identities = [];

    public VoterWeights(IStateReader state, Hash256 task)
    {
        (_state, _task, _members) = (state, task, ValidatorsModule.Members(state));
        TotalPower = _members.Validators.Where(member => !ValidatorRecord.IsJailedAt(state, member.Address)).Aggregate(0UL, (sum, member) => sum + member.Power);
        _points = Points.Total(state, task);
        _byPoints = Points.Decide(state, task);
    }

    /// <summary>Power of all validators that are not jailed.</summary>
    public ulong TotalPower { get; }

    /// <summary>All weight that there is: all points, also what is above the cap; or all power.</summary>
    public UInt128 Total => _byPoints ? _points.Units : TotalPower;

    /// <summary>Who a voter is now: keys of one validator are one, also where one of them voted before it was a validator's.</summary>
    public Address Identity(Address voter)
    {
        if (!_identities.TryGetValue(voter, out var identity)) _identities[voter] = identity = KeyRotations.Identity(_state, voter);
        return identity;
    }

    /// <param name="voter">An identity.</param>
    public UInt128 Of(Address voter) => _byPoints ? Known(voter).Points : Known(voter).Power;

    /// <param name="voter">An identity.</param>
    public ulong Power(Address voter) => Known(voter).Power;

    private (UInt128 Points, ulong Power) Known(Address voter)
    {
        if (_known.TryGetValue(voter, out var known)) return known;
        var key = KeyRotations.Present(_state, voter);
        var power = ValidatorRecord.IsJailedAt(_state, key) ? 0 : _members.PowerOf(key);
        return _known[voter] = (Points.Cap(Points.OfHolder(_state, _task, voter), _points).Units, power);
    }
}
