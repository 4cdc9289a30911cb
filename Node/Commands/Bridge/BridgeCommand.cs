using System.CommandLine;

namespace NeuroChain.Node;

/// <summary>neurochain bridge: what comes from Ethereum and what goes there.</summary>
internal static class BridgeCommand
{
    public static Command Create() => new("bridge", "NTK between Ethereum and this chain")
    {
        HoldersCommand.Create(),
        ClaimCommand.Create(),
        ClaimCommand.CreateStatus(),
        BridgeAuditCommand.Create(),
    };
}
