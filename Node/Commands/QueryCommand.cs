using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
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
            if (s.Silent) Print("silent", "yes: before it votes it waits for word how far the others are, or for its signer");
            return 0;
        });

        return new Command("query", "Ask a node") { status, Block(), Account(), TransactionPlace(), Model(), Withdrawal(), ValidatorList(), TaskQuery.Create(), CertificatesQuery.Create() };
    }

    private static Command Block()
    {
        var which = new Argument<string>("block") { Description = "Height, hash or \"latest\" (with --prove: the latest that a header after it proves)", DefaultValueFactory = _ => "latest" };
        return Query("block", "One block", which, async (parsed, client, cancellationToken) =>
        {
            PrintBlock(await client.BlockAsync(Selector(parsed.GetValue(which)!), cancellationToken).ConfigureAwait(false));
        }, async (parsed, proven, cancellationToken) =>
        {
            var (block, proof) = await proven.BlockAsync(Selector(parsed.GetValue(which)!), cancellationToken).ConfigureAwait(false);
            PrintBlock(block);
            return proof;
        });
    }

    private static Command Account()
    {
        var address = new Argument<string>("address") { Description = "0x and 40 digits" };
        return Query("account", "Balance and nonce", address, async (parsed, client, cancellationToken) =>
        {
            var a = await client.AccountAsync(AddressIn(parsed.GetValue(address)), cancellationToken).ConfigureAwait(false);
            _ = Amount.TryFromBytes(a.Balance.Span, out var balance);
            PrintAccount(balance, a.Nonce, a.Height);
        }, async (parsed, proven, cancellationToken) =>
        {
            var (account, height, proof) = await proven.AccountAsync(AddressIn(parsed.GetValue(address)), cancellationToken).ConfigureAwait(false);
            PrintAccount(account.Balance, account.Nonce, height.Value);
            return proof;
        });
    }

    private static Command TransactionPlace()
    {
        var hash = new Argument<string>("hash") { Description = "0x and 64 digits" };
        return Query("tx", "Where a transaction is", hash, async (parsed, client, cancellationToken) =>
        {
            var t = await client.TransactionAsync(new TransactionHash(HashIn(parsed.GetValue(hash))), cancellationToken).ConfigureAwait(false);
            Print("state", t.Pending ? "pending" : t.Code == 0 ? "done" : $"failed: {t.Reason}");
            if (!t.Pending) Print("block", $"{t.Height}, index {t.Index}");
        }, async (parsed, proven, cancellationToken) =>
        {
            var (receipt, height, index, events, proof) = await proven.TransactionAsync(new TransactionHash(HashIn(parsed.GetValue(hash))), cancellationToken).ConfigureAwait(false);
            Print("state", receipt.IsSuccess ? "done" : $"failed: {BlockMessage.ReasonOf(receipt)}");
            Print("block", $"{height}, index {index}");
            if (events is null) Print("events", $"too many in this block: query block {height} --prove shows them");
            foreach (var e in events ?? []) Print("event", $"{e.Kind} {string.Join(" ", e.Attributes.Select(a => $"{a.Key}={a.Value}"))}");
            return proof;
        });
    }

    private static Command Model()
    {
        var hash = new Argument<string>("model") { Description = "Hash of a checkpoint: 0x and 64 digits" };
        return Query("model", "Lineage of a certified checkpoint", hash, async (parsed, client, cancellationToken) =>
        {
            PrintModel(await UnprovenState.AskAsync(client.Channel, state => ProvenModel.Read(state, new BlobHash(HashIn(parsed.GetValue(hash)))), cancellationToken).ConfigureAwait(false));
        }, async (parsed, proven, cancellationToken) =>
        {
            var (model, height, proof) = await proven.ModelAsync(new BlobHash(HashIn(parsed.GetValue(hash))), cancellationToken).ConfigureAwait(false);
            PrintModel(model);
            Print("at height", Number(height.Value));
            return proof;
        });
    }

    private static Command Withdrawal()
    {
        var burn = new Argument<string>("burn-id") { Description = "0x and 64 digits" };
        return Query("withdrawal", "A burn for Ethereum that is open, and the bridge leaf by which the vault pays it", burn, async (parsed, client, cancellationToken) =>
        {
            var burnId = HashIn(parsed.GetValue(burn));
            var withdrawal = await UnprovenState.AskAsync(client.Channel, state => ProvenWithdrawal.Read(state, burnId), cancellationToken).ConfigureAwait(false);
            var vault = withdrawal is { IsCertified: true } ? (await client.GenesisAsync(cancellationToken).ConfigureAwait(false)).Bridge?.VaultAddress : null;
            PrintWithdrawal(withdrawal, vault is null ? null : withdrawal!.LeafFor(vault.Value));
        }, async (parsed, proven, cancellationToken) =>
        {
            var (withdrawal, leaf, height, proof) = await proven.WithdrawalAsync(HashIn(parsed.GetValue(burn)), cancellationToken).ConfigureAwait(false);
            PrintWithdrawal(withdrawal, leaf);
            Print("at height", Number(height.Value));
            return proof;
        });
    }

    private static Command ValidatorList() => Query("validators", "Who votes, and with what power", null, async (_, client, cancellationToken) =>
    {
        var v = await new ProofClient(client.Channel).ValidatorsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var one in v.Validators) PrintValidator(AddressOf(one.Address), one.Power, one.Absent, AddressOf(one.Node));
        Print("at height", Number(v.Height));
    }, async (_, proven, cancellationToken) =>
    {
        var (validators, height, proof) = await proven.ValidatorsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var one in validators) PrintValidator(one.Address, one.Power, one.IsAbsent, one.Node);
        Print("at height", Number(height.Value));
        return proof;
    });

    // A query that can be proved: as the node says it, or as the headers prove it, with the line that says against which.
    private static Command Query(
        string name,
        string description,
        Argument<string>? argument,
        Func<ParseResult, NodeClient, CancellationToken, Task> ask,
        Func<ParseResult, ProvenQueries, CancellationToken, Task<string>> prove)
    {
        var node = CommonOptions.Node();
        var command = new Command(name, description) { node };
        if (argument is not null) command.Arguments.Add(argument);
        var proof = new ProofOptions();
        proof.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = proof.Read(parsed);
            using var client = new NodeClient(parsed.GetValue(node)!);
            if (request is null)
            {
                await ask(parsed, client, cancellationToken).ConfigureAwait(false);
                return 0;
            }

            try
            {
                var session = await ProofSession.StartAsync(request, client.Channel, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                Print("proved", await prove(parsed, new ProvenQueries(session, client.Channel), cancellationToken).ConfigureAwait(false));
                return 0;
            }
            catch (NotProvedException refused)
            {
                Console.Error.WriteLine($"neurochain: NOT PROVED: {refused.Message}");
                return 1;
            }
        });
        return command;
    }

    private static Address AddressIn(string? text) => Address.TryParse(text, out var address) ? address : throw new OperatorException("address: 0x and 40 hexadecimal digits");

    private static Hash256 HashIn(string? text) => Hash256.TryParse(text, out var hash) ? hash : throw new OperatorException("hash: 0x and 64 hexadecimal digits");

    private static GetBlockRequest Selector(string text)
    {
        if (text == "latest") return new GetBlockRequest { Latest = true };
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var height)) return new GetBlockRequest { Height = height };
        if (Hash256.TryParse(text, out var hash)) return new GetBlockRequest { Hash = hash.ToByteString() };
        throw new OperatorException("block: a height, a hash or \"latest\"");
    }

    private static void PrintAccount(Amount balance, ulong nonce, ulong height)
    {
        Print("balance", $"{balance} NTK");
        Print("nonce", Number(nonce));
        Print("at height", Number(height));
    }

    private static void PrintValidator(Address address, ulong power, bool isAbsent, Address node) =>
        Print("validator", $"{address}, power {Number(power)}, node {node}{(isAbsent ? ", absent" : "")}");

    private static void PrintModel(ProvenModel? model)
    {
        if (model is null)
        {
            Print("model", "the chain has none with this hash");
            return;
        }

        var record = model.Record;
        Print("task", record.Task.ToString());
        Print("certified", record.IsInitial ? "no, the task began from it" : $"training round {record.TrainingRound}, block {record.Height}");
        if (!record.IsInitial) Print("parent", record.Parent.ToString());
        if (!record.IsInitial) Print("trainer", record.Trainer.ToString());
        if (!record.IsInitial) Print("producer", record.Producer.ToString());
        if (model.Certificate?.Certificate.Statement is not { Winner: { } winner } statement) return;
        Print("losses", $"{LossText.Mean(statement.IncumbentLossSum, statement.JudgedSamples)} -> {LossText.Mean(statement.Candidates[winner].LossSum, statement.JudgedSamples)} on {statement.JudgedSamples} samples");
        Print("attested by", $"{model.Certificate.Certificate.Signatures.Length} validators");
    }

    private static void PrintWithdrawal(ProvenWithdrawal? withdrawal, Hash256? leaf)
    {
        if (withdrawal is null)
        {
            Print("withdrawal", "none with this burn id is open: it was released or came back, or never was");
            return;
        }

        var record = withdrawal.Record;
        Print("state", record.State.ToString());
        Print("burned", $"{record.Amount} NTK by {record.Sender} in block {record.Height}");
        Print("pays", $"{record.To} on Ethereum");
        if (record.State == WithdrawalState.Held) Print("held until", $"block {record.Due}, {record.Vetoes.Length} vetoes");
        if (!withdrawal.IsCertified) Print("leaf", "none yet");
        if (leaf is not { } certified) return;
        Print("leaf", $"{certified}, index {record.Leaf}");
        Print("deadline", BridgeText.Clock(record.DeadlineSeconds));
    }

    private static void PrintBlock(V1.Block block)
    {
        foreach (var (name, value) in BlockText.Lines(block)) Print(name, value);
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
