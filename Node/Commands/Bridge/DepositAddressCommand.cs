using System.CommandLine;
using System.Text.Json.Nodes;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain bridge deposit-address: an address on Ethereum that belongs to an account here, for exchanges and hardware wallets, which can do a plain transfer and nothing else.</summary>
internal static class DepositAddressCommand
{
    public static Command Create()
    {
        var command = new Command("deposit-address", "An address on Ethereum for an account here: what is sent to it by a plain transfer, anybody locks with \"flush\"") { Show(), Flush() };
        return command;
    }

    private static Command Show()
    {
        var ethereum = new EthereumUse();
        var (node, factory, to) = (CommonOptions.Node(), Factory(), Account());
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var genesis = BridgeClient.TrustedGenesis();
        var command = new Command("show", "The address, which is known before anything is there") { factory, to, genesis, json, node };
        ethereum.AddEndpointTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            using var http = EthereumEndpoint.CreateClient();
            var vault = await new BridgeClient(client).VaultAsync(parsed.GetValue(genesis), cancellationToken).ConfigureAwait(false);
            var recipient = AddressArgument.Parse(parsed.GetValue(to), "--to");
            var place = new DepositPlace(ethereum.Endpoint(parsed, http), vault, AddressArgument.Parse(parsed.GetValue(factory), "--factory"));
            var address = await place.FindAsync(recipient, cancellationToken).ConfigureAwait(false);
            var isThere = await place.IsDeployedAsync(address, cancellationToken).ConfigureAwait(false);
            var waiting = await place.BalanceAsync(address, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                BridgeText.Print(new JsonObject { ["address"] = address.ToString(), ["recipient"] = recipient.ToString(), ["deployed"] = isThere, ["waiting"] = waiting.ToString() });
                return 0;
            }

            BridgeText.Print("address", $"{address} on Ethereum");
            BridgeText.Print("for", $"{recipient} on this chain");
            BridgeText.Print("there", $"{waiting} NTK{(waiting.IsZero ? "" : ", to be locked by ./neurochain bridge deposit-address flush")}");
            BridgeText.Print("contract", isThere ? "deployed" : "not yet; the first flush deploys it");
            return 0;
        });
        return command;
    }

    private static Command Flush()
    {
        var ethereum = new EthereumUse();
        var (node, factory, to) = (CommonOptions.Node(), Factory(), Account());
        var wait = new Option<int>("--wait") { Description = "Minutes to wait for the credit; 0: return when the lock is in a block", DefaultValueFactory = _ => 60 };
        var command = new Command("flush", "Lock what was sent to the address; anybody may, and pays the gas") { factory, to, wait, node };
        ethereum.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(wait) is < 0 or > 100_000) throw new OperatorException("--wait: a number of minutes from 0 to 100000");
            using var client = new NodeClient(parsed.GetValue(node)!);
            var bridge = new BridgeClient(client);
            var vault = await bridge.VaultAsync(null, cancellationToken).ConfigureAwait(false);
            using var sender = ethereum.Open(parsed, vault.EthereumChainId);
            var recipient = AddressArgument.Parse(parsed.GetValue(to), "--to");
            var at = AddressArgument.Parse(parsed.GetValue(factory), "--factory");
            var place = new DepositPlace(sender.Account.Endpoint, vault, at);
            await sender.FinishOpenAsync(Console.WriteLine, cancellationToken).ConfigureAwait(false);
            var address = await place.FindAsync(recipient, cancellationToken).ConfigureAwait(false);
            if ((await place.BalanceAsync(address, cancellationToken).ConfigureAwait(false)).IsZero) throw new OperatorException($"there is nothing at {address}");
            if (!await place.IsDeployedAsync(address, cancellationToken).ConfigureAwait(false))
                await sender.SendAsync($"deploy {address}", at, BridgeContracts.DeployDeposit(BridgeContracts.RecipientOf(recipient)), Console.WriteLine, cancellationToken).ConfigureAwait(false);
            var flushed = await sender.SendAsync($"flush {address}", address, BridgeContracts.Flush(), Console.WriteLine, cancellationToken).ConfigureAwait(false);
            if (VaultNonce(flushed.Receipt, vault.Vault) is not { } nonce) throw new OperatorException("what was there is locked in another vault: this chain's is retired");
            if (parsed.GetValue(wait) == 0) return 0;
            var state = await CreditWait.RunAsync(bridge, nonce, TimeSpan.FromMinutes(parsed.GetValue(wait)), sender.Poll, Console.WriteLine, cancellationToken).ConfigureAwait(false);
            return state == "Credited" ? 0 : 1;
        });
        return command;
    }

    // The address follows a retired vault to the next one.
    private static ulong? VaultNonce(MinedReceipt receipt, Address vault)
    {
        foreach (var log in receipt.Logs)
            if (log.Address == vault && VaultNotice.TryRead(log, out var notice) && notice is VaultNotice.Locked locked)
                return locked.Nonce;
        return null;
    }

    private static Option<string> Factory() => new("--factory") { Description = "The deposit factory of the vault, as its operators publish it", Required = true };

    private static Option<string> Account() => new("--to") { Description = "Account on this chain", Required = true };
}

/// <summary>The deposit address of an account, by a factory that is checked first: a factory of another vault would take what is sent for good.</summary>
internal sealed class DepositPlace(SendingEndpoint endpoint, GenesisBridge vault, Address factory)
{
    /// <exception cref="OperatorException">The factory is none, or another vault's.</exception>
    public async Task<Address> FindAsync(Address recipient, CancellationToken cancellationToken)
    {
        var implementation = await AddressAsync(factory, BridgeContracts.Implementation(), cancellationToken).ConfigureAwait(false);
        var itsVault = implementation is { } at ? await AddressAsync(at, BridgeContracts.VaultOfDeposit(), cancellationToken).ConfigureAwait(false) : null;
        if (itsVault != vault.Vault) throw new OperatorException($"--factory: {factory} is {(itsVault is { } other ? $"of the vault {other}, this chain's is {vault.Vault}" : "no deposit factory")}");
        return await AddressAsync(factory, BridgeContracts.DepositAddressOf(BridgeContracts.RecipientOf(recipient)), cancellationToken).ConfigureAwait(false)
            ?? throw new OperatorException($"--factory: {factory} names no address");
    }

    /// <summary>A contract that answers what its vault is.</summary>
    public async Task<bool> IsDeployedAsync(Address address, CancellationToken cancellationToken) =>
        await AddressAsync(address, BridgeContracts.VaultOfDeposit(), cancellationToken).ConfigureAwait(false) is not null;

    public async Task<Amount> BalanceAsync(Address address, CancellationToken cancellationToken)
    {
        var word = await WordAsync(vault.Token, BridgeContracts.BalanceOf(address), cancellationToken).ConfigureAwait(false);
        return word is { } balance && balance.TryToUInt128(out var units) ? new Amount(units) : throw new OperatorException($"--ethereum: there is no token at {vault.Token}");
    }

    private async Task<Address?> AddressAsync(Address contract, byte[] call, CancellationToken cancellationToken)
    {
        if (await WordAsync(contract, call, cancellationToken).ConfigureAwait(false) is not { } word) return null;
        var bytes = word.ToHash().ToArray();
        return bytes.AsSpan(0, Hash256.Size - Address.Size).ContainsAnyExcept((byte)0) ? null : Address.FromBytes(bytes.AsSpan(Hash256.Size - Address.Size));
    }

    // Null where nothing is there, or it reverts.
    private async Task<UInt256?> WordAsync(Address contract, byte[] call, CancellationToken cancellationToken)
    {
        var answered = await endpoint.CallAsync(new EthereumCall(Address.Zero, contract, call), cancellationToken).ConfigureAwait(false);
        if (answered.Fault != EndpointFault.None) throw new OperatorException($"--ethereum: no answer: {answered.Fault} {answered.Detail}".TrimEnd());
        return answered.Value!.Reverted is null && UInt256.TryFromBytes(answered.Value.Returned.Span, out var word) ? word : null;
    }
}
