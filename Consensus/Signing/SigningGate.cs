using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// When a validator that started may say something. Until it has heard how far validators are that have, with its own, more than two thirds of
/// the power, it may be behind without knowing; and while it is behind it would vote on what is long decided. Neither is a fault, but only a
/// memory that is whole keeps it from becoming one: who is silent needs none.
/// </summary>
/// <remarks>
/// What validators said stands, whether or not they are still connected: a height that is decided stays so. It is weighed by the set of the
/// height in progress each time, so what former validators said counts no more when a newer set is known. The claim of a single one is not
/// believed, or one liar could silence everybody.
/// </remarks>
/// <param name="self">The validator's own address; it hears itself.</param>
public sealed class SigningGate(Address self)
{
    /// <summary>
    /// How often a node that hears from some, but not from more than two thirds, asks itself whether it is to wait longer: about half a minute.
    /// A newcomer with a single peer, and everybody in a network in which not all are linked, would be silent for ever else.
    /// </summary>
    public const int Patience = 30;

    private readonly SortedDictionary<Address, Height> _heard = [];
    private int _waited;
    private bool _isOriented;

    /// <summary>A validator said, since this node started, what it has decided.</summary>
    public void Heard(Address validator, Height decided)
    {
        if (!_heard.TryGetValue(validator, out var known) || decided > known) _heard[validator] = decided;
    }

    /// <summary>About a second went by in which there were peers.</summary>
    /// <param name="current">The height in progress.</param>
    /// <param name="claimed">
    /// The greatest height that a peer says it has decided, other than those that were asked for its blocks and showed none: who has few peers
    /// is careful with each, but not for ever with one that only talks.
    /// </param>
    public void Waited(Height current, Height claimed)
    {
        if (_isOriented) return;
        _waited = claimed > current ? 0 : _waited + 1;
        _isOriented = _waited >= Patience;
    }

    /// <summary>Whether the height in progress may be voted on.</summary>
    /// <param name="validators">Of that height.</param>
    /// <param name="current">The height in progress.</param>
    /// <param name="best">
    /// The greatest height that is known to be decided elsewhere: proved by a certificate, or claimed by more than a third of the power, as far as
    /// this node knows the set. That may be an old one: so it is not kept.
    /// </param>
    /// <returns><see cref="SignRefusal.Syncing"/> or none.</returns>
    public SignRefusal Check(ValidatorSet validators, Height current, Height best)
    {
        _isOriented = _isOriented || validators.IsQuorum(PowerHeard(validators));
        return _isOriented && best <= current && !IsBehind(validators, current) ? SignRefusal.None : SignRefusal.Syncing;
    }

    private ulong PowerHeard(ValidatorSet validators)
    {
        ulong power = 0;
        foreach (var validator in validators.Validators)
            if (validator.Address == self || _heard.ContainsKey(validator.Address))
                power += validator.Power;
        return power;
    }

    // One of those with more than a third of the power is honest.
    private bool IsBehind(ValidatorSet validators, Height current)
    {
        ulong power = 0;
        foreach (var (validator, decided) in _heard)
            if (decided > current)
                power += validators.PowerOf(validator);
        return VotingPower.HasHonest(power, validators.TotalPower);
    }
}
