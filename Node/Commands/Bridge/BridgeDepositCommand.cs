using System.CommandLine;
using System.Text.Json.Nodes;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain bridge deposit: locks NTK in the vault and waits until the chain has credited them.</summary>
internal static class BridgeDepositCommand
{
    public static Command Create()
    {
        var ethereum = new EthereumUse();
        var node = CommonOptions.Node();
        var amount = new Option<string>("--amount") { Description = "NTK", Required = true };
        var to = new Option<string?>("--to") { Description = "Account on this chain; by default that of the key, which has one address on both" };
        var wait = new Option<int>("--wait") { Description = "Minutes to wait for the credit; 0: return when the lock is in a block", DefaultValueFactory = _ => 60 };
        var json = new Option<bool>("--json") { Description = "Print the outcome as JSON; steps go to standard error" };
        var genesis = BridgeClient.TrustedGenesis();
        var command = new Command("deposit", "Bring NTK from Ethereum: approve, lock, wait for the credit") { amount, to, wait, genesis, json, node };
        ethereum.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var sum = BridgeText.NtkIn(parsed.GetValue(amount), "--amount");
            if (parsed.GetValue(wait) is < 0 or > 100_000) throw new OperatorException("--wait: a number of minutes from 0 to 100000");
            using var client = new NodeClient(parsed.GetValue(node)!);
            var bridge = new BridgeClient(client);
            var vault = await bridge.VaultAsync(parsed.GetValue(genesis), cancellationToken).ConfigureAwait(false);
            using var sender = ethereum.Open(parsed, vault.EthereumChainId);
            var recipient = BridgeCommand.Account(parsed.GetValue(to), "--to", sender.Account.Address);
            var isJson = parsed.GetValue(json);
            Action<string> say = isJson ? Console.Error.WriteLine : Console.WriteLine;

            var nonce = await new TokenLock(sender, vault, say).RunAsync(sum, recipient, cancellationToken).ConfigureAwait(false);
            var state = "Locked";
            if (parsed.GetValue(wait) > 0) state = await CreditWait.RunAsync(bridge, nonce, TimeSpan.FromMinutes(parsed.GetValue(wait)), sender.Poll, say, cancellationToken).ConfigureAwait(false);
            if (isJson) BridgeText.Print(new JsonObject { ["nonce"] = nonce, ["amount"] = sum.ToString(), ["recipient"] = recipient.ToString(), ["state"] = state });
            return state is "Locked" or "Credited" ? 0 : 1;
        });
        return command;
    }
}

/// <summary>The two transactions of a lock: the allowance, where there is none yet, and the lock.</summary>
internal sealed class TokenLock(Sender sender, GenesisBridge vault, Action<string> say)
{
    private SendingAccount Account => sender.Account;

    /// <returns>The vault's nonce of the lock.</returns>
    /// <exception cref="OperatorException">It cannot be done; says what to change.</exception>
    public async Task<ulong> RunAsync(Amount amount, Address recipient, CancellationToken cancellationToken)
    {
        var purpose = $"lock {amount} NTK for {recipient}";
        // A call that was broken off is not begun again: its lock may be in a block by now.
        if (await sender.FinishOpenAsync(say, cancellationToken).ConfigureAwait(false) is { } earlier)
        {
            if (earlier.Purpose == purpose && earlier.IsDone) return NonceOf(earlier);
        }

        await RequireAsync(amount, cancellationToken).ConfigureAwait(false);
        if (await ReadAsync(vault.Token, BridgeContracts.Allowance(Account.Address, vault.Vault), "the allowance", cancellationToken).ConfigureAwait(false) < amount.Units)
        {
            say($"1 of 3: let the vault {vault.Vault} take {amount} NTK");
            await sender.SendAsync($"approve {amount} NTK", vault.Token, BridgeContracts.Approve(vault.Vault, amount), say, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            say("1 of 3: the vault may take as much already");
        }

        say($"2 of 3: lock {amount} NTK for {recipient}");
        var locked = await sender.SendAsync(purpose, vault.Vault, BridgeContracts.Lock(amount, BridgeContracts.RecipientOf(recipient)), say, cancellationToken).ConfigureAwait(false);
        return NonceOf(locked);
    }

    // What would revert is said in words, before any gas is paid.
    private async Task RequireAsync(Amount amount, CancellationToken cancellationToken)
    {
        const ulong LocksPaused = 1, Forked = 4, Retiring = 8, Retired = 16;
        var flags = (ulong)await ReadAsync(vault.Vault, BridgeContracts.Read("flags"), "the vault", cancellationToken).ConfigureAwait(false);
        if ((flags & (Forked | Retired | Retiring)) != 0) throw new OperatorException("the vault takes no locks any more: it is forked, retired or retiring (see ./neurochain bridge status)");
        if ((flags & LocksPaused) != 0) throw new OperatorException("a guardian has stopped locks: try again when the validators have ended the pause");
        var minimum = await ReadAsync(vault.Vault, BridgeContracts.Read("minLock"), "the vault's minimum", cancellationToken).ConfigureAwait(false);
        if (amount.Units < minimum) throw new OperatorException($"--amount: at least {new Amount(minimum)} NTK");
        var balance = await ReadAsync(vault.Token, BridgeContracts.BalanceOf(Account.Address), "the balance", cancellationToken).ConfigureAwait(false);
        if (balance < amount.Units) throw new OperatorException($"--amount: {Account.Address} has {new Amount(balance)} NTK on Ethereum");
    }

    private async Task<UInt128> ReadAsync(Address contract, byte[] call, string what, CancellationToken cancellationToken)
    {
        var answered = await Account.Endpoint.CallAsync(new EthereumCall(Account.Address, contract, call), cancellationToken).ConfigureAwait(false);
        if (answered.Fault != EndpointFault.None) throw new OperatorException($"--ethereum: no answer on {what}: {answered.Fault} {answered.Detail}".TrimEnd());
        if (answered.Value!.Reverted is null && UInt256.TryFromBytes(answered.Value.Returned.Span, out var word)) return word.TryToUInt128(out var number) ? number : UInt128.MaxValue;
        throw new OperatorException($"--ethereum: no contract answers on {what} at {contract}: is the endpoint of chain {vault.EthereumChainId}, and the vault deployed?");
    }

    private ulong NonceOf(SendingReport.Settled settled)
    {
        foreach (var log in settled.Receipt.Logs)
            if (log.Address == vault.Vault && VaultNotice.TryRead(log, out var notice) && notice is VaultNotice.Locked locked)
                return locked.Nonce;
        throw new OperatorException($"the lock in block {settled.Receipt.Block} left no event of the vault: is the endpoint to be believed?");
    }
}

/// <summary>Waits until a lock is credited, and says on the way what it waits for.</summary>
internal static class CreditWait
{
    /// <returns>Credited, Quarantined, or what it is when the time is over.</returns>
    public static async Task<string> RunAsync(BridgeClient bridge, ulong nonce, TimeSpan patience, TimeSpan poll, Action<string> say, CancellationToken cancellationToken)
    {
        say($"3 of 3: lock number {nonce} is to be final on Ethereum (a quarter of an hour there), attested by the validators, and credited");
        var (started, said) = (System.Diagnostics.Stopwatch.GetTimestamp(), "");
        while (true)
        {
            var detail = await BridgeClient.PatientlyAsync(() => bridge.DepositAsync(nonce, cancellationToken), poll, say, cancellationToken).ConfigureAwait(false);
            if (detail.State == "Credited")
            {
                say($"credited by block {detail.Height}");
                return detail.State;
            }

            // The time to go is not what makes it worth a new line.
            var text = $"{detail.State}: {detail.Reason}";
            if (text != said) say(BridgeText.Waiting(said = text, detail.WaitMs));
            if (detail.State == "Quarantined") return detail.State;
            if (System.Diagnostics.Stopwatch.GetElapsedTime(started) >= patience)
            {
                say($"not credited in {BridgeText.Time((ulong)patience.TotalMilliseconds)}; it goes on without this command: ./neurochain bridge status --deposit {nonce}");
                return detail.State;
            }

            await Task.Delay(poll, cancellationToken).ConfigureAwait(false);
        }
    }
}
