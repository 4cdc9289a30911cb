using System.CommandLine;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain key: makes and shows key files.</summary>
internal static class KeyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "Key file (Ethereum V3 JSON)" };
        var password = CommonOptions.PasswordFile();
        var create = new Command("new", "Make a new key") { file, password };
        create.SetAction(parsed =>
        {
            var key = PrivateKey.Generate();
            KeystoreFile.Save(parsed.GetValue(file)!, key, CommonOptions.ReadPassword(parsed.GetValue(password)), ScryptCost.Standard);
            Console.WriteLine(key.Address);
            return 0;
        });

        var point = new Option<bool>("--public") { Description = "Show the public key too: what a supplier of sealed hold-outs needs of a custodian" };
        var show = new Command("show", "Show a key's address, checked with its password") { file, point, password };
        show.SetAction(parsed =>
        {
            var key = CommonOptions.LoadKey(parsed.GetValue(file)!, parsed.GetValue(password));
            Console.WriteLine(key.Address);
            if (parsed.GetValue(point)) Console.WriteLine(Hex.Encode(key.PublicKey.Bytes));
            return 0;
        });

        return new Command("key", "Make and show keys") { create, show, Policy() };
    }

    // Several organisations, each with its own key: the account is made of addresses alone.
    private static Command Policy()
    {
        var file = new Argument<string>("file") { Description = "Policy file to be written; nothing in it is secret" };
        var threshold = new Option<int>("--threshold") { Description = "How many of the members must sign", Required = true };
        var members = new Option<string[]>("--member") { Description = "Address of a member, once for each: 2 to 16", Required = true };
        var policy = new Command("policy", "Make an account that several keys hold, and show its address") { file, threshold, members };
        policy.SetAction(parsed =>
        {
            var addresses = parsed.GetValue(members)!.Select(member => AddressArgument.Parse(member, "--member"));
            if (!MultiSignaturePolicy.TryCreate(parsed.GetValue(threshold), addresses, out var made))
                throw new OperatorException($"--member: 2 to {Limits.MultiSignatureMembersMax} different addresses; --threshold: from 1 to their number");
            PolicyFile.Save(parsed.GetValue(file)!, made);
            Console.WriteLine(made.Address);
            return 0;
        });
        return policy;
    }
}
