using System.Text.Json;
using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>
/// A wallet in the browser that says yes to everything, unless the test wants otherwise, and passes all else on to a real node: EIP-1193, announced by EIP-6963.
/// </summary>
internal sealed class ScriptedWallet(LocalEthereum ethereum, Address account) : IDisposable
{
    private const string Script = """
        (() => {
          const waiting = new Map();
          const listeners = {};
          let last = 0;
          const provider = {
            request: ({ method, params }) => new Promise((resolve, reject) => {
              waiting.set(++last, { resolve, reject });
              window.walletRequest(JSON.stringify({ id: last, method, params: params ?? [] }));
            }),
            on: (event, listener) => (listeners[event] ??= []).push(listener),
          };
          window.walletAnswer = (id, error, result) => {
            const { resolve, reject } = waiting.get(id);
            waiting.delete(id);
            if (error) reject(Object.assign(new Error(error.message), error)); else resolve(result);
          };
          window.walletEmit = (event, value) => (listeners[event] ?? []).forEach((listener) => listener(value));
          const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', {
            detail: Object.freeze({ info: { uuid: '1', name: 'Scripted', rdns: 'test.scripted', icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>' }, provider }),
          }));
          window.addEventListener('eip6963:requestProvider', announce);
        })();
        """;

    private readonly List<string> _sent = [];
    // The browser asks from a thread that belongs to no test.
    private readonly LocalRpc _rpc = new(ethereum.Endpoint);
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;
    private Tab _tab = null!;

    public Address Account { get; private set; } = account;

    /// <summary>Another than the node's means that the wallet is on another network.</summary>
    public ulong ChainId { get; set; } = ethereum.ChainId;

    /// <summary>So many of the next transactions are declined by the user.</summary>
    public int Declines { get; set; }

    /// <summary>Whether the next connection is declined.</summary>
    public bool DeclinesConnection { get; set; }

    /// <summary>Names of the contract's functions that were sent, by their selectors.</summary>
    public IReadOnlyList<string> Sent
    {
        get { lock (_sent) return [.. _sent]; }
    }

    /// <summary>Every method that the page asked for.</summary>
    public HashSet<string> Methods { get; } = [];

    public async Task InstallAsync(Tab tab)
    {
        _tab = tab;
        await tab.BindAsync("walletRequest", AnswerAsync);
        await tab.InjectAsync(Script);
    }

    /// <summary>The user chooses another account in the wallet.</summary>
    public Task UseAsync(Address other)
    {
        Account = other;
        return _tab.EvaluateAsync($"walletEmit('accountsChanged', ['{other}'])");
    }

    public void Dispose() => _rpc.Dispose();

    private async Task AnswerAsync(string payload)
    {
        var request = JsonSerializer.Deserialize<JsonElement>(payload);
        var id = request.GetProperty("id").GetInt32();
        try
        {
            var result = await ResultAsync(request.GetProperty("method").GetString()!, request.GetProperty("params"));
            await _tab.EvaluateAsync($"walletAnswer({id}, null, {JsonSerializer.Serialize(result)})");
        }
        catch (WalletRefusal refusal)
        {
            await FailAsync(id, new { code = refusal.Code, message = refusal.Message });
        }
        catch (RpcRefusedException refused)
        {
            // As wallets wrap it: the node's words, its data one level down.
            await FailAsync(id, new { code = -32603, message = "Internal JSON-RPC error.", data = new { code = refused.Code, message = refused.Message, data = Hex.Encode(refused.RevertData) } });
        }
    }

    private Task FailAsync(int id, object error) => _tab.EvaluateAsync($"walletAnswer({id}, {JsonSerializer.Serialize(error)})");

    private async Task<object?> ResultAsync(string method, JsonElement parameters)
    {
        lock (Methods) Methods.Add(method);
        switch (method)
        {
            case "eth_requestAccounts" when DeclinesConnection:
                DeclinesConnection = false;
                throw new WalletRefusal(4001, "User rejected the request.");
            case "eth_requestAccounts" or "eth_accounts":
                return new[] { Account.ToString().ToLowerInvariant() };
            case "eth_chainId":
                return $"0x{ChainId:x}";
            case "wallet_switchEthereumChain":
                ChainId = Convert.ToUInt64(parameters[0].GetProperty("chainId").GetString()![2..], 16);
                await _tab.EvaluateAsync($"walletEmit('chainChanged', '0x{ChainId:x}')");
                return null;
            case "eth_sendTransaction":
                if (Declines > 0)
                {
                    Declines--;
                    throw new WalletRefusal(4001, "MetaMask Tx Signature: User denied transaction signature.");
                }

                lock (_sent) _sent.Add(NameOf(parameters[0].GetProperty("data").GetString()!));
                return await PassAsync(method, parameters);
            case "eth_signTypedData_v4":
                if (Declines > 0)
                {
                    Declines--;
                    throw new WalletRefusal(4001, "User rejected the request.");
                }

                // Pages give it as text, the node takes it as an object.
                return await _rpc.CallAsync(method, _stop, parameters[0], JsonSerializer.Deserialize<JsonElement>(parameters[1].GetString()!));
            default:
                return await PassAsync(method, parameters);
        }
    }

    private async Task<object?> PassAsync(string method, JsonElement parameters) =>
        await _rpc.CallAsync(method, _stop, [.. parameters.EnumerateArray().Cast<object?>()]);

    private static string NameOf(string data)
    {
        var selector = Convert.FromHexString(data.AsSpan(2, 8));
        return new[] { "NtkVault", "test/MockNtk", "DepositFactory", "Deposit" }.SelectMany(name => ContractArtifact.Load(name).Functions)
            .FirstOrDefault(function => function.Topic.ToArray().AsSpan(0, 4).SequenceEqual(selector))?.Name ?? Convert.ToHexStringLower(selector);
    }

    private sealed class WalletRefusal(int code, string message) : Exception(message)
    {
        public int Code => code;
    }
}
