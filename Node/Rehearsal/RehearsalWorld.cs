using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// A whole bridge on this machine: an Ethereum (anvil) with token and vault, and four validators, each a process of its own that sees that Ethereum
/// through three endpoints of its own, which can be made to lie. Everything stands in one folder.
/// </summary>
internal sealed class RehearsalWorld : IAsyncDisposable
{
    /// <summary>For whatever must come; generous, since the machine may be busy with other things.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly string _folder;
    private readonly List<LocalEthereum> _others = [];
    private int _keys;

    private RehearsalWorld(string folder, string? anvil, ulong seconds, LocalEthereum ethereum) => (_folder, Anvil, GenesisSeconds, Ethereum) = (folder, anvil, seconds, ethereum);

    public string? Anvil { get; }

    public ulong GenesisSeconds { get; }

    public LocalEthereum Ethereum { get; }

    public VaultSite Site { get; private set; } = null!;

    public GenesisDocument Genesis { get; private set; } = null!;

    public ImmutableArray<RehearsalNode> Nodes { get; private set; } = [];

    /// <summary>Who may claim from the pot.</summary>
    public RehearsalClaims Claims { get; } = new();

    /// <summary>An account of this chain with NTK, once the first case has locked for it.</summary>
    public PrivateKey Account { get; } = PrivateKey.Generate();

    public CancellationToken Cancelled => Ethereum.Cancelled;

    /// <exception cref="OperatorException">anvil is missing or does not start, or a validator does not.</exception>
    public static async Task<RehearsalWorld> StartAsync(string folder, string? anvil, CancellationToken cancellation)
    {
        var seconds = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var world = new RehearsalWorld(folder, anvil, seconds, await LocalEthereum.StartAsync(cancellation, seconds, anvil).ConfigureAwait(false));
        try
        {
            var first = await world.Ethereum.CallAsync("eth_getBlockByNumber", "0x0", false).ConfigureAwait(false);
            (world.Genesis, world.Nodes) = RehearsalHomes.Make(folder, world.Ethereum, Hash256.FromBytes(LocalEthereum.Bytes(first.GetProperty("hash"))), world.Claims);
            // The vault is made with the hash of the genesis, in which its address stands already.
            world.Site = await VaultSite.DeployAsync(world.Ethereum, world.Genesis).ConfigureAwait(false);
            foreach (var node in world.Nodes) node.Start();
            await world.UntilAllAnswerAsync().ConfigureAwait(false);
            return world;
        }
        catch (RehearsalFault fault)
        {
            await world.DisposeAsync().ConfigureAwait(false);
            throw new OperatorException($"the validators do not start: {fault.Message}; their logs are below {folder}", fault);
        }
        catch
        {
            await world.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for a fact.</summary>
    /// <exception cref="RehearsalFault">It does not come.</exception>
    public async Task UntilAsync(Func<Task<bool>> fact, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await fact().ConfigureAwait(false)) return;
            }
            catch (RpcException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                // A node that starts, or is busy: asked again.
            }

            if (Stopwatch.GetElapsedTime(started) >= Patience) throw new RehearsalFault($"not within {Patience.TotalSeconds:F0} s: {what}");
            await Task.Delay(Look, Cancelled).ConfigureAwait(false);
        }
    }

    /// <summary>All validators answer and the chain goes on.</summary>
    public async Task UntilAllAnswerAsync()
    {
        foreach (var node in Nodes) await UntilAsync(async () => await node.HeightAsync().ConfigureAwait(false) > 0, $"{node.Name} is in the network").ConfigureAwait(false);
    }

    /// <summary>So many blocks of this chain.</summary>
    public async Task BlocksAsync(ulong count)
    {
        var until = (await Nodes[0].HeightAsync().ConfigureAwait(false) ?? 0) + count;
        await UntilAsync(async () => await Nodes[0].HeightAsync().ConfigureAwait(false) >= until, $"{count} blocks").ConfigureAwait(false);
    }

    /// <summary>Each validator has read all that is final.</summary>
    public async Task UntilAllHaveReadAsync(params RehearsalNode[] except)
    {
        var final = (ulong)LocalEthereum.Number((await Ethereum.CallAsync("eth_getBlockByNumber", "finalized", false).ConfigureAwait(false)).GetProperty("number"));
        foreach (var node in Nodes.Except(except))
            await UntilAsync(async () => (await node.StatusAsync().ConfigureAwait(false)).Watch.Scanned >= final, $"{node.Name} has read Ethereum up to {final}").ConfigureAwait(false);
    }

    /// <summary>Waits until every node has a lock as the state wanted.</summary>
    public async Task UntilDepositAsync(ulong nonce, string state = "Credited")
    {
        foreach (var node in Nodes)
            await UntilAsync(async () => (await node.Bridge.DepositAsync(nonce, Cancelled).ConfigureAwait(false)).State == state, $"{node.Name} has lock {nonce} as {state}").ConfigureAwait(false);
    }

    /// <summary>Locks so many NTK for an account, makes that final, and waits until every node has credited it; the nonce.</summary>
    public async Task<ulong> CreditAsync(ulong ntk, Address to)
    {
        var nonce = await Site.LockAsync(Amount.FromNtk(ntk), BridgeContracts.RecipientOf(to)).ConfigureAwait(false);
        await Site.FinalizeAsync().ConfigureAwait(false);
        await UntilDepositAsync(nonce).ConfigureAwait(false);
        return nonce;
    }

    /// <summary>The account, with at least so many NTK.</summary>
    public async Task<PrivateKey> FundedAsync(ulong ntk)
    {
        if (await Nodes[0].BalanceAsync(Account.Address).ConfigureAwait(false) < Amount.FromNtk(ntk)) await CreditAsync(ntk + 1_000, Account.Address).ConfigureAwait(false);
        return Account;
    }

    /// <summary>What all nodes have for an account; they must agree.</summary>
    public async Task<Amount> BalanceAsync(Address account)
    {
        var first = await Nodes[0].BalanceAsync(account).ConfigureAwait(false);
        foreach (var node in Nodes.Skip(1))
            await UntilAsync(async () => await node.BalanceAsync(account).ConfigureAwait(false) == first, $"{node.Name} has {first} NTK for {account} as {Nodes[0].Name} has").ConfigureAwait(false);
        return first;
    }

    /// <summary>Sends a message that pays, and waits for its block.</summary>
    /// <exception cref="RehearsalFault">The chain refused it; the message has its name for it.</exception>
    public async Task<(TransactionHash Hash, ulong Height)> PayAsync(PrivateKey signer, Action<TransactionBody> fill)
    {
        var client = Nodes[0].Client;
        var hash = await client.SubmitAsync(await client.SignAsync(signer, null, fill, Cancelled).ConfigureAwait(false), Cancelled).ConfigureAwait(false);
        var placed = await client.WaitAsync(hash, Patience, Cancelled).ConfigureAwait(false);
        if (placed.Code != 0) throw new RehearsalFault($"refused in block {placed.Height}: {placed.Reason}");
        return (hash, placed.Height);
    }

    /// <summary>Burns NTK for somebody on Ethereum; the burn's id.</summary>
    public async Task<Hash256> WithdrawAsync(PrivateKey from, Amount amount, Address to)
    {
        var (hash, height) = await PayAsync(from, body => body.BridgeWithdraw = new BridgeWithdraw { To = to.ToByteString(), Amount = amount.ToByteString() }).ConfigureAwait(false);
        return BridgeLeaf.BurnId(Genesis.Hash, new Height(height), hash, 0);
    }

    /// <summary>The name by which a withdrawal is refused.</summary>
    /// <exception cref="RehearsalFault">It was taken.</exception>
    public async Task<string> WithdrawalRefusalAsync(PrivateKey from, Amount amount, Address to)
    {
        try
        {
            await WithdrawAsync(from, amount, to).ConfigureAwait(false);
        }
        catch (RpcException refused)
        {
            return refused.Status.Message;
        }
        catch (RehearsalFault refused)
        {
            return refused.Message;
        }

        throw new RehearsalFault($"a withdrawal of {amount} NTK was taken");
    }

    /// <summary>The call that pays a withdrawal, as soon as it is certified.</summary>
    public async Task<byte[]> ReleaseCallAsync(Hash256 burnId)
    {
        var call = Array.Empty<byte>();
        await UntilAsync(
            async () =>
            {
                call = (await Nodes[0].Bridge.CallOfReleaseAsync(burnId, Cancelled).ConfigureAwait(false)).Calldata.ToByteArray();
                return true;
            },
            $"{burnId} is certified").ConfigureAwait(false);
        return call;
    }

    /// <summary>The chain has heard that a withdrawal was paid.</summary>
    public Task UntilSettledAsync(Hash256 burnId) =>
        UntilAsync(async () => await Nodes[0].Bridge.WithdrawalAsync(burnId, Cancelled).ConfigureAwait(false) is null, $"the chain knows the end of {burnId}");

    /// <summary>The first validator proposes, the others say yes until it is decided.</summary>
    public async Task VoteAsync(GovernanceAction action)
    {
        var (first, validators) = (Nodes[0], new ValidatorClient(Nodes[0].Client));
        var sequence = (await validators.ValidatorAsync(first.Validator, Cancelled).ConfigureAwait(false)).Sequence;
        await first.OperateAsync(body => body.GovernanceProposal = new GovernanceProposal { Sequence = sequence, Action = action, Reason = "a rehearsal" }).ConfigureAwait(false);
        var id = (await validators.ProposalsAsync(Cancelled).ConfigureAwait(false)).Proposals.Max(proposal => proposal.Id);
        foreach (var node in Nodes.Skip(1).Take(2))
        {
            await UntilAsync(
                async () => (await new ValidatorClient(node.Client).ProposalsAsync(Cancelled).ConfigureAwait(false)).Proposals.Any(proposal => proposal.Id == id), $"{node.Name} knows the proposal").ConfigureAwait(false);
            await node.OperateAsync(body => body.GovernanceVote = new GovernanceVote { Proposal = id, Approve = true }).ConfigureAwait(false);
        }
    }

    /// <summary>A fresh key on Ethereum in a key file, with ether for gas.</summary>
    public async Task<(Address Address, string File)> RelayerKeyAsync(ulong ether = 10)
    {
        var (key, file) = (PrivateKey.Generate(), Path.Combine(_folder, $"relayer{_keys++}", "key.json"));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        KeystoreFile.Save(file, key, "rehearsal", ScryptCost.Light);
        await FundAsync(key.Address, ether).ConfigureAwait(false);
        return (key.Address, file);
    }

    public Task FundAsync(Address account, ulong ether) => Ethereum.CallAsync("anvil_setBalance", account.ToString(), new UInt256(ether * Amount.UnitsPerNtk).ToString());

    /// <summary>Runs "bridge relay --once" as a process of its own, while Ethereum mines a block a second; its exit code, and what it printed.</summary>
    public async Task<(int Code, string Output)> RelayAsync(string keyFile, params string[] more)
    {
        var folder = Path.GetDirectoryName(keyFile)!;
        var (password, log) = (Path.Combine(folder, "password"), Path.Combine(folder, $"relay{_keys++}.log"));
        await File.WriteAllTextAsync(password, "rehearsal\n", Cancelled).ConfigureAwait(false);
        await Ethereum.CallAsync("evm_setIntervalMining", 1).ConfigureAwait(false);
        try
        {
            string[] words = ["bridge", "relay", "--once", "--key", keyFile, "--password-file", password, "--ethereum", Ethereum.Endpoint.ToString(), "--node", Nodes[0].Options.Api, "--poll", "1", "--confirmations", "1", .. more];
            int code;
            using (var relay = TestnetProcess.Start("relay", log, words)) code = await relay.EndAsync(Cancelled).ConfigureAwait(false);
            return (code, await File.ReadAllTextAsync(log, Cancelled).ConfigureAwait(false));
        }
        finally
        {
            await Ethereum.CallAsync("evm_setIntervalMining", 0).ConfigureAwait(false);
            await Ethereum.CallAsync("evm_setAutomine", true).ConfigureAwait(false);
        }
    }

    /// <summary>Another Ethereum with the same genesis, token and vault, for lies that are whole.</summary>
    public async Task<VaultSite> OtherEthereumAsync()
    {
        var other = await LocalEthereum.StartAsync(Cancelled, GenesisSeconds, Anvil).ConfigureAwait(false);
        _others.Add(other);
        return await VaultSite.DeployAsync(other, Genesis).ConfigureAwait(false);
    }

    /// <summary>All endpoints of all validators tell the truth.</summary>
    public void TellTheTruth()
    {
        foreach (var proxy in Nodes.SelectMany(node => node.Proxies))
        {
            proxy.Lie = (_, _, result) => result;
            (proxy.Manner, proxy.Target) = (ProxyManner.Answer, Ethereum.Endpoint);
        }
    }

    /// <summary>All nodes have one state at one height; which.</summary>
    public async Task<string> AgreeAsync()
    {
        var height = Nodes.Length == 0 ? 0 : (await Task.WhenAll(Nodes.Select(node => node.HeightAsync())).ConfigureAwait(false)).Max() ?? 0;
        var roots = new HashSet<string>();
        foreach (var node in Nodes)
        {
            V1.Block? block = null;
            await UntilAsync(
                async () => (block = await node.Client.BlockAsync(new GetBlockRequest { Height = height, LeaveOut = new BlockParts { Raw = true } }, Cancelled).ConfigureAwait(false)) is not null, $"{node.Name} has block {height}").ConfigureAwait(false);
            roots.Add(Hex.Encode(block!.StateRoot.Span));
        }

        RehearsalFault.Unless(roots.Count == 1, $"{roots.Count} state roots at height {height}");
        return string.Create(CultureInfo.InvariantCulture, $"one state on all four at height {height}");
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask())).ConfigureAwait(false);
        foreach (var other in _others) await other.DisposeAsync().ConfigureAwait(false);
        await Ethereum.DisposeAsync().ConfigureAwait(false);
    }
}
