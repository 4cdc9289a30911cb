using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>What nodes send by themselves: validators their word for an offer, custodians their seat and, in time, keys.</summary>
public sealed class HoldOutAgentTests : IDisposable
{
    private readonly SealedChain _world = new();
    private readonly List<Transaction> _sent = [];
    private readonly BlockSignal _signal = new(Height.Genesis);
    private readonly List<FileSigner> _signers = [];

    private TrainedChain Chain => _world.Chain;

    public void Dispose() => _signers.ForEach(signer => signer.Dispose());

    [Fact]
    public async Task AgentsBringASetIntoUseAndShowItsKeys()
    {
        _world.Offer();
        for (var i = 0; i < 3; i++)
        {
            await using var validator = Validator(i);
            await validator.WorkAsync(Chain.State);
        }

        await using var first = Custodian(_world.Custodians[0]);
        await using var second = Custodian(_world.Custodians[1]);
        await using var third = Custodian(_world.Custodians[2]);
        foreach (var custodian in new[] { first, second, third }) await custodian.WorkAsync(Chain.State);
        Assert.Equal(6, _sent.Count);
        Step();
        Assert.Equal(SealedSetStatus.Active, _world.Record.Status);

        Chain.BeforeAttestations = () =>
        {
            Chain.StepTo(TrainingPhase.Release);
            second.WorkAsync(Chain.State).GetAwaiter().GetResult();
            third.WorkAsync(Chain.State).GetAwaiter().GetResult();
            second.WorkAsync(Chain.State).GetAwaiter().GetResult(); // it was sent: not again after the same block
            Assert.Equal(2, _sent.Count);
            Step();
        };
        Chain.RunRound([Chain.Train(150)]);
        Assert.Equal(25, SealedSets.Keys(Chain.State, Chain.Task, 1, 1).Length);
        Assert.Empty(Chain.Verify().Findings);
    }

    [Fact]
    public async Task AValidatorSaysNothingForABlobThatDoesNotCome()
    {
        _world.Offer();
        await using var validator = Validator(0, _ => false);
        await validator.WorkAsync(Chain.State);
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task ACustodianTakesNoSeatWithAStrangerOrWithoutItsShares()
    {
        _world.Offer();
        await using var wary = Custodian(_world.Custodians[0], suppliers: [_world.Custodians[1].Address]);
        await wary.WorkAsync(Chain.State);
        Assert.Empty(_sent);
        await using var stranger = Custodian(_world.Supplier);
        await stranger.WorkAsync(Chain.State);
        Assert.Empty(_sent);
        await using var blind = Custodian(_world.Custodians[0], read: _ => null);
        await blind.WorkAsync(Chain.State);
        Assert.Empty(_sent);
    }

    // Its first share under the pad is another than the root says: whoever accepts that can be made to fail.
    [Fact]
    public async Task ACustodianTakesNoSeatInASetWhoseSharesAreOthers()
    {
        var world = new SealedChain(bytes =>
        {
            var each = 32 + 17 + (3 * 32);
            bytes[bytes.Length - each + 32 + 17] ^= 1;
        });
        world.Offer();
        var sent = new List<Transaction>();
        await using var agent = new CustodianAgent(
            () => new HostView(world.Chain.State, Round.Zero, false, 0), _signal, world.Custodians[0], [world.Supplier.Address], (_, _) => Task.FromResult<byte[]?>(world.Set.Bytes), One, NullLogger.Instance);
        await agent.WorkAsync(world.Chain.State);
        Assert.Empty(sent);

        Task One(Transaction transaction)
        {
            sent.Add(transaction);
            return Task.CompletedTask;
        }
    }

    private void Step()
    {
        Transaction[] all = [.. _sent];
        _sent.Clear();
        Chain.Step(all);
    }

    private Task SendAsync(Transaction transaction)
    {
        _sent.Add(transaction);
        return Task.CompletedTask;
    }

    private SealedSetAgent Validator(int number, Func<SealedSetRecord, bool>? fetch = null)
    {
        var signer = new FileSigner(Chain.Validators[number], new MemoryFolder());
        _signers.Add(signer);
        var check = new SealedSetCheck(Chain.Blobs.Read, (_, _, _) => Task.FromResult<IReadOnlySet<Hash256>?>(SealedSetCheck.HashesOf(Chain.Training)));
        return new SealedSetAgent(View, _signal, signer, (set, _) => Task.FromResult(fetch?.Invoke(set) ?? true), check, SendAsync, NullLogger.Instance);
    }

    private CustodianAgent Custodian(PrivateKey key, ImmutableArray<Address>? suppliers = null, Func<BlobHash, byte[]?>? read = null) => new(
        View, _signal, key, suppliers ?? [_world.Supplier.Address], (set, _) => Task.FromResult((read ?? Chain.Blobs.Read)(set.Blob)), SendAsync, NullLogger.Instance);

    private HostView View() => new(Chain.State, Round.Zero, false, 0);
}
