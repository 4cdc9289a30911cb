using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>What holders of NTK and relayers do: locks, burns, releases, claims. Each says what it did.</summary>
internal sealed class HolderSteps(BridgeRun run)
{
    private const ulong Far = 4_000_000_000;

    public Task<string> LockAsync(SeededStream stream) => LockAsync("lock", AnyAmount(stream, 900), Words.Of(AnyAccount(stream).Address));

    /// <summary>More than the chain credits at once.</summary>
    public Task<string> LockMuchAsync(SeededStream stream) => LockAsync("lock above the limit", Amount.FromNtk(3_001) + AnyAmount(stream, 500), Words.Of(AnyAccount(stream).Address));

    public Task<string> LockForNobodyAsync(SeededStream stream) => LockAsync("lock for nobody", AnyAmount(stream, 200), stream.NextHash());

    public Task<string> LockForLearningAsync(SeededStream stream) => LockAsync("lock for learning", AnyAmount(stream, 200), Keccak256.Hash("NeuroChain learning reserve v1"u8));

    public Task<string> LockForClaimsAsync(SeededStream stream) => LockAsync("lock for claims", AnyAmount(stream, 250), Keccak256.Hash("NeuroChain claims pot v1"u8));

    /// <summary>A plain transfer to the vault, which nobody is credited for.</summary>
    public async Task<string> MissendAsync(SeededStream stream)
    {
        var amount = AnyAmount(stream, 30);
        await run.World.Token.SendAsync(run.World.Holder, "transfer", AbiValue.Address(run.World.Vault.Address), AbiValue.Amount(amount));
        run.Count("mis-sent");
        return $"{amount} NTK mis-sent to the vault";
    }

    /// <summary>NTK end on Ethereum, as the real token's burn has it: without a transfer.</summary>
    public async Task<string> BurnThereAsync(SeededStream stream)
    {
        var amount = AnyAmount(stream, 30);
        await run.World.Token.SendAsync(run.World.Holder, "burn", AbiValue.Amount(amount));
        run.Count("burned on Ethereum");
        return $"{amount} NTK burned on Ethereum";
    }

    public Task<string> BurnAsync(SeededStream stream) => BurnAsync(stream, 390);

    /// <summary>So much that it is held for a veto, where an account has it.</summary>
    public Task<string> BurnMuchAsync(SeededStream stream) => BurnAsync(stream, 1_400);

    /// <summary>Pays a certified withdrawal, and tries to pay it again.</summary>
    public async Task<string> ReleaseAsync(SeededStream stream)
    {
        var certified = Certified();
        if (certified.Count == 0) return "nothing is certified";
        return await ReleaseAsync(certified[(int)stream.NextBelow((ulong)certified.Count)]);
    }

    public async Task<string> ReleaseAsync(Hash256 burnId)
    {
        if (await run.VaultCallAsync(new GetVaultCallRequest { BurnId = burnId.ToByteString() }) is not { } call) return $"{burnId} cannot be brought yet";
        var refusal = await run.SendAsync(run.World.Stranger, call);
        if (refusal != KnownErrors.None) return $"release of {burnId} refused: {refusal}";
        Assert.Equal("AlreadyReleased", await run.World.Vault.RefusalAsync(run.World.Receiver, call));
        run.Count("released");
        return $"released {burnId}";
    }

    /// <summary>Burn ids that the vault would pay and has not paid.</summary>
    public List<Hash256> Certified() =>
        [.. run.Expected.Burns.Values.Where(burn => burn.End == BurnEnd.Open && run.Ethereum.Releases.All(release => release.BurnId != burn.BurnId) && WithdrawalRecord.Get(run.State, burn.BurnId) is { State: WithdrawalState.Certified }).Select(burn => burn.BurnId)];

    /// <summary>A holder claims, and tries to claim again; where the pot does not reach, it is refused.</summary>
    public async Task<string> ClaimAsync(SeededStream stream)
    {
        var open = run.Holders.Where(holder => !run.Expected.Claimants.Contains(holder.Address)).ToList();
        if (open.Count == 0) return "all have claimed";
        var holder = open[(int)stream.NextBelow((ulong)open.Count)];
        var (amount, form) = (run.Snapshot.AmountOf(holder.Address)!.Value, stream.NextChance(1, 2) ? ClaimForm.Typed : ClaimForm.Text);
        var claim = Claim(holder, amount, AnyAccount(stream).Address, form);
        if (ClaimsStatus.Get(run.State)!.Value.Pot < amount)
        {
            Assert.Equal(MempoolRejection.ClaimRefused, await run.World.Speaker.SubmitAsync(claim));
            run.Count("claim refused");
            return $"claim of {amount} refused: the pot has less";
        }

        Assert.Equal(MempoolRejection.None, await run.World.Speaker.SubmitAsync(claim));
        await run.PlacedAsync(claim);
        Assert.Equal(MempoolRejection.ClaimRefused, await run.World.Speaker.SubmitAsync(Claim(holder, amount, AnyAccount(stream).Address, form)));
        run.Count("claimed");
        return $"{holder.Address} claimed {amount}";
    }

    private async Task<string> LockAsync(string kind, Amount amount, Hash256 recipient)
    {
        var refusal = await run.SendAsync(run.World.Holder, VaultCalls.Lock(amount, recipient));
        if (refusal != KnownErrors.None) return $"{kind} refused: {refusal}";
        run.Count(kind);
        return $"{kind}: {amount} for {recipient}";
    }

    private async Task<string> BurnAsync(SeededStream stream, ulong most)
    {
        var from = run.Accounts.MaxBy(account => AccountsModule.Get(run.State, account.Address).Balance.Units)!;
        var whole = (ulong)(AccountsModule.Get(run.State, from.Address).Balance.Units / Amount.UnitsPerNtk);
        if (whole < 10) return "nobody has NTK";
        var amount = most > 400 && whole > 410 ? Amount.FromNtk(401 + stream.NextBelow(Math.Min(most, whole - 5) - 401)) : AnyAmount(stream, Math.Min(most, whole - 5));
        var burn = run.World.Paid(from, body => body.BridgeWithdraw = new BridgeWithdraw { To = AnyReceiver(stream).ToByteString(), Amount = amount.ToByteString() });
        Assert.Equal(MempoolRejection.None, await run.World.Speaker.SubmitAsync(burn));
        var receipt = await run.PlacedAsync(burn);
        if (!receipt.IsSuccess) return $"burn of {amount} refused: {(TransactionRejection)receipt.Code}";
        run.Count("burned");
        return $"burned {amount}";
    }

    private Transaction Claim(PrivateKey holder, Amount amount, Address recipient, ClaimForm form)
    {
        var said = new SnapshotClaim(run.State.GenesisHash, run.Snapshot.EthereumChainId, holder.Address, amount, recipient, Far);
        var message = new ClaimSnapshot
        {
            Chain = said.Chain.Value.ToByteString(),
            EthereumChainId = said.EthereumChainId,
            Holder = said.Holder.ToByteString(),
            Amount = amount.ToByteString(),
            Recipient = recipient.ToByteString(),
            ValidUntil = Far,
            Form = (uint)form,
            Signature = ByteString.CopyFrom(holder.Sign(said.Digest(form)).Bytes[..EcdsaSignature.Size]),
        };
        message.Path.AddRange(run.Snapshot.Tree.Prove(holder.Address, amount)!.Value.Select(node => node.ToByteString()));
        // Whoever sends it is nobody.
        return Transaction.Sign(new TransactionBody { Genesis = run.State.GenesisHash.Value.ToByteString(), ClaimSnapshot = message }, PrivateKey.Generate());
    }

    private PrivateKey AnyAccount(SeededStream stream) => run.Accounts[(int)stream.NextBelow((ulong)run.Accounts.Length)];

    private Address AnyReceiver(SeededStream stream) => stream.NextChance(1, 2) ? run.World.Receiver : Words.Address(stream.NextHash());

    // Whole ones, and parts down to the last unit.
    private static Amount AnyAmount(SeededStream stream, ulong ntkMost) => Amount.FromNtk(1 + stream.NextBelow(ntkMost)) + new Amount(stream.NextChance(1, 3) ? stream.NextBelow((ulong)Amount.UnitsPerNtk) : 0);
}
