using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.GovernanceAction;

namespace NeuroChain.Node;

/// <summary>Governance actions in words.</summary>
internal static class ActionText
{
    public static string Of(GovernanceAction action) => action.ActionCase switch
    {
        ActionOneofCase.AdmitValidator => $"admit {At(action.AdmitValidator.Address)} with power {action.AdmitValidator.Power}, node {At(action.AdmitValidator.Node)}",
        ActionOneofCase.RemoveValidator => $"remove {At(action.RemoveValidator.Address)}",
        ActionOneofCase.ChangePower => $"give {At(action.ChangePower.Address)} power {action.ChangePower.Power}",
        ActionOneofCase.JailValidator => $"jail {At(action.JailValidator.Address)}",
        ActionOneofCase.UnjailValidator => $"unjail {At(action.UnjailValidator.Address)}",
        ActionOneofCase.ChangeParameters => $"set {string.Join(", ", action.ChangeParameters.Settings.Select(setting => $"{setting.Key}={setting.Value}"))}",
        ActionOneofCase.ScheduleUpgrade => $"upgrade \"{action.ScheduleUpgrade.Name}\" from height {action.ScheduleUpgrade.Height} on",
        ActionOneofCase.CancelUpgrade => $"cancel upgrade \"{action.CancelUpgrade.Name}\"",
        ActionOneofCase.TreasuryPayment => $"pay {NtkText.Of(action.TreasuryPayment.Amount)} NTK from the treasury to {At(action.TreasuryPayment.To)}",
        ActionOneofCase.CloseTask => $"close task {Hash256.FromBytes(action.CloseTask.Task.Span)}",
        ActionOneofCase.ReopenTask => $"reopen task {Hash256.FromBytes(action.ReopenTask.Task.Span)}",
        ActionOneofCase.ExtendClaims => $"take claims up to height {action.ExtendClaims.ClosingHeight}",
        ActionOneofCase.ForkTask => GenesisTask.TryParse(action.ForkTask.Definition.Span, out var task)
            ? $"fork task {Hash256.FromBytes(action.ForkTask.Parent.Span)} as \"{task.Name}\", {task.Id}, with the model {task.Model.ToJsonString()}{(InitialModels.FaultOf(task) is { } fault ? $"; ITS DEFINITION IS WRONG: {fault}" : "")}"
            : "a fork without a task",
        ActionOneofCase.ResumeBridge => $"end all pauses and halts of the bridge up to stop {action.ResumeBridge.StopCount}",
        ActionOneofCase.RedirectLock => $"credit lock {action.RedirectLock.Nonce}, which is in quarantine, to {At(action.RedirectLock.To)}",
        ActionOneofCase.OrderVault => $"order the vault: {OrderText.Of(action.OrderVault)}",
        _ => "an action that this program does not know",
    };

    private static Address At(Google.Protobuf.ByteString address) => Address.FromBytes(address.Span);
}

/// <summary>Amounts of messages for people.</summary>
internal static class NtkText
{
    public static string Of(Google.Protobuf.ByteString amount) => Amount.TryFromBytes(amount.Span, out var read) ? read.ToString() : "-";
}

/// <summary>Addresses on the command line.</summary>
internal static class AddressArgument
{
    public static Address Parse(string? text, string name) =>
        Address.TryParse(text, out var address) ? address : throw new OperatorException($"{name}: 0x and 40 hexadecimal digits");
}
