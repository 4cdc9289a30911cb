using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.Node;

/// <summary>neurochain query: asks a node and prints what it says, a field a line.</summary>
internal static class QueryCommand
{
    public static Command Create()
    {
        var node = CommonOptions.Node();
        var status = new Command("status", "Where the node is") { node };
        status.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var s = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
            Print("chain", s.ChainName);
            Print("genesis", Hex.Encode(s.GenesisHash.Span));
            Print("height", Number(s.Height));
            Print("earliest", Number(s.EarliestHeight));
            Print("block", Hex.Encode(s.BlockHash.Span));
            Print("state root", Hex.Encode(s.StateRoot.Span));
            Print("led by", s.Author.IsEmpty ? "-" : $"{AddressOf(s.Author)}, {(s.TermLed ? "term" : "caretaker")}");
            Print("round", Number(s.ConsensusRound));
            Print("peers", Number(s.Peers));
            Print("mempool", Number(s.MempoolTransactions));
            Print("transactions", Number(s.TransactionsTotal));
            Print("catching up", s.CatchingUp ? "yes" : "no");
            return 0;
        });

        var which = new Argument<string>("block") { Description = "Height, hash or \"latest\"", DefaultValueFactory = _ => "latest" };
        var block = new Command("block", "One block") { which, node };
        block.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            PrintBlock(await client.BlockAsync(Selector(parsed.GetValue(which)!), cancellationToken).ConfigureAwait(false));
            return 0;
        });

        var address = new Argument<string>("address") { Description = "0x and 40 digits" };
        var account = new Command("account", "Balance and nonce") { address, node };
        account.SetAction(async (parsed, cancellationToken) =>
        {
            if (!Address.TryParse(parsed.GetValue(address), out var who)) throw new OperatorException("address: 0x and 40 hexadecimal digits");
            using var client = new NodeClient(parsed.GetValue(node)!);
            var a = await client.AccountAsync(who, cancellationToken).ConfigureAwait(false);
            _ = Amount.TryFromBytes(a.Balance.Span, out var balance);
            Print("balance", $"{balance} NTK");
            Print("nonce", Number(a.Nonce));
            Print("at height", Number(a.Height));
            return 0;
        });

        var hash = new Argument<string>("hash") { Description = "0x and 64 digits" };
        var transaction = new Command("tx", "Where a transaction is") { hash, node };
        transaction.SetAction(async (parsed, cancellationToken) =>
        {
            if (!Hash256.TryParse(parsed.GetValue(hash), out var wanted)) throw new OperatorException("hash: 0x and 64 hexadecimal digits");
            using var client = new NodeClient(parsed.GetValue(node)!);
            var t = await client.TransactionAsync(new TransactionHash(wanted), cancellationToken).ConfigureAwait(false);
            Print("state", t.Pending ? "pending" : t.Code == 0 ? "done" : $"failed: {t.Reason}");
            if (!t.Pending) Print("block", $"{t.Height}, index {t.Index}");
            return 0;
        });

        return new Command("query", "Ask a node") { status, block, account, transaction };
    }

    private static GetBlockRequest Selector(string text)
    {
        if (text == "latest") return new GetBlockRequest { Latest = true };
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var height)) return new GetBlockRequest { Height = height };
        if (Hash256.TryParse(text, out var hash)) return new GetBlockRequest { Hash = hash.ToByteString() };
        throw new OperatorException("block: a height, a hash or \"latest\"");
    }

    private static void PrintBlock(V1.Block block)
    {
        Print("height", Number(block.Height));
        Print("hash", Hex.Encode(block.Hash.Span));
        Print("parent", Hex.Encode(block.Parent.Span));
        Print("time", DateTimeOffset.FromUnixTimeMilliseconds((long)block.TimeMs).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        Print("author", $"{AddressOf(block.Author)}, {(block.TrainingProof.IsEmpty ? "caretaker" : "term")}, built in round {block.BuiltRound}");
        if (TrainingProof.TryDecode(block.TrainingProof.Span, out var proof))
        {
            var statement = proof.Certificate.Statement;
            Print("proof", $"model {proof.Candidate.Model} of task {statement.Task}, training round {statement.TrainingRound}");
            Print("losses", $"{LossText.Mean(statement.IncumbentLossSum, statement.Samples)} -> {LossText.Mean(proof.Candidate.LossSum, statement.Samples)} on {statement.Samples} samples");
        }

        foreach (var t in block.Transactions) Print("transaction", $"{Hex.Encode(t.Hash.Span)} {(t.Code == 0 ? "done" : t.Reason)}");
        foreach (var e in block.Events) Print("event", $"{e.Kind} {string.Join(" ", e.Attributes.Select(a => $"{a.Key}={a.Value}"))}");
    }

    private static Address AddressOf(ByteString bytes) => Address.FromBytes(bytes.Span);

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Print(string name, string value) => Console.WriteLine($"{name,-13} {value}");
}

/// <summary>Losses for people: nats with four digits.</summary>
internal static class LossText
{
    public static string Mean(ulong sum, uint samples) => samples == 0 ? "-" : ((double)sum / samples / Loss.UnitsPerNat).ToString("F4", CultureInfo.InvariantCulture);
}
