using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Benchmarks;

/// <summary>What goes over the bridge: words of a hundred validators on Ethereum's blocks, receipts of deposits, and burns.</summary>
internal static class BridgeScenes
{
    private const int BlocksMax = 32, Liars = 33, Enough = 67;

    private const int EthereumBlocks = 8, LocksPerBlock = 64, Quorum = 3;

    private static readonly Amount Locked = Amount.FromNtk(100), Burned = Amount.FromNtk(10);

    private static PrivateKey[] Keys => CostScenes.Hundred;

    public static IEnumerable<CostScene> All() => [.. Attestations(), .. Deposits()];

    private static IEnumerable<CostScene> Attestations()
    {
        var first = CreditBenchmark.Bridge.FirstBlock;
        var chain = CostScenes.OfHundred(genesis => CreditBenchmark.Bridged(genesis with { Allocations = [] }));
        // Each has as many words as it may have when it says what decides.
        chain.Take([.. Keys.Take(Enough - 1).Select(key => Attest(chain, key, 1, first, _ => "first"))]);
        yield return CostScene.Of("bridge_attestation", chain, [.. Keys.Take(Enough).Select(key => Attest(chain, key, 2, first + BlocksMax, _ => "second"))]);
        // A third of them lies, each otherwise.
        chain.Take([.. Keys.Take(Liars).Select((key, i) => Attest(chain, key, 2, first + BlocksMax, number => $"{i} {number}"))]);
        yield return CostScene.Of("bridge_attestation_in_dispute", chain, [.. Keys.Skip(Liars).Take(Liars).Select(key => Attest(chain, key, 2, first + BlocksMax, _ => "second"))]);
    }

    private static IEnumerable<CostScene> Deposits()
    {
        var holders = Enumerable.Range(0, EthereumBlocks * LocksPerBlock).Select(i => PrivateKey.FromSeed(CostScenes.Hash("holder", i))).ToList();
        var chain = new BenchmarkChain(CreditBenchmark.Bridged(BenchmarkChain.Genesis([])));
        var ethereum = new FakeEthereum(CreditBenchmark.Bridge) { Time = chain.State.Genesis.TimeMs / 1_000 };
        ethereum.Deploy(chain.State.GenesisHash.Value, chain.State.Genesis.ValidatorSet().Root);
        var mined = new List<FakeBlock> { ethereum.Mine() };
        foreach (var some in holders.Chunk(LocksPerBlock))
        {
            foreach (var holder in some) ethereum.Lock(holder.Address, Locked);
            mined.Add(ethereum.Mine());
        }

        foreach (var block in mined) chain.Take([.. BenchmarkChain.Validators.Take(Quorum).Select(key => CreditBenchmark.Attest(key, chain.State, block))]);
        chain.Take(CreditBenchmark.Relay(chain.State, mined[0]));
        List<Transaction> relays = [.. mined.Skip(1).Select(block => CreditBenchmark.Relay(chain.State, block))];
        yield return CostScene.Of("bridge_relay", chain, relays);
        chain.Take(relays);
        yield return CostScene.Of("bridge_withdraw", chain, [.. holders.Select(holder => chain.Pay(holder, new TransactionBody
        {
            BridgeWithdraw = new BridgeWithdraw { To = holder.Address.ToByteString(), Amount = Burned.ToByteString() },
        }))]);
    }

    private static Transaction Attest(BenchmarkChain chain, PrivateKey from, ulong sequence, ulong first, Func<int, string> hash)
    {
        var words = new BridgeAttestation { Sequence = sequence };
        for (var i = 0; i < BlocksMax; i++) words.Blocks.Add(new EthereumBlock { Number = first + (ulong)i, Hash = CostScenes.Hash(hash(i), i).ToByteString() });
        return chain.Say(from, new TransactionBody { BridgeAttestation = words });
    }
}
