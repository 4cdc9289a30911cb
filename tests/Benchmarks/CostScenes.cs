using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Benchmarks;

/// <summary>Blocks of every costly kind of message, as dear as the chain's bounds let them be. Building one checks that all of its messages come to something.</summary>
internal static class CostScenes
{
    /// <summary>What a unit is made after.</summary>
    public const string Transfer = "transfer";

    /// <param name="accounts">That pay: as many as fill a block with transfers, or fewer for a quick look.</param>
    public static IEnumerable<CostScene> All(int accounts) =>
        [.. PaymentScenes.All(accounts), .. ValidatorScenes.All(), .. BridgeScenes.All(), .. DatasetScenes.All(), .. TrainingScenes.All()];

    /// <summary>As many validators as there may be.</summary>
    public static PrivateKey[] Hundred { get; } = BenchmarkChain.KeysOf(Limits.ValidatorsMax);

    /// <summary>A chain of those, each with money; changed as the scene needs it.</summary>
    public static BenchmarkChain OfHundred(Func<GenesisDocument, GenesisDocument>? change = null)
    {
        var genesis = BenchmarkChain.Genesis([.. Hundred.Select(key => key.Address)], Hundred);
        return new BenchmarkChain(change is null ? genesis : change(genesis), Hundred);
    }

    /// <summary>A block in which all of these must be.</summary>
    public static void Take(this BenchmarkChain chain, params IReadOnlyList<Transaction> messages) =>
        Invariant.Check(chain.Step(messages).Block.Transactions.Length == messages.Count, "all of them find their place");

    /// <summary>A message that pays, with the nonce that is so far from the sender's next.</summary>
    public static Transaction Pay(this BenchmarkChain chain, PrivateKey from, TransactionBody body, int ahead = 0) =>
        Transaction.Sign(Paid(chain, from.Address, body, ahead), from);

    /// <summary>The body of one.</summary>
    public static TransactionBody Paid(BenchmarkChain chain, Address from, TransactionBody body, int ahead)
    {
        body.Genesis = chain.State.GenesisHash.Value.ToByteString();
        body.Nonce = Ledger.AccountsModule.Get(chain.State, from).Nonce + (ulong)ahead;
        body.Fee = BenchmarkChain.Fee.ToByteString();
        return body;
    }

    /// <summary>A validator's message.</summary>
    public static Transaction Say(this BenchmarkChain chain, PrivateKey from, TransactionBody body)
    {
        body.Genesis = chain.State.GenesisHash.Value.ToByteString();
        return Transaction.Sign(body, from);
    }

    /// <summary>A hash that nothing else has.</summary>
    public static Hash256 Hash(string kind, int number) => Hash256.Sha256([.. System.Text.Encoding.ASCII.GetBytes(kind), .. BitConverter.GetBytes(number)]);

    public static ByteString Bytes(this Signature signature) => ByteString.CopyFrom(signature.Bytes);
}
