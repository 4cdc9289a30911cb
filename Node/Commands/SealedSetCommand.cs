using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain dataset sealed: seals samples for a task, offers them, ends a set, and puts what has judged into the training set.</summary>
internal static class SealedSetCommand
{
    public static Command Create() => new("sealed", "Sealed hold-outs: samples that nobody reads before they judge") { List(), Seal(), Offer(), End(), Graduate() };

    private static Command List()
    {
        var (task, node) = (DatasetCommand.Task(), CommonOptions.Node());
        var command = new Command("list", "Sealed sets of a task") { task, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var id = await DatasetCommand.TaskAsync(client, parsed.GetValue(task), cancellationToken).ConfigureAwait(false);
            var datasets = new DatasetClient(client.Channel);
            foreach (var set in await datasets.SealedSetsAsync(id, cancellationToken).ConfigureAwait(false))
            {
                var opened = await datasets.OpenedKeysAsync(id, set, cancellationToken).ConfigureAwait(false);
                var accepted = Enumerable.Range(0, set.Custodians.Count).Count(i => (set.Accepted >> i & 1) != 0);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{set.Set}: {set.Status}, {opened.Length} of {set.Classes.Sum(count => count)} samples opened, {set.Threshold} of {set.Custodians.Count} custodians ({accepted} accepted), held by {set.Held}, supplier {Hex.Encode(set.Supplier.Span)}, blob {Hex.Encode(set.Blob.Span)}"));
            }

            return 0;
        });
        return command;
    }

    // The secret behind the keys is drawn here and forgotten: whoever has it has every key.
    private static Command Seal()
    {
        var (task, node) = (DatasetCommand.Task(), CommonOptions.Node());
        var images = new Option<string>("--images") { Description = "IDX file of images", Required = true };
        var labels = new Option<string>("--labels") { Description = "IDX file of their labels", Required = true };
        var custodians = new Option<string[]>("--custodian") { Description = $"Public key of a custodian (key show --public), once for each: 1 to {SealedLimits.CustodiansMax}", Required = true };
        var threshold = new Option<int>("--threshold") { Description = "How many of them open a sample", Required = true };
        var to = new Option<string>("--to") { Description = "File to be written, for dataset sealed offer; nothing in it can be read", Required = true };
        var command = new Command("seal", "Seal samples for a task, each under a key of its own") { images, labels, custodians, threshold, to, task, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var id = await DatasetCommand.TaskAsync(client, parsed.GetValue(task), cancellationToken).ConfigureAwait(false);
            var classes = await ClassesAsync(client, id, cancellationToken).ConfigureAwait(false);
            if (!File.Exists(parsed.GetValue(images)) || !File.Exists(parsed.GetValue(labels))) throw new OperatorException("--images, --labels: files that are there");
            if (!IdxReader.TryRead(File.ReadAllBytes(parsed.GetValue(images)!), File.ReadAllBytes(parsed.GetValue(labels)!), classes, out var samples, out var error))
                throw new OperatorException($"--images, --labels: {error}");
            var seats = parsed.GetValue(custodians)!.Select(PointOf).Select(point => (PublicKey.AddressOf(point), point)).ToList();
            var set = SealedSetOffers.Seal(id, samples, classes, seats, parsed.GetValue(threshold), Hash256.FromBytes(RandomNumberGenerator.GetBytes(Hash256.Size)));
            await File.WriteAllBytesAsync(parsed.GetValue(to)!, set.Bytes, cancellationToken).ConfigureAwait(false);
            Console.WriteLine($"{parsed.GetValue(to)}: {set.Terms.Samples} samples, {set.Bytes.Length} bytes, blob {BlobManifest.Of(set.Bytes).Hash}");
            return 0;
        });
        return command;
    }

    private static Command Offer()
    {
        var (node, key, password) = (CommonOptions.Node(), CommonOptions.Key(), CommonOptions.PasswordFile());
        var file = new Argument<string>("file") { Description = "What dataset sealed seal wrote" };
        var command = new Command("offer", "Offer a sealed set, put its bond down, and upload its blob; again to upload one that is offered already") { file, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var bytes = await File.ReadAllBytesAsync(parsed.GetValue(file)!, cancellationToken).ConfigureAwait(false);
            if (!SealedSet.TryDecode(bytes, out var set)) throw new OperatorException($"file: {parsed.GetValue(file)} is no sealed set");
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var manifest = BlobManifest.Of(bytes);
            var sets = await new DatasetClient(client.Channel).SealedSetsAsync(set.Terms.Task, cancellationToken).ConfigureAwait(false);
            if (!sets.Any(known => known.Blob.Span.SequenceEqual(manifest.Hash.Value.ToArray())))
            {
                var now = await new ValidatorClient(client).ParametersAsync(cancellationToken).ConfigureAwait(false);
                if (!ChainParameters.TryDecode(now.Json.Span, out var parameters)) throw new OperatorException("the node answers with parameters that this program cannot read: use the node's version");
                var offer = SealedSetOffers.MessageOf(set, manifest, parameters.HoldOuts.SealedBond);
                // Offered first: a node takes only what the chain names.
                var paid = await SignedMessage.PayAsync(client, signer, null, body => body.SealedSetOffer = offer, cancellationToken).ConfigureAwait(false);
                if (paid != 0) return paid;
            }

            var genesis = await client.GenesisAsync(cancellationToken).ConfigureAwait(false);
            var last = "";
            await new TrainingClient(client.Channel).UploadWhenNamedAsync(genesis.Hash, signer, manifest, bytes, Refused, cancellationToken).ConfigureAwait(false);
            return 0;

            void Refused(RpcException failure)
            {
                if (failure.Status.Message != last) Console.WriteLine($"not uploaded yet: {failure.Status}");
                last = failure.Status.Message;
            }
        });
        return command;
    }

    private static Command End()
    {
        var (task, node, key, password) = (DatasetCommand.Task(), CommonOptions.Node(), CommonOptions.Key(), CommonOptions.PasswordFile());
        var number = new Argument<ulong>("set") { Description = "Number of the set" };
        var command = new Command("end", "End a set of which one is supplier or custodian; all bonds go back") { number, task, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var id = await DatasetCommand.TaskAsync(client, parsed.GetValue(task), cancellationToken).ConfigureAwait(false);
            var end = new SealedSetEnd { Task = id.ToByteString(), Set = parsed.GetValue(number) };
            return await SignedMessage.PayAsync(client, signer, null, body => body.SealedSetEnd = end, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static Command Graduate()
    {
        var (task, node, key, password) = (DatasetCommand.Task(), CommonOptions.Node(), CommonOptions.Key(), CommonOptions.PasswordFile());
        var folder = DatasetCommand.Folder();
        var number = new Argument<ulong>("set") { Description = "Number of the set" };
        var command = new Command("graduate", "Propose the samples of a set that have judged for the training set, as a delta that is voted on") { number, task, folder, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var id = await DatasetCommand.TaskAsync(client, parsed.GetValue(task), cancellationToken).ConfigureAwait(false);
            var datasets = new DatasetClient(client.Channel);
            var present = await DatasetCommand.PresentAsync(client, id, parsed.GetValue(folder)!, cancellationToken).ConfigureAwait(false);
            var sets = await datasets.SealedSetsAsync(id, cancellationToken).ConfigureAwait(false);
            var chosen = sets.FirstOrDefault(one => one.Set == parsed.GetValue(number)) ?? throw new OperatorException($"set: the task has {sets.Count}");
            var keys = await datasets.OpenedKeysAsync(id, chosen, cancellationToken).ConfigureAwait(false);
            var training = new TrainingClient(client.Channel);
            var bytes = await training.DownloadAsync(new BlobHash(Hash256.FromBytes(chosen.Blob.Span)), BlobLimits.BlobBytesMax, cancellationToken).ConfigureAwait(false);
            if (!SealedSet.TryDecode(bytes, out var set)) throw new OperatorException("set: the node serves no sealed set under its hash");
            var graduates = Graduates.Of(set, keys, present) ?? throw new OperatorException("set: nothing of it has judged that is not in the training set");
            var delta = DatasetDelta.Between(present, [], graduates);
            var reason = $"{graduates.Count} samples of sealed set {parsed.GetValue(number)} that have judged";
            var (message, blob) = await DatasetProposal.MakeAsync(client, id, present, delta, null, reason, cancellationToken).ConfigureAwait(false);
            var paid = await SignedMessage.PayAsync(client, signer, null, body => body.DatasetDeltaProposal = message, cancellationToken).ConfigureAwait(false);
            if (paid != 0) return paid;
            var genesis = await client.GenesisAsync(cancellationToken).ConfigureAwait(false);
            await training.UploadWhenNamedAsync(genesis.Hash, signer, BlobManifest.Of(blob), blob, failure => Console.WriteLine($"not uploaded yet: {failure.Status}"), cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    // A fork is not in the genesis: its model tells.
    private static async Task<int> ClassesAsync(NodeClient client, Hash256 id, CancellationToken cancellationToken)
    {
        var tasks = await new TrainingClient(client.Channel).TasksAsync(cancellationToken).ConfigureAwait(false);
        var task = tasks.First(known => known.Id.Span.SequenceEqual(id.ToArray()));
        return ModelSpec.TryParse(task.ModelSpec.Span, out var spec, out var error)
            ? spec.Plan.Classes
            : throw new OperatorException($"the node answers with a model that this program cannot read ({error}): use the node's version");
    }

    private static byte[] PointOf(string text) => Hex.TryDecode(text, out var point) && point.Length == Ecies.PointSize
        ? point
        : throw new OperatorException($"--custodian: 0x and 128 hexadecimal digits, not \"{text}\"");
}
