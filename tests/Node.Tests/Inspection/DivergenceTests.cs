using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>Two homes on the disk, made by the same blocks, and one thing done to one of them.</summary>
public sealed class DivergenceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-test-").FullName;
    private readonly NodeHome _a;
    private readonly NodeHome _b;

    public DivergenceTests() => (_a, _b) = (Home("a"), Home("b"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void EqualHomesDoNotDiffer()
    {
        Run(20, 20);
        var (code, text) = Diverge();
        Assert.Equal(0, code);
        Assert.Contains("no difference", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ANodeThatLagsDoesNotDiffer()
    {
        Run(20, 12);
        Assert.Equal(0, Diverge().Code);
    }

    [Fact]
    public void ARecordThatATransactionWroteIsTracedToIt()
    {
        var payee = TransferChain.Payee(2);
        var key = default(StateKey);
        Run(20, 12, at: 12, change: result =>
        {
            key = result.Changes.Single(c => c.Key.Bytes.IndexOf(payee.ToArray()) >= 0).Key;
            return Changed(result, key, [7, 7]);
        });
        var (code, text) = Diverge();
        Assert.Equal(1, code);
        Assert.Contains("height         12\n", text, StringComparison.Ordinal);
        Assert.Contains("written by     transaction 1 of 3, 0x", text, StringComparison.Ordinal);
        Assert.Contains(", Transfer\n", text, StringComparison.Ordinal);
        Assert.Contains("module         Accounts\n", text, StringComparison.Ordinal);
        Assert.Contains($"key            {key}\n", text, StringComparison.Ordinal);
        Assert.Contains("value in B     0x0707\n", text, StringComparison.Ordinal);
        Assert.Contains("this program computes what A has", text, StringComparison.Ordinal);
        Assert.Contains("receipts: the same in both", text, StringComparison.Ordinal);
    }

    // The payer's record is written by all three transactions, the payee's by the second only: the first write counts.
    [Fact]
    public void OfSeveralRecordsTheOneThatWasWrittenFirstIsNamed()
    {
        var payee = TransferChain.Payee(2);
        Run(20, 12, at: 12, change: result =>
        {
            var second = result.Changes.Single(c => c.Key.Bytes.IndexOf(payee.ToArray()) >= 0).Key;
            var end = result.Changes.Last(c => c.Key.Bytes[0] == (byte)StateModule.Validators).Key;
            return Changed(Changed(result, second, [7]), end, [8]);
        });
        var (_, text) = Diverge();
        Assert.Contains("written by     transaction 1 of 3", text, StringComparison.Ordinal);
        Assert.Contains("records        2 differ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ARecordThatTheEndOfTheBlockWroteIsTracedToIt()
    {
        Run(20, 12, at: 12, change: result => Changed(result, result.Changes.Last(c => c.Key.Bytes[0] == (byte)StateModule.Validators).Key, [8]));
        var (_, text) = Diverge();
        Assert.Contains("written by     end of block\n", text, StringComparison.Ordinal);
        Assert.Contains("module         Validators\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ARecordThatTheBlockDoesNotWriteIsSaidToBeWrittenByNone()
    {
        var stray = StateKey.Of(StateModule.Datasets, 9, 1);
        Run(20, 12, at: 12, change: result => Changed(result, stray, [1]));
        var (_, text) = Diverge();
        Assert.Contains("written by     none", text, StringComparison.Ordinal);
        Assert.Contains($"key            {stray}\n", text, StringComparison.Ordinal);
        Assert.Contains("computed here  no record\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ADifferentReceiptIsNamedByItsIndex()
    {
        Run(20, 12, at: 12, change: result =>
        {
            var receipts = result.Receipts.SetItem(2, result.Receipts[2] with { Code = 102 });
            var mark = result.Next.Mark with { ReceiptsRoot = Receipt.Root(receipts) };
            Assert.True(LedgerState.TryLoad(TransferChain.Genesis, mark, result.Next.Records.Select(r => KeyValuePair.Create(r.Key.Bytes.ToArray(), r.Value)), out var next));
            return result with { Receipts = receipts, Next = next };
        });
        var (code, text) = Diverge();
        Assert.Equal(1, code);
        Assert.Contains("receipts: number 2 is the first that differs", text, StringComparison.Ordinal);
        Assert.Contains("all records are the same in both", text, StringComparison.Ordinal);
    }

    /// <summary>Also where each went its own way for long: what counts is where they parted.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(9, 4)]
    public void DifferentBlocksAreNotBlamedOnExecution(int furtherA, int furtherB)
    {
        using (var storeA = Open(_a))
        using (var storeB = Open(_b))
        {
            var (a, b) = (new TransferChain(storeA), new TransferChain(storeB));
            Feed(a, b, 5);
            a.Step(a.Pay(1));
            b.Step(b.Pay(2));
            for (var i = 0; i < furtherA; i++) a.Step(a.Pay(3));
            for (var i = 0; i < furtherB; i++) b.Step(b.Pay(3));
        }

        var (code, text) = Diverge();
        Assert.Equal(1, code);
        Assert.Contains("different blocks were decided", text, StringComparison.Ordinal);
        Assert.Contains("height         6\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoThatKeepNoHeightInCommonAreToldWhatEachKeeps()
    {
        using (var storeA = Open(_a))
        using (var storeB = Open(_b))
        {
            var (a, b) = (new TransferChain(storeA), new TransferChain(storeB));
            Feed(a, b, 12);
            while (a.State.Height.Value < 200) a.Step();
            var pruner = new Pruner(a.Chain, keepBlocks: 130, keepStates: 130);
            while (pruner.Step(a.State.Height)) ;
        }

        var (code, text) = Diverge();
        Assert.Equal(1, code);
        Assert.Contains("no height that both keep", text, StringComparison.Ordinal);
        Assert.Contains("A keeps heights 70 to 200", text, StringComparison.Ordinal);
        Assert.Contains("B keeps heights 0 to 12", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "no kept block wrote the record")]
    [InlineData(true, "the last kept block that wrote the record is 20")]
    public void ARecordThatWasChangedOnTheDiskIsNamed(bool isWritten, string remark)
    {
        Run(20, 20);
        using (var store = Open(_b))
        {
            // The account is paid in every block; where a validator's node is stands there since genesis.
            var (module, owner) = isWritten ? (StateModule.Accounts, TransferChain.Payee(2)) : (StateModule.Validators, TransferChain.Genesis.Validators[0].Address);
            var record = store.Scan(ChainColumns.State, KeyRange.Prefix([(byte)module])).Single(e => e.Key.AsSpan().IndexOf(owner.ToArray()) >= 0);
            record.Value[^1] ^= 1;
            store.Write(new WriteBatch().Put(ChainColumns.State, record.Key, record.Value), durable: true);
        }

        var (code, text) = Diverge();
        Assert.Equal(1, code);
        Assert.Contains("a record was changed on the disk", text, StringComparison.Ordinal);
        Assert.Contains("the records of B have not the root of their mark", text, StringComparison.Ordinal);
        Assert.Contains(remark, text, StringComparison.Ordinal);
        var lines = text.Split('\n');
        Assert.Equal(lines.Single(l => l.StartsWith("value in A", StringComparison.Ordinal))[15..], lines.Single(l => l.StartsWith("fits the root", StringComparison.Ordinal))[15..]);
    }

    [Fact]
    public void AnotherChainIsAnotherChain()
    {
        Run(2, 2);
        using (var store = Open(_b)) store.Write(new WriteBatch().Put(ChainColumns.Meta, "genesis"u8, Hash256.Sha256([1]).ToArray()), durable: true);
        var (code, text) = Diverge();
        Assert.Equal(1, code);
        Assert.Contains("two different chains", text, StringComparison.Ordinal);
    }

    // A goes to its height; B takes the same blocks up to its own, the last one with another outcome.
    private void Run(ulong heightA, ulong heightB, ulong at = 0, Func<ExecutionResult, ExecutionResult>? change = null)
    {
        using var storeA = Open(_a);
        using var storeB = Open(_b);
        var (a, b) = (new TransferChain(storeA), new TransferChain(storeB));
        while (a.State.Height.Value < heightA)
        {
            var (validated, certificate) = a.Next(a.Pay(1, 2, 3));
            var height = validated.Block.Height.Value;
            if (height < heightB || (height == heightB && height != at)) b.Take(validated, certificate);
            else if (height == at) b.Chain.Commit(b.State, validated with { Result = change!(validated.Result) }, b.Verified(certificate));
            a.Take(validated, certificate);
        }
    }

    private static void Feed(TransferChain a, TransferChain b, ulong height)
    {
        while (a.State.Height.Value < height)
        {
            var (validated, certificate) = a.Next(a.Pay(1));
            a.Take(validated, certificate);
            b.Take(validated, certificate);
        }
    }

    // As a node whose execution went wrong would have it: another value, and the root and the undo record that go with it.
    private static ExecutionResult Changed(ExecutionResult result, StateKey key, byte[] value)
    {
        var before = result.Next.Get(key) is null ? null : result.Undo.Single(u => u.Key.Equals(key)).Value;
        var records = result.Next.Records.Where(r => !r.Key.Equals(key)).Append(KeyValuePair.Create(key, value)).ToList();
        var root = StateTree.Empty.Update(records.Select(r => KeyValuePair.Create(r.Key, (byte[]?)r.Value))).Root;
        var mark = result.Next.Mark with { StateRoot = new StateRoot(root) };
        Assert.True(LedgerState.TryLoad(TransferChain.Genesis, mark, records.Select(r => KeyValuePair.Create(r.Key.Bytes.ToArray(), r.Value)), out var next));
        return result with
        {
            Next = next,
            Changes = [.. result.Changes.Where(c => !c.Key.Equals(key)).Append(KeyValuePair.Create(key, (byte[]?)value)).OrderBy(c => c.Key)],
            Undo = [.. result.Undo.Where(c => !c.Key.Equals(key)).Append(KeyValuePair.Create(key, before)).OrderBy(c => c.Key)],
        };
    }

    private NodeHome Home(string name)
    {
        var home = new NodeHome(Path.Combine(_folder, name));
        Directory.CreateDirectory(home.DataFolder);
        File.WriteAllBytes(home.GenesisFile, TransferChain.Genesis.ToJson());
        return home;
    }

    private static RocksStore Open(NodeHome home) => RocksStore.Open(home.StoreFolder, ChainStore.Columns);

    private (int Code, string Text) Diverge()
    {
        using var output = new StringWriter();
        var code = InspectCommand.Diverge(_a, _b, output);
        TestContext.Current.TestOutputHelper?.WriteLine(output.ToString());
        return (code, output.ToString());
    }
}
