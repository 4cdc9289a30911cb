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

        var show = new Command("show", "Show a key's address, checked with its password") { file, password };
        show.SetAction(parsed =>
        {
            Console.WriteLine(CommonOptions.LoadKey(parsed.GetValue(file)!, parsed.GetValue(password)).Address);
            return 0;
        });

        return new Command("key", "Make and show keys") { create, show };
    }
}
