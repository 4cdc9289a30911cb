using NeuroChain.Chain;
using NeuroChain.Gpu;

// gpu prepare DIR             writes what plain.py trains on: data, first weights, mini-batches
// gpu report DIR SECONDS FILE measures, puts plain.py's figures beside, writes the JSON
try
{
    switch (args)
    {
        case ["prepare", var folder]:
            Workload.Write(folder);
            return 0;
        case ["report", var folder, var seconds, var file] when double.TryParse(seconds, out var time) && time > 0:
            Report.Write(folder, TimeSpan.FromSeconds(time), file);
            return 0;
        default:
            Console.Error.WriteLine("gpu: prepare DIR, or report DIR SECONDS FILE");
            return 2;
    }
}
catch (OperatorException mistake)
{
    Console.Error.WriteLine($"gpu: {mistake.Message}");
    return 2;
}
