using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.EndToEnd;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>Who is connected to whom follows from the chain and from what nodes tell each other, without a restart.</summary>
public sealed class RunningNetworkTests
{
    [Fact]
    public async Task NodesThatKnowOneOtherComeToKnowAllAndRememberThem()
    {
        await using var network = await RunningNetwork.StartAsync(4, others: 1, allows: _ => true);
        await RunningNetwork.AllConnectedAsync(network.Members);

        // What it heard is on its disk: it needs nobody to introduce it again.
        var observer = network.Members[4];
        await RunningNetwork.EventuallyAsync(() => File.Exists(observer.Home.PeersFile) && new PeerBookFile(observer.Home.PeersFile).Load().Length == 5, "all are in its book");
        await observer.StopAsync();
        await observer.StartAsync(options => options with { Peers = [], Advertise = "localhost:" + options.P2PEndpoint.Port });
        await RunningNetwork.AllConnectedAsync(network.Members);
        // And it is dialled where it says that it is now.
        foreach (var other in network.Members.Take(4))
            await RunningNetwork.EventuallyAsync(() => other.StatusOf(observer)?.Endpoint?.Host == "localhost", $"{other} knows the new word");
    }

    /// <summary>Nobody votes then who could show the others how far the chain is: what each says of itself must be enough.</summary>
    [Fact]
    public async Task ValidatorsThatAllStartAtTheSameMomentGoOn()
    {
        await using var network = await RunningNetwork.StartAsync(4, others: 0, allows: _ => true);
        await RunningNetwork.EventuallyAsync(() => network.Members.All(member => member.State.Height > new Height(3)), "they begin");
        await Task.WhenAll(network.Members.Select(member => member.StopAsync()));
        await Task.WhenAll(network.Members.Select(member => member.StartAsync()));
        var then = network.Members.Max(member => member.State.Height);
        await RunningNetwork.EventuallyAsync(() => network.Members.All(member => member.State.Height > then.Plus(3) && !member.IsSilent), "they go on");
    }

    /// <summary>It would sign anew in the height in progress, whatever it had signed there.</summary>
    [Fact]
    public async Task WhoSignedBlocksAndLostTheMemoryOfItDoesNotStartUnlessToldTo()
    {
        await using var network = await RunningNetwork.StartAsync(4, others: 0, allows: _ => true);
        var forgetful = network.Members[3];
        await RunningNetwork.EventuallyAsync(() => HasSigned(forgetful), "it has signed a block"); // three of four make one without it
        await forgetful.StopAsync();
        Directory.Delete(forgetful.Home.SignerFolder, recursive: true);
        var refused = await Assert.ThrowsAsync<OperatorException>(() => forgetful.StartAsync());
        Assert.Contains($"data/signer, is missing, but {forgetful.Validator} has signed block ", refused.Message, StringComparison.Ordinal);

        using (var old = new FileSigner(forgetful.Key, new DiskFolder(forgetful.Home.SignerFolder)))
            Assert.NotNull(old.TrySign(SignRequest.Of(new Prevote(Height.Genesis, Round.Zero, null, null), network.Members[0].State.GenesisHash), out _));
        refused = await Assert.ThrowsAsync<OperatorException>(() => forgetful.StartAsync());
        Assert.Contains($"data/signer, is an old copy, of height 0, but {forgetful.Validator} has signed block ", refused.Message, StringComparison.Ordinal);

        await VotesAgainWhenToldToAsync(forgetful);
    }

    /// <summary>The same of a signer in a process of its own, which has no blocks by which it could tell.</summary>
    [Fact]
    public async Task WhoseSignerElsewhereLostItsMemoryDoesNotStartUnlessToldTo()
    {
        await using var network = await RunningNetwork.StartAsync(4, others: 0, allows: _ => true);
        var forgetful = network.Members[3];
        await RunningNetwork.EventuallyAsync(() => HasSigned(forgetful), "it has signed a block");
        var home = new NodeHome(Path.Combine(Path.GetDirectoryName(forgetful.Home.Path)!, "signer"));
        var options = new SignerOptions { Listen = $"127.0.0.1:{FreePorts.Take(1)[0]}", GenesisHash = forgetful.State.GenesisHash.Value, Nodes = [forgetful.Node] };
        await forgetful.StopAsync();
        KeystoreFile.Save(home.In(options.Key), forgetful.Key, "correct horse", ScryptCost.Light);
        KeystoreFile.Save(home.In(options.NodeKey), PrivateKey.Generate(), "correct horse", ScryptCost.Light);
        await File.WriteAllTextAsync(home.In(options.PasswordFile!), "correct horse\n", TestContext.Current.CancellationToken);
        await using var signer = await SignerHost.StartAsync(home, options, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<OperatorException>(() => forgetful.StartAsync(Elsewhere));
        Assert.Contains($"data/signer, is missing, but {forgetful.Validator} has signed block ", refused.Message, StringComparison.Ordinal);
        await VotesAgainWhenToldToAsync(forgetful, Elsewhere);
        await forgetful.StopAsync(); // before its signer

        NodeOptions Elsewhere(NodeOptions own) => own with { ValidatorKey = null, Signer = $"{signer.Identity}@127.0.0.1:{signer.Port}" };
    }

    private static async Task VotesAgainWhenToldToAsync(RunningNetwork.Member forgetful, Func<NodeOptions, NodeOptions>? change = null)
    {
        await forgetful.StartAsync(change, mayForget: true);
        var then = forgetful.State.Height;
        await RunningNetwork.EventuallyAsync(() => forgetful.State.Height > then.Plus(3) && !forgetful.IsSilent && HasSigned(forgetful), "it votes again");
        await forgetful.StopAsync();
        await forgetful.StartAsync(change); // it remembers now
    }

    private static bool HasSigned(RunningNetwork.Member member)
    {
        var isMember = member.State.Next.Validators.TryIndexOf(member.Validator, out var index);
        return isMember && member.Whole(member.State.Height)?.Committed.Certificate.Signatures.Any(signature => signature.Index == index) == true;
    }

    [Fact]
    public async Task WhoSaysWhatItDidNotSignIsCutOffForAWhileAndTheOthersGoOn()
    {
        await using var network = await RunningNetwork.StartAsync(4, others: 0, allows: _ => true);
        await RunningNetwork.AllConnectedAsync(network.Members);
        var (liar, victim, others) = (network.Members[3], network.Members[0], network.Members.Take(3).ToList());
        var forged = liar.Key.Sign(Hash256.Sha256([1]));
        // Of the heights to come too: the chain goes on while they are under way.
        for (ulong ahead = 1; ahead <= 4; ahead++)
            for (uint round = 0; round < 3; round++)
                liar.Send(victim, new PeerMessage.VoteMessage(new SignedVote(new Prevote(victim.State.Height.Plus(ahead), new Round(round), null, null), liar.Validator, forged)));

        await RunningNetwork.EventuallyAsync(() => victim.StatusOf(liar) is null or { Connected: false, InboundConnections: 0 }, "the victim cuts it off");
        Assert.All(others.Skip(1), other => Assert.NotNull(other.StatusOf(liar)));
        var then = victim.State.Height;
        await RunningNetwork.EventuallyAsync(() => network.Members.All(member => member.State.Height > then.Plus(5)), "all go on, the liar by way of the others");
        Assert.True(victim.StatusOf(liar) is null or { Connected: false }, "a ban lasts");
    }

    [Fact]
    public async Task AFaultThatWasProvenIsListed()
    {
        await using var network = await RunningNetwork.StartAsync(4, others: 0, allows: _ => true);
        await RunningNetwork.EventuallyAsync(() => network.Members.All(member => member.State.Height > new Height(2)), "they begin");
        var (guilty, reporter) = (network.Members[3], network.Members[0]);
        using var client = new NodeClient(reporter.Api);
        Assert.Empty((await new ValidatorClient(client).FaultsAsync(TestContext.Current.CancellationToken)).Faults);
        var proof = DuplicateVoteProof.Of(Vote(1), Vote(2));
        Assert.Equal(MempoolRejection.None, await reporter.SubmitAsync(body => body.FaultEvidence = new FaultEvidence { Evidence = Google.Protobuf.ByteString.CopyFrom(proof.Encode()) }));
        await RunningNetwork.EventuallyAsync(() => ValidatorRecord.IsJailedAt(reporter.State, guilty.Validator), "it is jailed");

        var fault = Assert.Single((await new ValidatorClient(client).FaultsAsync(TestContext.Current.CancellationToken)).Faults);
        Assert.Equal((guilty.Validator.ToByteString(), 1UL), (fault.Guilty, fault.Height));
        var events = (await client.BlockAsync(new V1.GetBlockRequest { Height = fault.InBlock }, TestContext.Current.CancellationToken)).Events;
        Assert.Contains(events, happened => happened.Kind == "evidence.counted");

        SignedVote Vote(byte block)
        {
            var vote = new Prevote(Height.First, Round.Zero, new BlockHash(Hash256.Sha256([block])), null);
            return new SignedVote(vote, guilty.Validator, guilty.Key.Sign(vote.Digest(reporter.State.GenesisHash)));
        }
    }

    [Fact]
    public async Task WhoIsElectedIsDialledAndWhoIsVotedOutIsCutOff()
    {
        await using var network = await RunningNetwork.StartAsync(4, others: 1, allows: member => member == 0);
        var (founders, newcomer) = (network.Members.Take(4).ToList(), network.Members[4]);
        await RunningNetwork.AllConnectedAsync(founders);
        await RunningNetwork.AllConnectedAsync([founders[0], newcomer]);
        await RunningNetwork.EventuallyAsync(() => newcomer.StatusOf(founders[3])?.LastError is not null, "it knows of the others, who refuse it");
        foreach (var founder in founders.Skip(1)) Assert.Null(founder.StatusOf(newcomer));

        var admission = new AdmitValidator { Address = newcomer.Validator.ToByteString(), Node = newcomer.Node.ToByteString(), Power = 10 };
        await network.VoteAsync(founders[0], new GovernanceAction { AdmitValidator = admission }, founders);
        await RunningNetwork.AllConnectedAsync(network.Members);
        await RunningNetwork.EventuallyAsync(() => newcomer.State.Next.Validators.Contains(newcomer.Validator), "it is elected");

        var (leaver, staying) = (founders[3], network.Members.Where(member => member != founders[3]).ToList());
        await network.VoteAsync(founders[1], new GovernanceAction { RemoveValidator = new RemoveValidator { Address = leaver.Validator.ToByteString() } }, staying);
        foreach (var member in staying)
            await RunningNetwork.EventuallyAsync(() => member.StatusOf(leaver) is null or { Connected: false, InboundConnections: 0 }, $"{member} has cut it off");
        await RunningNetwork.EventuallyAsync(() => leaver.StatusOf(founders[0]) is { Connected: false, LastError: not null }, "and it is refused");
        await RunningNetwork.AllConnectedAsync(staying);
        var then = staying[0].State.Height;
        await RunningNetwork.EventuallyAsync(() => staying.All(member => member.State.Height > then.Plus(10)), "the four go on");
    }

    /// <summary>
    /// Five validators, one of whom is down for good, and a block that takes another one's power away: that one has a last vote, without which the next
    /// height is not decided. All start between the two.
    /// </summary>
    [Fact]
    public async Task WhoLosesItsPowerIsHeardUntilItsLastVoteByNodesThatStartBeforeIt()
    {
        var down = PrivateKey.Generate();
        GenesisDocument? document = null;
        await using var network = RunningNetwork.Make(4, others: 0, allows: _ => true, configure: genesis => document = genesis with
        {
            TimeMs = genesis.TimeMs - 10_000,
            Validators = [.. genesis.Validators, new GenesisValidator(down.Address, PrivateKey.Generate().Address, 10)],
        });
        var (guilty, others) = (network.Members[3], network.Members.Take(3).ToList());
        var chain = new LedgerFixture(_ => document!);
        foreach (var key in network.Members.Select(member => member.Key).Append(down)) chain.Know(key);
        var before = new List<(LedgerState State, ValidatedBlock Block, CommitCertificate Certificate)>();
        Step();
        Step(chain.Report(others[0].Key, chain.DoubleVote(guilty.Key, 1)));
        Assert.True(chain.State.Next.Validators.Contains(guilty.Validator) && !chain.State.Next.NextValidators!.Contains(guilty.Validator), "its last vote is the next one");
        foreach (var member in network.Members) Store(member);

        foreach (var member in network.Members) await member.StartAsync(mayForget: true);
        await RunningNetwork.EventuallyAsync(() => others.All(member => member.State.Height > new Height(5)), "they go on");
        foreach (var member in others)
            await RunningNetwork.EventuallyAsync(() => member.StatusOf(guilty) is null or { Connected: false, InboundConnections: 0 }, $"{member} has cut it off then");

        void Step(params Transaction[] transactions)
        {
            var state = chain.State;
            chain.Step(transactions);
            before.Add((state, chain.LastBlock, chain.LastCommit!));
        }

        void Store(RunningNetwork.Member member)
        {
            using var store = RocksStore.Open(member.Home.StoreFolder, ChainStore.Columns);
            var blocks = new ChainStore(store);
            blocks.Initialize(before[0].State);
            foreach (var (state, block, certificate) in before)
            {
                Assert.True(certificate.TryVerify(state.GenesisHash, state.Next.Validators, out var commit, out var fault), fault.ToString());
                blocks.Commit(state, block, commit);
            }
        }
    }

    /// <summary>Its first start came to nothing; blocks from the first on nobody may keep.</summary>
    [Fact]
    public async Task ANodeWithoutABlockBeginsWithASnapshotAtAnyStart()
    {
        await using var network = RunningNetwork.Make(1, others: 1, allows: _ => true, change: options => options with { SnapshotEvery = 5 });
        var (validator, newcomer) = (network.Members[0], network.Members[1]);
        await newcomer.StartAsync(); // there is nobody
        Assert.Equal(Height.Genesis, newcomer.State.Height);
        await newcomer.StopAsync();
        await validator.StartAsync();
        await RunningNetwork.EventuallyAsync(() => validator.State.Height > new Height(12), "there are snapshots");
        await newcomer.StartAsync(options => options with { SnapshotSync = true, SnapshotSyncHeights = 5 });
        Assert.True(newcomer.State.Height >= new Height(6), $"it began at {newcomer.State.Height}");
        var then = validator.State.Height;
        await RunningNetwork.EventuallyAsync(() => newcomer.State.Height > then, "it goes on");
        Assert.Null(newcomer.Whole(Height.First));
    }

    /// <summary>What a newcomer has of the chain may name nobody who is still there: then it has its operator's word alone, until it has the chain's.</summary>
    [Fact]
    public async Task ANewcomerFollowsAPeerThatTheGenesisDoesNotNameAndThenTheChainsListAlone()
    {
        await using var network = RunningNetwork.Make(1, others: 2, allows: member => member < 2);
        var (validator, guide, newcomer) = (network.Members[0], network.Members[1], network.Members[2]);
        await validator.StartAsync();
        await guide.StartAsync();
        await RunningNetwork.EventuallyAsync(() => guide.State.Height > new Height(3), "the guide follows");
        await newcomer.StartAsync(options => options with { Peers = [guide.Endpoint] });
        await RunningNetwork.EventuallyAsync(() => newcomer.State.Height > new Height(3), "it has the blocks");
        await RunningNetwork.EventuallyAsync(() => newcomer.StatusOf(guide) is { Connected: false, InboundConnections: 0 }, "its guide is a stranger to it now");
        await RunningNetwork.AllConnectedAsync([validator, newcomer]); // it heard of this one from its guide
        var then = validator.State.Height;
        await RunningNetwork.EventuallyAsync(() => newcomer.State.Height > then, "it goes on");
    }
}
