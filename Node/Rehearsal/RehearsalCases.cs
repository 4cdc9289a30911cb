using System.Collections.Immutable;

namespace NeuroChain.Node;

/// <summary>All that is rehearsed, in an order in which each leaves the world fit for the next: those that leave ruins, or move Ethereum's clock, come last.</summary>
internal static class RehearsalCases
{
    public static ImmutableArray<RehearsalCase> All() =>
    [
        new MigrationDeployed(),
        new MigrationLocks(),
        new MigrationTransfer(),
        new MigrationWithdrawal(),
        new MigrationHeldWithdrawal(),
        new MigrationSetChange(),
        new MigrationSolvency(),
        new F1ReorgAboveFinality(),
        new F3SameNonceOtherContent(),
        new F4OneEndpointLies(),
        new F5TwoEndpointsLieAlike(),
        new F6EndpointsAreSilent(),
        new F7FinalityIsOdd(),
        new F8LookAlike(),
        new F9ForgedProofs(),
        new F10GapsAndDoubles(),
        new F11UnusableRecipient(),
        new F12VaultIsDrained(),
        new F13BadCertificates(),
        new F14ReleasedTwice(),
        new F15UnknownBurn(),
        new F16RotationWithOpenReleases(),
        new F17KilledWhileItWorks(),
        new F18RelayerWithoutFunds(),
        new F19BurnWithoutTransfer(),
        new F20UnknownHeaderField(),
        new F21OddAmounts(),
        new F22Claims(),
        new F23ManyTinyLocks(),
        new F25CatchesUp(),
        new F24DeadlinePasses(),
        new F2ReorgBelowFinality(),
    ];
}
