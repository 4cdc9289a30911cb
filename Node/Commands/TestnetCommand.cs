using System.CommandLine;

namespace NeuroChain.Node;

/// <summary>neurochain testnet: validators on loopback, each a process of its own.</summary>
internal static class TestnetCommand
{
    public static Command Create()
    {
        var command = new Command("testnet", "Start local validators");
        command.SetAction(_ => 0);
        return command;
    }
}
