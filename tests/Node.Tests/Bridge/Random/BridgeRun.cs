using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>
/// One world in which random things happen: an Ethereum with token and vault, four validators that watch it through endpoints of their own, a snapshot
/// whose claims locks pay for; and the books that are kept beside it.
/// </summary>
internal sealed class BridgeRun : IAsyncDisposable
{
    /// <summary>Beyond all pauses of a run together, since each of them takes a day of Ethereum's clock.</summary>
    private const uint ReleaseSeconds = 20 * 86_400;

    /// <summary>Small enough that locks and burns of a run meet them, and with rates for which nobody waits long.</summary>
    private static readonly Func<BridgeParameters, BridgeParameters> Limits = standard => standard with
    {
        InCapacity = Amount.FromNtk(3_000),
        InPerSecond = Amount.FromNtk(1_000),
        OutCapacity = Amount.FromNtk(1_500),
        OutPerSecond = Amount.FromNtk(200),
        HoldAbove = Amount.FromNtk(400),
        HoldBlocks = 20,
        ReleaseSeconds = ReleaseSeconds,
    };

    private readonly VaultConfig _vault;
    private ulong _final;

    private BridgeRun(BridgedNetwork world, VaultConfig vault, ImmutableArray<PrivateKey> holders, HoldersFile snapshot)
    {
        (World, _vault, Holders, Snapshot) = (world, vault, holders, snapshot);
        var genesis = world.Speaker.State.Genesis;
        Expected = new ExpectedChain(genesis, snapshot.Holders.ToDictionary(holding => holding.Holder, holding => holding.Amount.Units));
        Equations = new SupplyEquations(Expected, genesis.Parameters.Bridge!);
        Faults = new EndpointFaults(world);
    }

    public BridgedNetwork World { get; }

    public EndpointFaults Faults { get; }

    public ExpectedChain Expected { get; }

    public SupplyEquations Equations { get; }

    /// <summary>As it was after the last step.</summary>
    public EthereumBooks Ethereum { get; private set; } = null!;

    /// <summary>On which all agreed after the last step.</summary>
    public LedgerState Agreed { get; private set; } = null!;

    /// <summary>Who hold NTK on this chain.</summary>
    public ImmutableArray<PrivateKey> Accounts { get; } = [.. Enumerable.Range(0, 3).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i, 1])))];

    /// <summary>Who held NTK on Ethereum at the snapshot.</summary>
    public ImmutableArray<PrivateKey> Holders { get; }

    public HoldersFile Snapshot { get; }

    public LedgerState State => World.Speaker.State;

    public BridgeStatus Status => World.Status;

    /// <summary>How often each kind of step did what it is for.</summary>
    public SortedDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    public static async Task<BridgeRun> StartAsync()
    {
        ImmutableArray<PrivateKey> holders = [.. Enumerable.Range(0, 5).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i, 2])))];
        var (snapshot, vault) = ((HoldersFile?)null, (VaultConfig?)null);
        var world = await BridgedNetwork.StartAsync(
            Limits,
            configure: genesis =>
            {
                snapshot = SnapshotOf(genesis.Bridge!, holders);
                var validators = genesis.Parameters.Validators with { RotationBlocks = 0 };
                return genesis with { Claims = snapshot.ToGenesis(GenesisClaims.ClosingHeightMin), Parameters = genesis.Parameters with { Validators = validators } };
            },
            deploy: config => vault = config with { Capacity = Amount.FromNtk(3_000), PerSecond = Amount.FromNtk(20) },
            proxied: true);
        return new BridgeRun(world, vault!, holders, snapshot!);
    }

    public void Count(string kind) => Done[kind] = Done.GetValueOrDefault(kind) + 1;

    /// <summary>All nodes that run agree on a state, and the equations hold in it.</summary>
    /// <exception cref="BrokenEquationException">One does not.</exception>
    public async Task CheckAsync()
    {
        Agreed = await World.AgreeAsync();
        Ethereum = await EthereumBooks.ReadAsync(World, _vault, _final);
        _final = Ethereum.Final;
        Expected.Advance(World.Speaker, Agreed.Height, Ethereum);
        Equations.Check(ChainView.Of(Agreed), Ethereum);
        Faults.Check(BridgeStatus.Get(Agreed));
    }

    /// <summary>Ethereum's node goes back to a snapshot. Validators may have seen what it called final until then.</summary>
    public async Task FallBackAsync(string snapshot)
    {
        _final = Math.Max(_final, await EthereumBooks.FinalAsync(World.Ethereum));
        await World.Ethereum.RevertAsync(snapshot);
    }

    /// <summary>All that happened on Ethereum becomes final, and the chain hears of it.</summary>
    public async Task HearAllAsync()
    {
        await World.FinalizeAsync();
        var nonce = (ulong)await World.Vault.NumberAsync("eventNonce");
        await RunningNetwork.EventuallyAsync(() => World.Running.All(member => BridgeStatus.Get(member.State).Nonce >= nonce), $"the chain hears of event {nonce}");
    }

    /// <summary>Those who run vote for it, and it is carried out.</summary>
    public async Task DecideAsync(GovernanceAction action, Func<bool> isCarriedOut, string what)
    {
        await World.Network.VoteAsync(World.Speaker, action, World.Running);
        await RunningNetwork.EventuallyAsync(isCarriedOut, what);
    }

    /// <summary>Waits until a transaction is in a block, and gives its receipt.</summary>
    public async Task<Receipt> PlacedAsync(Transaction transaction)
    {
        TransactionPlace? place = null;
        await RunningNetwork.EventuallyAsync(() => (place = World.Speaker.PlaceOf(transaction.Hash)) is { } at && State.Height >= at.Height, $"{transaction.Kind} is in a block");
        return World.Speaker.Whole(place!.Value.Height)!.Value.Outcome.Receipts.Single(receipt => receipt.Transaction == transaction.Hash);
    }

    /// <summary>A call of the vault, as a node makes it; null where it cannot be made yet, or there is nothing left to make.</summary>
    public async Task<byte[]?> VaultCallAsync(GetVaultCallRequest request)
    {
        try
        {
            return (await World.AskAsync<GetVaultCallRequest, VaultCall>("GetVaultCall", request)).Calldata.ToByteArray();
        }
        catch (RpcException refused) when (refused.StatusCode is StatusCode.FailedPrecondition or StatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>A transaction to the vault; none where it was done, else the name of the vault's refusal.</summary>
    public async Task<string> SendAsync(Address from, byte[] call)
    {
        var refusal = await World.Vault.RefusalAsync(from, call);
        if (refusal == KnownErrors.None) await World.Vault.SendAsync(from, call);
        return refusal;
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Heal(); // or nodes that are told to stop wait for endpoints
        await World.DisposeAsync();
        Faults.Dispose();
    }

    private static HoldersFile SnapshotOf(GenesisBridge bridge, ImmutableArray<PrivateKey> holders) => new(
        bridge.EthereumChainId,
        bridge.Token,
        1,
        new EthereumBlockId(1, Hash256.Sha256("the snapshot's block"u8)),
        [],
        [.. holders.Select((holder, i) => new Holding(holder.Address, Amount.FromNtk(50 + (10 * (ulong)i)))).OrderBy(holding => holding.Holder)]);
}
