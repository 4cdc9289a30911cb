using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>A term that leads round 0 of a height: whose it is, and the training proof that earned it.</summary>
public sealed record TermAssignment(ulong TermId, Address Holder, Hash256 ProofRoot);

/// <summary>
/// Who leads which round of one height, as a value: everything follows from the validator set and the state two heights before, so that
/// everybody knows it and a wrong leader is provable.
/// </summary>
/// <remarks>
/// Round 0 belongs to the assigned term. Without one (every fourth height, or no live term) and in every later round the validators take
/// turns; absent ones are passed over in round 0 only, so that a later round is nobody's to take away.
/// </remarks>
public sealed record LeaderSchedule(Height Height, ValidatorSet Validators, TermAssignment? Term, ImmutableArray<Address> Absent)
{
    /// <summary>Every fourth height is led in rotation, whatever terms there are.</summary>
    public const ulong RotationPeriod = 4;

    public static bool IsRotationHeight(Height height) => height.Value % RotationPeriod == 0;

    public Address Leader(Round round)
    {
        if (round == Round.Zero && Term is not null) return Term.Holder;
        var turn = (Turn(Height) + round.Value) % (ulong)Validators.Count;
        for (var i = 0; i < Validators.Count; i++)
        {
            var candidate = Validators[(int)((turn + (ulong)i) % (ulong)Validators.Count)].Address;
            if (round != Round.Zero || !Absent.Contains(candidate)) return candidate;
        }

        return Validators[(int)turn].Address; // all absent: then nobody is passed over
    }

    /// <summary>A block is term-led where it was built in round 0 of a height that has a term, whoever re-proposes it.</summary>
    public TermAssignment? TermOf(Round builtRound) => builtRound == Round.Zero ? Term : null;

    // Rotation heights count their own turns, or with four validators one of them would have every one.
    private static ulong Turn(Height height) =>
        IsRotationHeight(height) ? height.Value / RotationPeriod : height.Value - (height.Value / RotationPeriod);
}
