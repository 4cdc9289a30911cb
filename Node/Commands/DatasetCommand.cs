using System.CommandLine;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain dataset: how the training set of a task stands, a word in how it changes, and a look at what the generator draws.</summary>
internal static class DatasetCommand
{
    private const int PreviewColumns = DigitsAndLetters.Classes;
    private const int PreviewRowsMax = 100;

    public static Command Create() => new("dataset", "Training sets and their changes") { List(), Propose(), Vote(), Period(), SealedSetCommand.Create(), Preview() };

    private static Command List()
    {
        var (task, node) = (Task(), CommonOptions.Node());
        var command = new Command("list", "Versions of a task's training set, and the deltas that are voted on") { task, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var id = await TaskAsync(client, parsed.GetValue(task), cancellationToken).ConfigureAwait(false);
            var datasets = new DatasetClient(client.Channel);
            var set = await datasets.SetAsync(id, cancellationToken).ConfigureAwait(false);
            Print("task", id.ToString());
            Print("version", $"{Number(set.Version)}, {Number(set.Samples)} samples, root {Hex.Encode(set.Root.Span)}");
            Print("period", $"{Number(set.PeriodBlocks)} blocks, ends at height {Number(set.PeriodOpened + set.PeriodBlocks)}");
            foreach (var version in await datasets.VersionsAsync(id, cancellationToken).ConfigureAwait(false))
                Print("history", $"{version.Version}: {version.Samples} samples, +{version.Adds} -{version.Removes}, height {version.Height}, root {Hex.Encode(version.Root.Span)}");
            foreach (var delta in set.Open)
            {
                Print("delta", $"{delta.Delta_}: +{delta.Adds} -{delta.Removes} by {Hex.Encode(delta.Proposer.Span)}, {(delta.HeldByQuorum ? "held" : $"held by {delta.Held.Count}")}, as it stands {delta.Verdict}");
                if (delta.Reason.Length > 0) Print("", Printable(delta.Reason));
            }

            Print("at height", Number(set.Height));
            return 0;
        });
        return command;
    }

    private static Command Propose()
    {
        var (task, node, key, password) = (Task(), CommonOptions.Node(), CommonOptions.Key(), CommonOptions.PasswordFile());
        var folder = Folder();
        var images = new Option<string?>("--add-images") { Description = "IDX file of images to add" };
        var labels = new Option<string?>("--add-labels") { Description = "IDX file of their labels" };
        var remove = new Option<string[]>("--remove") { Description = "Samples of the present version to remove, by number", AllowMultipleArgumentsPerToken = true };
        var reason = new Option<string>("--reason") { Description = "For those who vote: up to 1024 bytes", DefaultValueFactory = _ => "" };
        var bond = new Option<string?>("--bond") { Description = "NTK to put down: what the chain asks for, or more to displace another where all places are taken" };
        var command = new Command("propose", "Put a delta to the vote: the bond is burned if it is not what it says") { task, folder, images, labels, remove, bond, reason, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var amount = Amount.Zero;
            if (parsed.GetValue(bond) is { } text && !Amount.TryParseNtk(text, out amount)) throw new OperatorException($"--bond: an amount of NTK, not \"{text}\"");
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var id = await TaskAsync(client, parsed.GetValue(task), cancellationToken).ConfigureAwait(false);
            var set = await PresentAsync(client, id, parsed.GetValue(folder)!, cancellationToken).ConfigureAwait(false);
            var adds = Adds(parsed.GetValue(images), parsed.GetValue(labels), set);
            var delta = DatasetDelta.Between(set, Numbers(parsed.GetValue(remove) ?? [], set.Count), adds);
            var (message, blob) = await DatasetProposal.MakeAsync(client, id, set, delta, parsed.GetValue(bond) is null ? null : amount, parsed.GetValue(reason)!, cancellationToken).ConfigureAwait(false);
            // Proposed first: a node takes only what the chain names. Validators wait for a delta for as long as it is voted on.
            var paid = await SignedMessage.PayAsync(client, signer, null, body => body.DatasetDeltaProposal = message, cancellationToken).ConfigureAwait(false);
            if (paid != 0) return paid;
            var genesis = await client.GenesisAsync(cancellationToken).ConfigureAwait(false);
            var last = "";
            await new TrainingClient(client.Channel).UploadWhenNamedAsync(genesis.Hash, signer, BlobManifest.Of(blob), blob, Refused, cancellationToken).ConfigureAwait(false);
            return 0;

            void Refused(RpcException failure)
            {
                if (failure.Status.Message != last) Console.WriteLine($"not uploaded yet: {failure.Status}");
                last = failure.Status.Message;
            }
        });
        return command;
    }

    private static Command Vote()
    {
        var (task, node, key, password) = (Task(), CommonOptions.Node(), CommonOptions.Key(), CommonOptions.PasswordFile());
        var number = new Argument<ulong>("delta") { Description = "Number of the delta" };
        var word = new Argument<string>("word") { Description = "yes or no" };
        var command = new Command("vote", "Vote on a delta, for good") { number, word, task, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var approve = parsed.GetValue(word) switch
            {
                "yes" => true,
                "no" => false,
                _ => throw new OperatorException("word: yes or no"),
            };
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var id = await TaskAsync(client, parsed.GetValue(task), cancellationToken).ConfigureAwait(false);
            var vote = new DatasetVote { Task = id.ToByteString(), Delta = parsed.GetValue(number), Approve = approve };
            return await SignedMessage.PayAsync(client, signer, null, body => body.DatasetVote = vote, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static Command Period()
    {
        var (task, node, key, password) = (Task(), CommonOptions.Node(), CommonOptions.Key(), CommonOptions.PasswordFile());
        var blocks = new Argument<ulong>("blocks") { Description = $"A seventh of the chain's datasets.period_blocks to {DatasetParameters.PeriodBlocksMost}" };
        var command = new Command("period", "Vote on how many blocks there are between decisions; a later vote replaces the earlier") { blocks, task, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var id = await TaskAsync(client, parsed.GetValue(task), cancellationToken).ConfigureAwait(false);
            var vote = new PeriodVote { Task = id.ToByteString(), Blocks = parsed.GetValue(blocks) };
            return await SignedMessage.PayAsync(client, signer, null, body => body.PeriodVote = vote, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    internal static Option<string?> Task() => new("--task") { Description = "Name or id of the task; by default the chain's first" };

    internal static Option<string> Folder() => new("--dataset") { Description = "Folder with the task's first training set", DefaultValueFactory = _ => FashionMnist.Folder };

    /// <summary>The present version of a task's training set, from its first one and the deltas that the node serves.</summary>
    /// <exception cref="OperatorException">The folder has another set, or the task learns from a generator.</exception>
    internal static async Task<Dataset> PresentAsync(NodeClient client, Hash256 task, string folder, CancellationToken cancellationToken)
    {
        var datasets = new DatasetClient(client.Channel);
        var versions = await datasets.VersionsAsync(task, cancellationToken).ConfigureAwait(false);
        if (versions.Count > 0 && versions[0].Root.Span.SequenceEqual(DigitsAndLetters.Instance.Root.ToArray()))
            throw new OperatorException($"--task: it learns from {DigitsAndLetters.Name}, a generator: there is no stored set to change");
        var first = IdxFolder.Load(folder).Training;
        return await datasets.BringUpAsync(task, first, null, cancellationToken).ConfigureAwait(false)
            ?? throw new OperatorException($"--dataset: the training set there has the root {first.Root}, which is not what the task began from");
    }

    internal static async Task<Hash256> TaskAsync(NodeClient client, string? wanted, CancellationToken cancellationToken)
    {
        var tasks = await new TrainingClient(client.Channel).TasksAsync(cancellationToken).ConfigureAwait(false);
        var chosen = wanted is null ? tasks.FirstOrDefault() : tasks.FirstOrDefault(task => task.Name == wanted || Hex.Encode(task.Id.Span) == wanted);
        return chosen is not null && Hash256.TryFromBytes(chosen.Id.Span, out var id)
            ? id
            : throw new OperatorException($"--task: one of {string.Join(", ", tasks.Select(task => task.Name))}");
    }

    private static Dataset? Adds(string? images, string? labels, Dataset set)
    {
        if (images is null && labels is null) return null;
        if (images is null || labels is null) throw new OperatorException("--add-images and --add-labels: both or neither");
        if (!File.Exists(images) || !File.Exists(labels)) throw new OperatorException($"--add-images, --add-labels: there is no {(File.Exists(images) ? labels : images)}");
        if (!IdxReader.TryRead(File.ReadAllBytes(images), File.ReadAllBytes(labels), set.Classes, out var adds, out var error))
            throw new OperatorException($"--add-images, --add-labels: {error}");
        return adds.Shape == set.Shape ? adds : throw new OperatorException("--add-images: images of another size than the set's");
    }

    private static IEnumerable<int> Numbers(IEnumerable<string> texts, int count) => texts.Select(text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < count
            ? number
            : throw new OperatorException($"--remove: numbers below {count}, not \"{text}\""));

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Print(string name, string value) => Console.WriteLine($"{name,-13} {value}");

    /// <summary>Without control characters: the words are anybody's, and a terminal would obey them.</summary>
    internal static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format ? '?' : letter));

    private static Command Preview()
    {
        var to = new Option<string>("--to") { Description = "File to write, a grey PGM picture", Required = true };
        var seed = new Option<ulong>("--seed") { Description = "Which samples of the training stream" };
        var rows = new Option<int>("--rows") { Description = $"Rows of {PreviewColumns} samples, up to {PreviewRowsMax}", DefaultValueFactory = _ => 12 };
        var preview = new Command("preview", "Draw samples of the generator digits-letters-1") { to, seed, rows };
        preview.SetAction(parsed => Preview(parsed.GetValue(to)!, parsed.GetValue(seed), parsed.GetValue(rows)));
        return preview;
    }

    private static int Preview(string to, ulong seed, int rows)
    {
        if (rows is < 1 or > PreviewRowsMax) throw new OperatorException($"--rows: a number from 1 to {PreviewRowsMax}");
        var samples = DigitsAndLetters.Instance.Samples(SampleStream.Training, Hash256.Sha256(new ByteWriter().UInt64(seed).ToArray()), 0, rows * PreviewColumns);
        File.WriteAllBytes(to, ContactSheet.ToPgm(samples, PreviewColumns));
        Console.WriteLine($"{to}: {samples.Count} samples of {DigitsAndLetters.Name}, {DigitsAndLetters.Instance.Root}");
        for (var row = 0; row < rows; row++)
            Console.WriteLine(string.Concat(Enumerable.Range(row * PreviewColumns, PreviewColumns).Select(sample => DigitsAndLetters.Character(samples.Label(sample)))));
        return 0;
    }
}
