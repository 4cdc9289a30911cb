using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>A chain of one validator, which decides alone: for what a node does by itself.</summary>
internal static class LoneNode
{
    /// <summary>Its home, written and ready; the caller starts it.</summary>
    public static NodeProcess Make(NodeHome home)
    {
        var ports = FreePorts.Take(2);
        var options = new NodeOptions { Api = $"127.0.0.1:{ports[0]}", P2p = $"127.0.0.1:{ports[1]}" };
        var keys = HomeKeys.Make(home, options, ScryptCost.Light);
        var genesis = new GenesisDocument
        {
            ChainName = "alone",
            TimeMs = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Parameters = new ChainParameters { BlockIntervalMs = 50, Governance = new GovernanceParameters { VotingBlocks = 1_000, DelayBlocks = 2 } },
            Validators = [new GenesisValidator(keys.Validator!.Address, keys.Node.Address, 10)],
        };
        File.WriteAllBytes(home.GenesisFile, genesis.ToJson());
        options.Save(home.ConfigFile);
        return new NodeProcess("alone", home, options, keys);
    }
}
