using NeuroChain.Chain;

namespace NeuroChain.Gallery;

/// <summary>What an attack came to.</summary>
/// <param name="Attack">Its name.</param>
/// <param name="Threats">Of docs/protocol/threats.md.</param>
/// <param name="Validators">In the network.</param>
/// <param name="Unit">Of the gains.</param>
/// <param name="Defended">What the attacker has more than had it not attacked, in the chain as it is.</param>
/// <param name="Undefended">The same without the defence.</param>
/// <param name="Bound">What the protocol lets it gain at most.</param>
/// <param name="Defence">What stops it.</param>
/// <param name="Without">How the other figure was made.</param>
internal sealed record Outcome(
    string Attack, string Threats, int Validators, string Unit, double Defended, double Undefended, double Bound, string Defence, string Without)
{
    /// <summary>The attack would pay, and does not.</summary>
    public bool IsHeld => Defended <= Bound && Undefended > Bound;

    /// <summary>NTK that one amount is more than another.</summary>
    public static double Ntk(Amount now, Amount before) => now >= before ? InNtk(now - before) : -InNtk(before - now);

    public static double InNtk(Amount amount) => (double)amount.Units / (double)Amount.UnitsPerNtk;
}

/// <summary>An attack that is run against a network.</summary>
internal interface IAttack
{
    string Name { get; }

    /// <exception cref="InvariantException">It went otherwise than it is told: the chain did not answer as the defence says.</exception>
    Outcome Run(int validators);
}
