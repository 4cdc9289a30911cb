using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>All modules, in the order in which genesis is written and blocks end.</summary>
internal static class LedgerModules
{
    public static readonly ImmutableArray<LedgerModule> All =
    [
        new ParametersModule(),
        new AccountsModule(),
        new SupplyModule(),
        new ValidatorsModule(),
        new BondsModule(),
        new EvidenceModule(),
        new DatasetsModule(),
        new HoldOutsModule(),
        new TrainingModule(),
        new GovernanceModule(),
        new UpgradesModule(),
        new BridgeModule(),
        new ClaimsModule(),
        new FeesModule(),
    ];

    private static readonly LedgerModule?[] ByMessage = Index();

    /// <summary>The module that takes a kind of message.</summary>
    public static LedgerModule Of(MessageOneofCase kind)
    {
        var module = ByMessage[(int)kind];
        Invariant.Check(module is not null, $"a decoded transaction is of a kind that a module takes, {kind} is not");
        return module;
    }

    private static LedgerModule?[] Index()
    {
        var index = new LedgerModule?[(int)Enum.GetValues<MessageOneofCase>().Max() + 1];
        foreach (var module in All)
        {
            foreach (var kind in module.Messages)
            {
                Invariant.Check(index[(int)kind] is null, "a kind of message has one module");
                index[(int)kind] = module;
            }
        }

        return index;
    }
}
