using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.GovernanceAction;

namespace NeuroChain.Chain;

/// <summary>Checks of a governance action that need nothing but the action.</summary>
internal static class GovernanceShape
{
    private const int NameMax = 64;
    private const int KeyMax = 64;
    private const int ValueMax = 128;

    public static bool IsWellFormed(GovernanceAction action) => action.ActionCase switch
    {
        ActionOneofCase.AdmitValidator => IsAddress(action.AdmitValidator.Address) && IsAddress(action.AdmitValidator.Node),
        ActionOneofCase.RemoveValidator => IsAddress(action.RemoveValidator.Address),
        ActionOneofCase.ChangePower => IsAddress(action.ChangePower.Address),
        ActionOneofCase.JailValidator => IsAddress(action.JailValidator.Address),
        ActionOneofCase.UnjailValidator => IsAddress(action.UnjailValidator.Address),
        ActionOneofCase.ChangeParameters => action.ChangeParameters.Settings.Count is > 0 and <= Limits.ParameterSettingsMax
            && action.ChangeParameters.Settings.All(setting => setting.Key.Length is > 0 and <= KeyMax && setting.Value.Length is > 0 and <= ValueMax),
        ActionOneofCase.ScheduleUpgrade => IsName(action.ScheduleUpgrade.Name),
        ActionOneofCase.CancelUpgrade => IsName(action.CancelUpgrade.Name),
        ActionOneofCase.TreasuryPayment => IsAddress(action.TreasuryPayment.To) && action.TreasuryPayment.Amount.Length == Amount.Size,
        ActionOneofCase.CloseTask => action.CloseTask.Task.Length == Hash256.Size,
        ActionOneofCase.ReopenTask => action.ReopenTask.Task.Length == Hash256.Size,
        ActionOneofCase.ForkTask => action.ForkTask.Parent.Length == Hash256.Size && action.ForkTask.Definition.Length is > 0 and <= Limits.TaskDefinitionBytesMax,
        ActionOneofCase.ResumeBridge => true,
        ActionOneofCase.RedirectLock => IsAddress(action.RedirectLock.To) && !Address.FromBytes(action.RedirectLock.To.Span).IsZero,
        ActionOneofCase.OrderVault => BridgeShape.IsWellFormed(action.OrderVault),
        ActionOneofCase.ExtendClaims => action.ExtendClaims.ClosingHeight <= long.MaxValue,
        _ => false,
    };

    private static bool IsName(string name) => name.Length is > 0 and <= NameMax && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    private static bool IsAddress(Google.Protobuf.ByteString bytes) => bytes.Length == Address.Size;
}
