using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain bridge relay: brings to Ethereum what the chain has for the vault, until it is told to stop. Anybody may run one.</summary>
internal static class RelayCommand
{
    /// <summary>With --once: so often in a row somebody may not answer. A busy node is no reason to end with something unbrought.</summary>
    public const int UnheardMax = 5;

    public static Command Create()
    {
        var ethereum = new EthereumUse();
        var node = CommonOptions.Node();
        var what = new Option<string>("--what") { Description = "\"sets\", or \"all\" with withdrawals and orders", DefaultValueFactory = _ => "all" };
        var once = new Option<bool>("--once") { Description = "Stop when nothing more can be brought" };
        var forkA = new Option<string?>("--fork-a") { Description = "With --fork-b: two trust files of one height and different blocks, as evidence of a fork. It stops the vault for good" };
        var forkB = new Option<string?>("--fork-b") { Description = "See --fork-a" };
        var forkSet = new Option<ulong>("--fork-set") { Description = "Number of the set that signed both" };
        var untilInputEnds = CommonOptions.UntilInputEnds();
        var command = new Command("relay", "Bring sets, orders and withdrawals to the vault, and pay the gas") { what, once, forkA, forkB, forkSet, node, untilInputEnds };
        ethereum.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var scope = parsed.GetValue(what) switch
            {
                "sets" => RelayScope.Sets,
                "all" => RelayScope.Everything,
                _ => throw new OperatorException("--what: \"sets\" or \"all\""),
            };
            var forks = Forks(parsed.GetValue(forkA), parsed.GetValue(forkB), parsed.GetValue(forkSet));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var bridge = new BridgeClient(client);
            var vault = await bridge.VaultAsync(null, cancellationToken).ConfigureAwait(false);
            using var sender = ethereum.Open(parsed, vault.EthereumChainId);
            var relayer = new Relayer(new GrpcRelayChain(bridge, scope), sender.Account, vault.Vault, scope, () => RelayerTurns.Alone) { Forks = forks };
            Console.WriteLine($"relays to the vault {vault.Vault} on chain {vault.EthereumChainId}, paid by {sender.Account.Address}");
            var stop = parsed.GetValue(untilInputEnds) ? ParentWatch.UntilInputEnds(cancellationToken) : cancellationToken;
            return await RunAsync(relayer, sender.Poll, parsed.GetValue(once), stop).ConfigureAwait(false);
        });
        return command;
    }

    /// <returns>The exit code: with --once 1 where something could not be brought.</returns>
    internal static async Task<int> RunAsync(Relayer relayer, TimeSpan poll, bool isOnce, CancellationToken cancellationToken)
    {
        try
        {
            for (var unheard = 0; ;)
            {
                foreach (var note in await relayer.PassAsync(cancellationToken).ConfigureAwait(false))
                    Console.WriteLine($"{DateTimeOffset.UtcNow.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {note.Subject}: {note.Text}");
                unheard = relayer.IsUnheard ? unheard + 1 : 0;
                if (isOnce && relayer.IsIdle && unheard is 0 or >= UnheardMax) return relayer.IsBlocked ? 1 : 0;
                await Task.Delay(poll, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine("stopped");
            return 0;
        }
    }

    private static ImmutableArray<RelayItem.Fork> Forks(string? a, string? b, ulong set)
    {
        if (a is null != b is null) throw new OperatorException("--fork-a and --fork-b go together");
        if (a is null) return [];
        var (first, second) = (new TrustFile(a).Load(), new TrustFile(b!).Load());
        if (first.Height != second.Height || first.Header.Ref == second.Header.Ref) throw new OperatorException("--fork-a, --fork-b: no fork, wanted are two blocks of one height");
        var call = VaultCalls.ProveFork(VaultCertificate.Of(first.Certificate, first.Validators), VaultCertificate.Of(second.Certificate, second.Validators), set);
        return [new RelayItem.Fork(set, call)];
    }
}
