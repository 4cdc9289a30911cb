using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The words of the present set, read once for a message.</summary>
internal sealed class AttestationTally
{
    private readonly StateOverlay _state;
    private readonly ValidatorSet _members;
    private readonly (Address Identity, ulong Power, AttestationWords Words)[] _voices;

    public AttestationTally(StateOverlay state)
    {
        _state = state;
        _members = ValidatorsModule.Members(state);
        _voices = [.. _members.Validators.Where(member => !ValidatorRecord.IsJailedAt(state, member.Address)).Select(Voice)];
    }

    /// <param name="Quorum">The hash that more than two thirds of the power say, if any.</param>
    /// <param name="Honest">The first hash, by the order of the set, that more than a third say.</param>
    /// <param name="IsDisputed">Whether another one has more than a third too.</param>
    public readonly record struct Counts(Hash256? Quorum, Hash256? Honest, bool IsDisputed);

    public Counts Of(ulong number)
    {
        var counts = default(Counts);
        foreach (var hash in _voices.Select(voice => voice.Words.Of(number)).Where(hash => !hash.IsZero).Distinct())
        {
            var power = _voices.Where(voice => voice.Words.Of(number) == hash).Aggregate(0UL, (sum, voice) => sum + voice.Power);
            if (_members.IsQuorum(power)) counts = counts with { Quorum = hash };
            if (!_members.HasHonest(power)) continue;
            counts = counts.Honest is null ? counts with { Honest = hash } : counts with { IsDisputed = true };
        }

        return counts;
    }

    /// <summary>The block is attested: who said so has said it. Who said otherwise still does, and may be more one day.</summary>
    public void Settle(ulong number, Hash256 hash)
    {
        for (var i = 0; i < _voices.Length; i++)
        {
            var (identity, power, words) = _voices[i];
            if (words.Of(number) != hash) continue;
            _voices[i] = (identity, power, words.Without(number));
            _voices[i].Words.Store(_state, identity);
        }
    }

    private (Address Identity, ulong Power, AttestationWords Words) Voice(Validator member)
    {
        var identity = KeyRotations.Identity(_state, member.Address);
        return (identity, member.Power, AttestationWords.Get(_state, identity));
    }
}
