using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>An anvil that this process runs, and what is asked of it. Its ten accounts are unlocked.</summary>
internal sealed class LocalEthereum : IAsyncDisposable
{
    /// <summary>Time of the first block; fixed, so that calldata and its gas repeat.</summary>
    public const ulong GenesisSeconds = 1_900_000_000;

    /// <summary>Blocks from the newest to the final one.</summary>
    public const int FinalityBlocks = 8;

    // Enough for the largest deployment. Given, so that nothing is estimated: a transaction that reverts is mined too.
    private const ulong Gas = 12_000_000;

    private readonly AnvilProcess _anvil;
    private readonly LocalRpc _rpc;

    private LocalEthereum(AnvilProcess anvil, CancellationToken cancellation) => (_anvil, _rpc, Cancelled) = (anvil, new LocalRpc(anvil.Endpoint), cancellation);

    public Uri Endpoint => _anvil.Endpoint;

    public ulong ChainId { get; private set; }

    public ImmutableArray<Address> Accounts { get; private set; }

    /// <summary>Ends whatever is asked of it.</summary>
    public CancellationToken Cancelled { get; }

    /// <param name="cancellation">Ends whatever is asked of it.</param>
    /// <param name="genesisSeconds">Time of the first block; null for now, where a chain beside it has the real time.</param>
    /// <param name="anvil">The program; null for the one that ./setup.sh installs.</param>
    /// <exception cref="OperatorException">anvil is missing, or does not start.</exception>
    public static async Task<LocalEthereum> StartAsync(CancellationToken cancellation, ulong? genesisSeconds = GenesisSeconds, string? anvil = null)
    {
        var options = new AnvilOptions { GenesisSeconds = genesisSeconds, Program = anvil };
        var ethereum = new LocalEthereum(await AnvilProcess.StartAsync(options, cancellation), cancellation);
        ethereum.ChainId = (ulong)Number(await ethereum.CallAsync("eth_chainId"));
        ethereum.Accounts = [.. (await ethereum.CallAsync("eth_accounts")).EnumerateArray().Select(AddressOf)];
        return ethereum;
    }

    public Task<JsonElement> CallAsync(string method, params object?[] parameters) => _rpc.CallAsync(method, Cancelled, parameters);

    /// <summary>What a call gives, without a transaction.</summary>
    public async Task<byte[]> ReadAsync(Address from, Address? to, byte[] data) => Bytes(await CallAsync("eth_call", Request(from, to, data), "latest"));

    /// <summary>What a call reverts with: the data, empty for a revert without any. Null where it succeeds.</summary>
    public async Task<byte[]?> RefusalAsync(Address from, Address? to, byte[] data)
    {
        try
        {
            await ReadAsync(from, to, data);
            return null;
        }
        catch (RpcRefusedException refused)
        {
            return refused.RevertData;
        }
    }

    /// <summary>A transaction, mined; it may have failed.</summary>
    public async Task<LocalReceipt> TrySendAsync(Address from, Address? to, byte[] data)
    {
        var hash = (await CallAsync("eth_sendTransaction", Request(from, to, data))).GetString();
        while (true)
        {
            var receipt = await CallAsync("eth_getTransactionReceipt", hash);
            if (receipt.ValueKind != JsonValueKind.Null) return LocalReceipt.Read(receipt);
            await Task.Delay(1, Cancelled); // it is mined just after the call returns
        }
    }

    /// <exception cref="InvalidOperationException">It reverted; the message has the name of the error.</exception>
    public async Task<LocalReceipt> SendAsync(Address from, Address? to, byte[] data)
    {
        var receipt = await TrySendAsync(from, to, data);
        if (!receipt.Succeeded) throw new InvalidOperationException($"reverted: {KnownErrors.NameOf(await RefusalAsync(from, to, data))}");
        return receipt;
    }

    public async Task<Hash256> SlotAsync(Address contract, Hash256 slot) =>
        Hash256.FromBytes(Bytes(await CallAsync("eth_getStorageAt", contract.ToString(), slot.ToString(), "latest")));

    public async Task<ImmutableArray<LocalLog>> LogsAsync(Address contract, ulong fromBlock)
    {
        var filter = new { address = contract.ToString(), fromBlock = Quantity(fromBlock), toBlock = "latest" };
        return [.. (await CallAsync("eth_getLogs", filter)).EnumerateArray().Select(LocalLog.Read)];
    }

    public async Task<ulong> HeightAsync() => (ulong)Number(await CallAsync("eth_blockNumber"));

    /// <summary>Seconds of the newest block.</summary>
    public async Task<ulong> TimeAsync() => (ulong)Number((await CallAsync("eth_getBlockByNumber", "latest", false)).GetProperty("timestamp"));

    /// <summary>A block at that second.</summary>
    public async Task WarpToAsync(ulong seconds)
    {
        await CallAsync("evm_setNextBlockTimestamp", Quantity(seconds));
        await CallAsync("evm_mine");
    }

    public async Task WarpByAsync(ulong seconds) => await WarpToAsync(await TimeAsync() + seconds);

    /// <summary>The next block, of a transaction, has this time.</summary>
    public Task SetNextTimeAsync(ulong seconds) => CallAsync("evm_setNextBlockTimestamp", Quantity(seconds));

    public async Task<string> SnapshotAsync() => (await CallAsync("evm_snapshot")).GetString()!;

    public async Task RevertAsync(string snapshot)
    {
        if (!(await CallAsync("evm_revert", snapshot)).GetBoolean()) throw new InvalidOperationException("the snapshot is gone");
    }

    public async ValueTask DisposeAsync()
    {
        _rpc.Dispose();
        await _anvil.DisposeAsync();
    }

    internal static UInt128 Number(JsonElement quantity) =>
        UInt128.Parse(quantity.GetString().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    internal static byte[] Bytes(JsonElement data) => Convert.FromHexString(data.GetString().AsSpan(2));

    internal static Address AddressOf(JsonElement data) => Address.FromBytes(Bytes(data));

    private static string Quantity(ulong number) => "0x" + number.ToString("x", CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Request(Address from, Address? to, byte[] data)
    {
        var request = new Dictionary<string, string> { ["from"] = from.ToString(), ["data"] = Hex.Encode(data), ["gas"] = Quantity(Gas) };
        if (to is { } receiver) request["to"] = receiver.ToString();
        return request;
    }
}

internal sealed record LocalReceipt(bool Succeeded, ulong GasUsed, ulong BlockNumber, Address? Created, ImmutableArray<LocalLog> Logs)
{
    public static LocalReceipt Read(JsonElement receipt)
    {
        var created = receipt.GetProperty("contractAddress");
        return new LocalReceipt(
            LocalEthereum.Number(receipt.GetProperty("status")) == 1,
            (ulong)LocalEthereum.Number(receipt.GetProperty("gasUsed")),
            (ulong)LocalEthereum.Number(receipt.GetProperty("blockNumber")),
            created.ValueKind == JsonValueKind.Null ? null : LocalEthereum.AddressOf(created),
            [.. receipt.GetProperty("logs").EnumerateArray().Select(LocalLog.Read)]);
    }
}

internal sealed record LocalLog(Hash256 Transaction, Address Contract, ImmutableArray<Hash256> Topics, byte[] Data)
{
    public static LocalLog Read(JsonElement log) => new(
        Hash256.FromBytes(LocalEthereum.Bytes(log.GetProperty("transactionHash"))),
        LocalEthereum.AddressOf(log.GetProperty("address")),
        [.. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.FromBytes(LocalEthereum.Bytes(topic)))],
        LocalEthereum.Bytes(log.GetProperty("data")));
}
