using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Governance actions in a few words.</summary>
internal static class Act
{
    public static GovernanceAction Admit(Address address, Address node, ulong power = 1) =>
        new() { AdmitValidator = new AdmitValidator { Address = LedgerFixture.Bytes(address), Node = LedgerFixture.Bytes(node), Power = power } };

    public static GovernanceAction Remove(Address address) => new() { RemoveValidator = new RemoveValidator { Address = LedgerFixture.Bytes(address) } };

    public static GovernanceAction Power(Address address, ulong power) =>
        new() { ChangePower = new ChangePower { Address = LedgerFixture.Bytes(address), Power = power } };

    public static GovernanceAction Jail(Address address) => new() { JailValidator = new JailValidator { Address = LedgerFixture.Bytes(address) } };

    public static GovernanceAction Unjail(Address address) => new() { UnjailValidator = new UnjailValidator { Address = LedgerFixture.Bytes(address) } };

    public static GovernanceAction Set(params (string Key, string Value)[] settings)
    {
        var change = new ChangeParameters();
        change.Settings.AddRange(settings.Select(setting => new ParameterSetting { Key = setting.Key, Value = setting.Value }));
        return new GovernanceAction { ChangeParameters = change };
    }

    public static GovernanceAction CloseTask(Hash256 task) => new() { CloseTask = new CloseTask { Task = TrainingWorld.Bytes(task) } };

    public static GovernanceAction ForkTask(Hash256 parent, byte[] definition) => new()
    {
        ForkTask = new ForkTask { Parent = TrainingWorld.Bytes(parent), Definition = Google.Protobuf.ByteString.CopyFrom(definition) },
    };

    public static GovernanceAction ReopenTask(Hash256 task) => new() { ReopenTask = new ReopenTask { Task = TrainingWorld.Bytes(task) } };

    public static GovernanceAction Upgrade(string name, ulong height) => new() { ScheduleUpgrade = new ScheduleUpgrade { Name = name, Height = height } };

    public static GovernanceAction Cancel(string name) => new() { CancelUpgrade = new CancelUpgrade { Name = name } };

    public static GovernanceAction Pay(Address to, Amount amount) =>
        new() { TreasuryPayment = new TreasuryPayment { To = LedgerFixture.Bytes(to), Amount = LedgerFixture.Bytes(amount) } };
}
