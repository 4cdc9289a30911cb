using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>A chain that nobody has any NTK of until holders claim: four whole nodes, the holders file, the commands of the command line.</summary>
public sealed class ClaimNetworkTests : IDisposable
{
    private const string Password = "claims";

    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-claims-").FullName;

    private readonly PrivateKey[] _keys = [.. Enumerable.Range(0, 9).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i, 33])))];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task HoldersMakeAChainsMoneyByTheirClaimsAndAllNodesAgree()
    {
        var holders = Holders();
        var file = Path.Combine(_folder, "holders.txt");
        await File.WriteAllBytesAsync(file, holders.Encode(), Cancelled);
        await using var network = await RunningNetwork.StartAsync(4, others: 0, allows: _ => true, genesis => genesis with
        {
            SupplyMode = GenesisDocument.ClaimedSupply,
            Claims = holders.ToGenesis(GenesisClaims.ClosingHeightMin),
        });
        await RunningNetwork.EventuallyAsync(() => network.Members.All(member => member.State.Height > new Height(2)), "they begin");
        Assert.Equal(0, await CommandLine.RunAsync(["bridge", "snapshot", "check", file, "--genesis", network.Members[0].Home.GenesisFile]));

        // By a key file, at whatever node: the sender of the envelope is nobody.
        var recipient = _keys[8].Address;
        for (var i = 0; i < 3; i++)
        {
            var (key, password) = (Path.Combine(_folder, $"holder{i}.json"), Path.Combine(_folder, "password"));
            await File.WriteAllTextAsync(password, Password, Cancelled);
            KeystoreFile.Save(key, _keys[i], Password, ScryptCost.Light);
            Assert.Equal(0, await Claim(network, i, file, recipient, "--key", key, "--password-file", password));
            Assert.Equal(1, await Claim(network, i, file, recipient, "--key", key, "--password-file", password)); // ClaimUsed
        }

        // By a wallet elsewhere, which gives 27 or 28.
        foreach (var (i, form) in new[] { (3, ClaimForm.Typed), (4, ClaimForm.Text) })
        {
            const ulong Until = 4_000_000_000;
            var claim = new SnapshotClaim(network.Members[0].State.GenesisHash, 1, _keys[i].Address, AmountOf(i), recipient, Until);
            var signed = _keys[i].Sign(claim.Digest(form)).Bytes.ToArray();
            signed[^1] += 27;
            string[] options = ["--holder", _keys[i].Address.ToString(), "--valid-until", $"{Until}", "--signature", Hex.Encode(signed)];
            Assert.Equal(2, await Claim(network, i, file, _keys[7].Address, options)); // not what was signed
            Assert.Equal(0, await Claim(network, i, file, recipient, "--holder", _keys[i].Address.ToString(), "--valid-until", $"{Until}", "--print", form == ClaimForm.Typed ? "typed" : "text"));
            Assert.Equal(0, await Claim(network, i, file, recipient, options));
        }

        Assert.Equal(2, await Claim(network, 0, file, recipient, "--holder", _keys[6].Address.ToString(), "--print", "typed")); // left out of the snapshot
        Assert.Equal(0, await CommandLine.RunAsync(["bridge", "claims", "--node", network.Members[0].Api]));

        var claimed = Enumerable.Range(0, 5).Aggregate(Amount.Zero, (sum, i) => sum + AmountOf(i));
        var height = network.Members.Max(member => member.State.Height).Plus(2);
        await RunningNetwork.EventuallyAsync(() => network.Members.All(member => member.State.Height >= height), "all have the claims");
        using var client = new NodeClient(network.Members[1].Api);
        var status = await new ClaimsClient(client.Channel).AllAsync(Cancelled);
        Assert.Equal((claimed.ToByteString(), 5UL, false), (status.Claimed, status.Leaves, status.FromPot));
        var one = await new ClaimsClient(client.Channel).OneAsync(_keys[3].Address, Cancelled);
        Assert.Equal((true, recipient.ToByteString()), (one.Claimed, one.Recipient));
        Assert.False((await new ClaimsClient(client.Channel).OneAsync(_keys[5].Address, Cancelled)).Claimed);

        // Empty blocks change little; what was claimed is there, and no more.
        foreach (var state in network.Members.Select(member => member.State))
        {
            Assert.Null(SupplyModule.Audit(state));
            var supply = SupplyRecord.Get(state);
            Assert.Equal((claimed, claimed, claimed), (supply.Credited, supply.Held, AccountsModule.Get(state, recipient).Balance));
        }

        await SameRootsAsync(network);
    }

    private Task<int> Claim(RunningNetwork network, int number, string file, Address recipient, params string[] options) =>
        CommandLine.RunAsync(["bridge", "claim", "--holders", file, "--recipient", recipient.ToString(), "--node", network.Members[number % 4].Api, .. options]);

    // The header after a block has the state root after it: so the same block is the same state.
    private static async Task SameRootsAsync(RunningNetwork network)
    {
        var height = network.Members.Min(member => member.State.Height).Value;
        var hashes = new HashSet<string>();
        foreach (var member in network.Members)
        {
            using var client = new NodeClient(member.Api);
            hashes.Add(Hex.Encode((await client.BlockAsync(new V1.GetBlockRequest { Height = height }, Cancelled)).Hash.Span));
        }

        Assert.Single(hashes);
    }

    private static Amount AmountOf(int holder) => Amount.FromNtk(100 + (ulong)holder);

    private HoldersFile Holders() => new(
        1,
        Address.FromBytes(Hash256.Sha256("token"u8).ToArray().AsSpan(12)),
        5,
        new EthereumBlockId(900, Hash256.Sha256("block"u8)),
        [new Exclusion(_keys[6].Address, Amount.FromNtk(7), "an exchange")],
        [.. Enumerable.Range(0, 6).Select(i => new Holding(_keys[i].Address, AmountOf(i))).OrderBy(holding => holding.Holder)]);
}
