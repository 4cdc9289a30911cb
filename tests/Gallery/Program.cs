using NeuroChain.Gallery;

// gallery [NAME] [--json] [--to FILE]: runs all attacks, or one, and says what they gain. With --json one JSON object on standard output; what
// happens meanwhile on standard error.
const string usage = "usage: neurochain gallery [NAME] [--json] [--to FILE.md]";
var (json, page, attacks) = (false, (string?)null, AllAttacks.Of());
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--json":
            json = true;
            break;
        case "--to" when i + 1 < args.Length:
            page = args[++i];
            break;
        case var name when AllAttacks.Find(name) is { } one:
            attacks = [one];
            break;
        default:
            Console.Error.WriteLine(usage);
            Console.Error.WriteLine($"attacks: {string.Join(' ', AllAttacks.Of().Select(attack => attack.Name))}");
            return 2;
    }
}

var outcomes = new List<Outcome>();
foreach (var attack in attacks)
{
    foreach (var validators in AllAttacks.Networks)
    {
        Console.Error.WriteLine($"{attack.Name} against {validators}");
        outcomes.Add(attack.Run(validators));
    }
}

if (page is not null) File.WriteAllText(page, GalleryPage.Markdown(outcomes));
if (json) Console.WriteLine(GalleryPage.Json(outcomes));
else if (page is null) Console.WriteLine(GalleryPage.Markdown(outcomes));
return outcomes.All(outcome => outcome.IsHeld) ? 0 : 1;
