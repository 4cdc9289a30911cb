namespace NeuroChain.Simulation;

/// <summary>A story that is told rather than drawn, with figures to show for it.</summary>
public interface IScenario
{
    string Name { get; }

    /// <exception cref="SimulationFailedException">It did not end as it must.</exception>
    ScenarioResult Run();
}

/// <summary>What a scenario came to: a sentence, its figures by name, and what was asked of them.</summary>
public sealed record ScenarioResult(string Name, string Outcome, IReadOnlyDictionary<string, double> Figures, IReadOnlyList<ScenarioBar> Bars);
