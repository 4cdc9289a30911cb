using System.CommandLine;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain bridge: NTK between this chain and Ethereum.</summary>
internal static class BridgeCommand
{
    public static Command Create() => new("bridge", "Move NTK between this chain and Ethereum, and see how the bridge stands")
    {
        BridgeStatusCommand.Create(),
        BridgeDepositCommand.Create(),
        DepositAddressCommand.Create(),
        BridgeWithdrawCommand.Create(),
        BridgeProofCommand.Create(),
        RelayCommand.Create(),
        RehearseCommand.Create(),
        BridgeStopCommands.Veto(),
        BridgeStopCommands.Pause(),
        BridgeProposals.Resume(),
        BridgeProposals.Redirect(),
        BridgeProposals.Order(),
        BridgeAuditCommand.Create(),
        HoldersCommand.Create(),
        ClaimCommand.Create(),
        ClaimCommand.CreateStatus(),
    };

    /// <summary>Of the chain's account that a command names, or that of the key where it names none.</summary>
    public static Address Account(string? text, string name, Address own) => text is null ? own : AddressArgument.Parse(text, name);
}
