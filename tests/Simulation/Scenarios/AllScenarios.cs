namespace NeuroChain.Simulation;

/// <summary>The scenarios by name.</summary>
public static class AllScenarios
{
    public static IReadOnlyList<IScenario> Of() =>
    [
        new FramingScenario(),
        new HiddenLockScenario(),
        new NilPolkaScenario(),
        new UnseenPolkaScenario(),
        new LeftBehindScenario(),
        new ForgedChainScenario(),
        new ForkScenario(),
        new DeadValidatorScenario(),
        new HealedPartitionScenario(),
        new HundredScenario(),
        new TwinsScenario(),
        new TermCensorScenario(),
    ];

    public static IScenario? Find(string name) => Of().FirstOrDefault(scenario => scenario.Name == name);
}
