using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain bridge claim, claims: takes a holder's NTK by its signature, and says how far all claims are.</summary>
internal static class ClaimCommand
{
    private const ulong ValidSeconds = 30 * 86_400;

    public static Command Create()
    {
        var holders = new Option<string>("--holders") { Description = "Holders file whose root is in the genesis", Required = true };
        var recipient = new Option<string>("--recipient") { Description = "The account on this chain that the NTK come to", Required = true };
        var key = new Option<string?>("--key") { Description = "Key file of the holder, which signs here" };
        var password = CommonOptions.PasswordFile();
        var holder = new Option<string?>("--holder") { Description = "Address of the holder, whose wallet signs elsewhere" };
        var print = new Option<string?>("--print") { Description = "Show what the wallet is to sign, and send nothing: typed (eth_signTypedData_v4) or text (personal_sign)" };
        var signature = new Option<string?>("--signature") { Description = "What the wallet gave: 0x and 130 digits" };
        var until = new Option<string?>("--valid-until") { Description = "Last second in which the signature counts: seconds since 1970, as shown with what is to be signed; a month from now where the key signs here" };
        var node = CommonOptions.Node();
        var command = new Command("claim", "Claim what the snapshot says that a holder has; whoever sends it pays nothing") { holders, recipient, key, password, holder, print, signature, until, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = HoldersCommand.Load(parsed.GetValue(holders)!);
            var to = AddressArgument.Parse(parsed.GetValue(recipient), "--recipient");
            var (shown, given) = (parsed.GetValue(print), parsed.GetValue(signature));
            if (new[] { parsed.GetValue(key), shown, given }.Count(word => word is not null) != 1) throw new OperatorException("one of --key, --print and --signature");
            if (shown is not (null or "typed" or "text")) throw new OperatorException("--print: typed or text");
            using var client = new NodeClient(parsed.GetValue(node)!);
            var genesis = await client.GenesisAsync(cancellationToken).ConfigureAwait(false);
            if (genesis.Claims is not { } claims) throw new OperatorException("the genesis of this chain names no snapshot");
            if (claims != file.ToGenesis(claims.ClosingHeight)) throw new OperatorException("the holders file is of another snapshot than the genesis");

            var signer = parsed.GetValue(key) is { } keyFile ? CommonOptions.LoadKey(keyFile, parsed.GetValue(password)) : null;
            var who = signer?.Address ?? AddressArgument.Parse(parsed.GetValue(holder), "--holder");
            var seconds = UntilOf(parsed.GetValue(until), isNeeded: given is not null);
            var claim = new SnapshotClaim(genesis.Hash, claims.EthereumChainId, who, HoldersCommand.RequireLeaf(file, who), to, seconds);
            if (shown is not null) return Show(claim, shown);
            var (form, signed) = signer is not null ? (ClaimForm.Typed, signer.Sign(claim.Digest(ClaimForm.Typed)).WithoutRecoveryId) : Match(claim, given!);
            var message = Message(claim, file.Tree.Prove(claim.Holder, claim.Amount)!.Value, form, signed);
            // The envelope says nothing: any key will do.
            return await SignedMessage.OperateAsync(client, PrivateKey.Generate(), body => body.ClaimSnapshot = message, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    public static Command CreateStatus()
    {
        var node = CommonOptions.Node();
        var holder = new Argument<string?>("holder") { Description = "Only this holder's", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("claims", "How far the claims of the snapshot are") { holder, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var service = new ClaimsClient(client.Channel);
            if (parsed.GetValue(holder) is { } who)
            {
                var one = await service.OneAsync(AddressArgument.Parse(who, "holder"), cancellationToken).ConfigureAwait(false);
                Console.WriteLine(one.Claimed ? $"claimed in block {one.ClaimedHeight} for {Address.FromBytes(one.Recipient.Span)}" : $"not claimed at height {one.Height}");
                return 0;
            }

            var all = await service.AllAsync(cancellationToken).ConfigureAwait(false);
            Console.WriteLine($"snapshot     {Address.FromBytes(all.Token.Span)} after block {all.BlockNumber} of chain {all.EthereumChainId}");
            Console.WriteLine($"root         {Hex.Encode(all.Root.Span)}");
            Console.WriteLine($"claimed      {NtkText.Of(all.Claimed)} of {NtkText.Of(all.Total)} NTK, {all.Leaves} leaves");
            Console.WriteLine(all.FromPot ? $"paid from    a pot, with {NtkText.Of(all.Pot)} NTK" : "paid from    nothing: a claim makes its NTK");
            Console.WriteLine(all.Height < all.ClosingHeight ? $"open         up to height {all.ClosingHeight}, now {all.Height}" : $"closed       since height {all.ClosingHeight}; a vote may open it again");
            return 0;
        });
        return command;
    }

    /// <summary>The message that a claim travels in.</summary>
    public static ClaimSnapshot Message(SnapshotClaim claim, IEnumerable<Hash256> path, ClaimForm form, EcdsaSignature signature) => new()
    {
        Chain = claim.Chain.Value.ToByteString(),
        EthereumChainId = claim.EthereumChainId,
        Holder = claim.Holder.ToByteString(),
        Amount = claim.Amount.ToByteString(),
        Recipient = claim.Recipient.ToByteString(),
        ValidUntil = claim.ValidUntil,
        Path = { path.Select(node => node.ToByteString()) },
        Form = (uint)form,
        Signature = ByteString.CopyFrom(signature.Bytes),
    };

    /// <summary>Which form a wallet's signature is of: r, s and a recovery id of 0, 1, 27 or 28.</summary>
    /// <exception cref="OperatorException">It is none, or another key's, or over something else.</exception>
    public static (ClaimForm Form, EcdsaSignature Signature) Match(SnapshotClaim claim, string text)
    {
        if (!Hex.TryDecode(text, out var bytes) || bytes.Length != Signature.Size || bytes[^1] is not (0 or 1 or 27 or 28)) throw new OperatorException("--signature: 0x and 130 hexadecimal digits of r, s and v");
        if (!EcdsaSignature.TryFromBytes(bytes.AsSpan(0, EcdsaSignature.Size), out var signature)) throw new OperatorException("--signature: no signature with a low s");
        foreach (var form in Enum.GetValues<ClaimForm>())
            if (signature.IsBy(claim.Holder, claim.Digest(form)))
                return (form, signature);
        throw new OperatorException($"--signature: not of the key of {claim.Holder} over this claim: are recipient and --valid-until those that were signed?");
    }

    private static int Show(SnapshotClaim claim, string form)
    {
        Console.WriteLine(form == "text" ? claim.Text : claim.ToTypedData().ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        Console.Error.WriteLine($"sign this with {claim.Holder}, then the same command with --valid-until {claim.ValidUntil} --signature 0x... in the place of --print");
        return 0;
    }

    private static ulong UntilOf(string? text, bool isNeeded)
    {
        if (text is not null)
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given <= SnapshotClaim.ValidUntilMax
                ? given
                : throw new OperatorException($"--valid-until: seconds since 1970, at most {SnapshotClaim.ValidUntilMax}");
        if (isNeeded) throw new OperatorException("--valid-until: as it was signed");
        return (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + ValidSeconds;
    }
}
