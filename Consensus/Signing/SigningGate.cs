using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// When a validator that started may say something. Until it has heard how far validators are that have, with its own, more than two thirds of
/// the power, it may be behind without knowing; and while it is behind it would vote on what is long decided. Neither is a fault, but only a
/// memory that is whole keeps it from becoming one: who is silent needs none.
/// </summary>
/// <param name="self">The validator's own address; it hears itself.</param>
public sealed class SigningGate(Address self)
{
    private readonly SortedSet<Address> _heard = [];
    private bool _isOriented;

    /// <summary>A validator said how far it is, since this node started; what others say is not kept.</summary>
    public void Heard(Address validator, ValidatorSet validators)
    {
        if (!_isOriented && validators.Contains(validator)) _heard.Add(validator);
    }

    /// <summary>Whether the height in progress may be voted on.</summary>
    /// <param name="validators">Of that height.</param>
    /// <param name="current">The height in progress.</param>
    /// <param name="best">
    /// The greatest height that is known to be decided elsewhere: proved by a certificate, or claimed by more than a third of the power. What a
    /// single peer claims is not known: or one liar could silence everybody.
    /// </param>
    /// <returns><see cref="SignRefusal.Syncing"/> or none.</returns>
    public SignRefusal Check(ValidatorSet validators, Height current, Height best)
    {
        _isOriented = _isOriented || validators.IsQuorum(PowerHeard(validators));
        return _isOriented && best <= current ? SignRefusal.None : SignRefusal.Syncing;
    }

    private ulong PowerHeard(ValidatorSet validators)
    {
        ulong power = 0;
        foreach (var validator in validators.Validators)
            if (validator.Address == self || _heard.Contains(validator.Address))
                power += validator.Power;
        return power;
    }
}
