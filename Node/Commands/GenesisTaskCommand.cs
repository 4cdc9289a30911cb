using System.CommandLine;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>neurochain genesis task: writes something to learn into a genesis file.</summary>
internal static class GenesisTaskCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "genesis.json to begin from" };
        var output = new Option<string>("--output") { Description = "File to write", Required = true };
        var name = new Option<string>("--name") { Description = "Name of the task", Required = true };
        var folder = new Option<string?>("--dataset") { Description = $"Folder in IDX form: its training set is learned from; {DigitsAndLetters.Name} without it" };
        var generated = new Option<bool>("--generated") { Description = $"Judge by {DigitsAndLetters.Name}, whose samples nobody has before, instead of by the folder's test set, which is public" };
        var model = new Option<string?>("--model") { Description = "Model spec, a JSON file; the test network's small convolutional network without it" };
        var seed = new Option<string?>("--seed") { Description = "Hash that the first checkpoint is made from; that of the name without it" };
        var supplier = new Option<string?>("--supplier") { Description = "Who gets the share of the training set's supplier; nobody without it" };
        var gain = new Option<uint>("--required-gain") { Description = "Millionths of the incumbent's loss that the first gain must reach", DefaultValueFactory = _ => 10_000 };
        var blocks = new Option<ulong>("--target-round-blocks") { Description = "Blocks from one certificate to the next that the required gain aims at", DefaultValueFactory = _ => 600 };
        var command = new Command("task", "Write a task, and the data sets that it names, into a genesis file") { file, output, name, folder, generated, model, seed, supplier, gain, blocks };
        command.SetAction(parsed =>
        {
            var genesis = GenesisCommand.Load(parsed.GetValue(file)!);
            if (genesis.Tasks.Any(known => known.Name == parsed.GetValue(name))) throw new OperatorException($"--name: the genesis has a task \"{parsed.GetValue(name)}\"");
            var data = parsed.GetValue(folder) is { } path ? IdxFolder.Load(path) : null;
            var isGenerated = parsed.GetValue(generated) || data is null;
            var generator = DigitsAndLetters.Instance;
            var spec = Spec(parsed.GetValue(model), isGenerated ? DigitsAndLetters.Classes : data!.Training.Classes);
            var first = parsed.GetValue(seed) is not { } text
                ? Hash256.Sha256(System.Text.Encoding.UTF8.GetBytes(parsed.GetValue(name)!))
                : Hash256.TryParse(text, out var read) ? read : throw new OperatorException("--seed: 0x and 64 hexadecimal digits");
            var owner = parsed.GetValue(supplier) is { } who ? AddressArgument.Parse(who, "--supplier") : Address.Zero;
            List<GenesisDataset> sets = [];
            if (data is not null) sets.Add(SetOf(data.Training, spec, $"{parsed.GetValue(name)}, training", owner));
            if (isGenerated) sets.Add(new GenesisDataset(DigitsAndLetters.Name, generator.Root, (uint)generator.Count, Address.Zero));
            else sets.Add(SetOf(data!.Test, spec, $"{parsed.GetValue(name)}, test", Address.Zero));
            var task = NewTask.Of(
                parsed.GetValue(name)!, spec, sets[0].Root, sets[^1].Root, isGenerated ? GenesisTask.Generator : GenesisTask.PublicHoldOut, parsed.GetValue(gain), first, parsed.GetValue(blocks));
            var whole = GenesisDocument.Parse((genesis with
            {
                Datasets = [.. genesis.Datasets, .. sets.Where(set => genesis.Datasets.All(known => known.Root != set.Root))],
                Tasks = [.. genesis.Tasks, task],
            }).ToJson());
            DatasetFolders.RequireGenerator(whole);
            File.WriteAllBytes(parsed.GetValue(output)!, whole.ToJson());
            foreach (var set in sets) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"data set     {set.Name}: {set.Samples} samples, root {set.Root}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"task         {task.Name} {task.Id}: {spec.Plan.Classes} classes, checkpoints of {task.ModelBytes} bytes, from {task.InitialModel}"));
            GenesisCommand.Print(whole);
            return 0;
        });
        return command;
    }

    private static ModelSpec Spec(string? file, int classes)
    {
        if (file is null) return ModelSpec.SmallConvolutional(classes: classes);
        if (!File.Exists(file)) throw new OperatorException($"--model: there is no {file}");
        return ModelSpec.TryParse(File.ReadAllBytes(file), out var spec, out var error) ? spec : throw new OperatorException($"--model: {error}");
    }

    private static GenesisDataset SetOf(Dataset dataset, ModelSpec spec, string name, Address supplier)
    {
        if (dataset.Shape != spec.Plan.Input) throw new OperatorException($"--dataset: images of {dataset.Shape}, the model takes {spec.Plan.Input}");
        if (dataset.Classes > spec.Plan.Classes) throw new OperatorException($"--dataset: {dataset.Classes} classes, the model tells {spec.Plan.Classes} apart");
        return new GenesisDataset(name, dataset.Root, (uint)dataset.Count, supplier);
    }
}
