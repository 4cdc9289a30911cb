using System.CommandLine;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain genesis: checks genesis files, and writes tasks and the supply of the NTK papers into one.</summary>
internal static class GenesisCommand
{
    /// <summary>More than two thirds of the power decide: of fewer than four equal ones none may be missing.</summary>
    private const int ValidatorsThatStandAFault = 4;

    public static Command Create() => new("genesis", "Check and fill genesis files") { Check(), Ntk(), GenesisTaskCommand.Create() };

    private static Command Check()
    {
        var file = new Argument<string>("file") { Description = "genesis.json" };
        var command = new Command("check", "Read a genesis file and show what it makes") { file };
        command.SetAction(parsed =>
        {
            Print(Load(parsed.GetValue(file)!));
            return 0;
        });
        return command;
    }

    private static Command Ntk()
    {
        var file = new Argument<string>("file") { Description = "genesis.json to begin from: its supply is replaced" };
        var output = new Option<string>("--output") { Description = "File to write", Required = true };
        var sale = Holder("--sale", "Holder of what is for sale (60 % less the reserve); burns what stays unsold, unless --sold says it");
        var team = Holder("--team", "Holder of the team's 12 %");
        var partners = Holder("--partners", "Holder of the partners' 12 %");
        var liquidity = Holder("--liquidity", "Holder of the liquidity reserve of 10 %");
        var researchers = Holder("--researchers", "Holder of the researchers' 6 %");
        var reserve = new Option<string>("--learning-reserve") { Description = "NTK that learning is paid from, out of the share for sale", DefaultValueFactory = _ => "10000000" };
        var sold = new Option<string?>("--sold") { Description = "NTK that were sold, where the sale is over: what stayed unsold is burned by never being made" };
        var command = new Command("ntk", "Allocate 100,000,000 NTK as the NTK papers do") { file, output, sale, team, partners, liquidity, researchers, reserve, sold };
        command.SetAction(parsed =>
        {
            if (!Amount.TryParseNtk(parsed.GetValue(reserve), out var carved)) throw new OperatorException("--learning-reserve: NTK as a decimal number");
            Amount? taken = null;
            if (parsed.GetValue(sold) is { } told) taken = Amount.TryParseNtk(told, out var read) ? read : throw new OperatorException("--sold: NTK as a decimal number");
            var holders = new NtkHolders(Read(sale), Read(team), Read(partners), Read(liquidity), Read(researchers));
            var genesis = GenesisDocument.Parse(NtkAllocation.Apply(Load(parsed.GetValue(file)!), holders, carved, taken).ToJson());
            File.WriteAllBytes(parsed.GetValue(output)!, genesis.ToJson());
            Print(genesis);
            return 0;

            Address Read(Option<string> option) => AddressArgument.Parse(parsed.GetValue(option), option.Name);
        });
        return command;
    }

    private static Option<string> Holder(string name, string text) => new(name) { Description = text, Required = true };

    internal static GenesisDocument Load(string file) =>
        File.Exists(file) ? GenesisDocument.Parse(File.ReadAllBytes(file)) : throw new OperatorException($"there is no {file}");

    internal static void Print(GenesisDocument genesis)
    {
        Console.WriteLine($"chain        {genesis.ChainName}");
        Console.WriteLine($"genesis      {genesis.Hash}");
        Console.WriteLine($"supply       {genesis.SupplyMode}");
        foreach (var (address, amount) in genesis.Allocations) Console.WriteLine($"allocation   {address} {amount} NTK");
        Console.WriteLine($"reserve      {genesis.RewardReserve} NTK for learning");
        if (genesis.Claims is { } claims)
            Console.WriteLine($"claims       {claims.Total} NTK of {claims.Token} after block {claims.BlockNumber}, up to height {claims.ClosingHeight}{(genesis.SupplyMode == GenesisDocument.BridgedSupply ? ", from a pot" : "")}");
        Console.WriteLine($"validators   {genesis.Validators.Length}, tasks {genesis.Tasks.Length}, data sets {genesis.Datasets.Length}");
        foreach (var note in Notes(genesis)) Console.WriteLine($"note         {note}");
    }

    // Lawful, and seldom meant for a chain that is to last.
    private static IEnumerable<string> Notes(GenesisDocument genesis)
    {
        if (genesis.Validators.Length < ValidatorsThatStandAFault)
            yield return $"{genesis.Validators.Length} of at least {ValidatorsThatStandAFault} validators: the chain stands still as soon as one is away";
        if (genesis.Parameters.Validators.BondMin == Amount.Zero)
            yield return "parameters.validators.bond_min is 0: validators need no bond, and there is nothing to burn of who lies";
    }
}
