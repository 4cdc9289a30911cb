using System.Collections.Immutable;
using System.Text;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;

namespace NeuroChain.Fuzz;

/// <summary>Decoders of Bridge: calldata that somebody hands on, the operators' list, and what watch and sender keep. Answers of Ethereum's endpoints have targets of their own.</summary>
internal static class BridgeTargets
{
    private const ulong ChainId = 5;

    private static readonly PrivateKey Sender = PrivateKey.FromSeed(Hash256.Sha256([5]));

    private static readonly VaultAddress Vault = new(ChainId, Address.FromBytes([.. Enumerable.Repeat((byte)7, Address.Size)]));

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("vault-call", ["VaultCallContent.TryRead"], AnyCall, ReencodeCall),
        new("vault-revert", ["Revert.Read"], AnyRevert, bytes => Revert.Read(bytes).ToString().Length > 0 ? bytes : null) { Spelling = Spelling.None },
        new("exclusion-list", ["ExclusionList.Parse"], AnyExclusions, ReencodeExclusions) { Spelling = Spelling.Several },
        // Each transaction's sender is recovered.
        new("sending-state", ["SendingState.TryDecode"], s => AnySending(s).Encode(),
            bytes => SendingState.TryDecode(bytes, ChainId, Sender.Address, out var state) ? state.Encode() : null) { TestInputs = 1_000 },
        new("watcher-state", ["WatcherState.TryDecode", "WatcherHalt.ReadFrom"], s => AnyWatch(s).Encode(), bytes => WatcherState.TryDecode(bytes, [], out var state) ? state.Encode() : null),
        new("vault-block", ["VaultBlock.TryDecode", "VaultEvent.ReadFrom"], s => AnyVaultBlock(s).Encode(), bytes => VaultBlock.TryDecode(bytes, out var block) ? block.Encode() : null),
        new("heartbeat", ["Heartbeat.TryDecode", "AccountEvidence.ReadFrom"], AnyHeartbeat, ReencodeHeartbeat),
    ];

    private static byte[] AnyCall(SeededStream s)
    {
        var certificate = VaultCertificate.Of(ChainFormats.AnyCommit(s) with { Signatures = [] }, ChainFormats.AnySet(s));
        // Words that no key signed: the reader looks at no signature.
        certificate = certificate with { Signers = s.NextBelow(8), Signatures = [.. Enumerable.Range(0, (int)s.NextBelow(6)).Select(_ => s.NextHash())] };
        var path = new MountainProof(s.NextBelow(9), s.NextUInt64(), [.. Enumerable.Range(0, (int)s.NextBelow(6)).Select(_ => s.NextHash())]);
        return s.NextBelow(3) switch
        {
            0 => VaultCalls.Release(certificate, new BridgeWithdrawal(s.NextHash(), AnyEthereum.AnyAddress(s), new Amount(s.NextUInt64()), s.NextUInt64()), path),
            1 => VaultCalls.Act(certificate, new BridgeAction(s.NextHash(), (BridgeActionKind)(1 + s.NextBelow(6)), [.. AnyEthereum.Bytes(s, 100)], s.NextUInt64()), path),
            _ => VaultCalls.Follow(certificate, path),
        };
    }

    // What was read is also judged: a check must not fall over what the reader lets through.
    private static byte[]? ReencodeCall(byte[] bytes)
    {
        if (!VaultCallContent.TryRead(bytes, out var content)) return null;
        _ = content.Path.Proves(content.Certificate.BridgeRoot, content.LeafFor(Vault, 1));
        Assert.NotNull(content.Certificate.Fault(new GenesisHash(Hash256.Zero), out _)); // nobody signed it
        return content switch
        {
            VaultCallContent.Release release => VaultCalls.Release(release.Certificate, release.Withdrawal, release.Path),
            VaultCallContent.Act act => VaultCalls.Act(act.Certificate, act.Action, act.Path),
            _ => VaultCalls.Follow(content.Certificate, content.Path),
        };
    }

    /// <summary>A custom error of the contracts, one of Solidity's own, or none.</summary>
    public static byte[] AnyRevert(SeededStream s) => s.NextBelow(3) switch
    {
        0 => AbiSelector.Of("LimitReached(uint256)").With(new AbiWriter().UInt256(AnyEthereum.AnyNumber(s))),
        1 => AbiSelector.Of("Error(string)").With(new AbiWriter().Text("not today")),
        _ => AnyEthereum.Bytes(s, 3),
    };

    private static byte[] AnyExclusions(SeededStream s)
    {
        var lines = Enumerable.Range(0, (int)s.NextBelow(5)).Select(i => $"{AnyEthereum.AnyAddress(s)} exchange {i}{(s.NextChance(1, 4) ? "\r\n" : "\n")}");
        return TextTargets.Latin(string.Concat(lines));
    }

    private static byte[]? ReencodeExclusions(byte[] bytes)
    {
        try
        {
            return TextTargets.Latin(string.Concat(ExclusionList.Parse(TextTargets.Text(bytes)).Reasons.Select(reason => $"{reason.Key} {reason.Value}\n")));
        }
        catch (OperatorException)
        {
            return null;
        }
    }

    private static SendingState AnySending(SeededStream s)
    {
        var state = SendingState.Empty;
        for (var nonce = 0UL; nonce < s.NextBelow(3); nonce++)
        {
            state = state.Noting("release", new SendingAttempt(AnySigned(s, nonce, AnyEthereum.Bytes(s, 40)), 1));
            state = state.Settling(state.Open!.Last.Hash);
        }

        if (s.NextChance(1, 4)) return state;
        var data = AnyEthereum.Bytes(s, 40);
        for (var left = s.NextBelow(3); ; left--)
        {
            state = state.Noting("følg 0x1", new SendingAttempt(AnySigned(s, 9, s.NextChance(1, 3) ? AnyEthereum.Bytes(s, 40) : data), s.NextUInt64()));
            if (left == 0) break;
        }

        return s.NextChance(1, 3) ? state with { Open = state.Open! with { LostSince = s.NextUInt64() } } : state;
    }

    private static SignedEthereumTransaction AnySigned(SeededStream s, ulong nonce, byte[] data) => new EthereumTransaction
    {
        Type = EthereumTransactionType.DynamicFee,
        ChainId = ChainId,
        Nonce = nonce,
        MaxFeePerGas = new UInt256(s.NextUInt64()),
        GasLimit = AnyEthereum.AnySmallNumber(s),
        To = AnyEthereum.AnyAddress(s),
        Data = data,
    }.Sign(Sender);

    private static EthereumBlockId AnyId(SeededStream s) => new(AnyEthereum.AnySmallNumber(s), s.NextHash());

    private static WatcherState AnyWatch(SeededStream s) => new()
    {
        Identity = s.NextHash(),
        Cursor = AnyId(s),
        EventNonce = s.NextUInt64(),
        EventChain = s.NextHash(),
        LastEventBlock = AnyId(s),
        RescannedNonce = s.NextChance(1, 2) ? s.NextUInt64() : null,
        Halt = s.NextChance(1, 4) ? null : AnyHalt(s),
    };

    private static WatcherHalt AnyHalt(SeededStream s) => new(
        (HaltReason)(1 + s.NextBelow(7)), AnyId(s), AnyId(s), [.. Enumerable.Range(0, (int)s.NextBelow(3)).Select(_ => AnyId(s))], [.. Enumerable.Range(0, (int)s.NextBelow(3))],
        s.NextChance(1, 2) ? AnyEthereum.AnyHeader(s).Encode() : default, "block 7 was final, and is not: é");

    private static VaultBlock AnyVaultBlock(SeededStream s)
    {
        var header = AnyEthereum.AnyHeader(s);
        var (_, trie) = AnyEthereum.AnyBlock(s, 1 + (int)s.NextBelow(9));
        var events = Enumerable.Range(0, 1 + (int)s.NextBelow(3)).Select(i => new VaultEvent(
            s.NextUInt64(), 0, (uint)i, AnyEthereum.AnyLog(s) with { Topics = [s.NextHash(), s.NextHash()] }));
        return new VaultBlock(header, header.ComputeHash(), [.. events], [new ProvenReceipt(0, ReceiptProof.Create(trie, 0))]);
    }

    private static byte[] AnyHeartbeat(SeededStream s)
    {
        var (root, token, vault) = AnyState(s);
        var header = AnyEthereum.AnyHeader(s) with { StateRoot = root };
        return new Heartbeat(header, header.ComputeHash(), token, vault).Encode();
    }

    // A state of twenty accounts of which two, token and vault, have a storage.
    private static (Hash256 Root, AccountEvidence Token, AccountEvidence Vault) AnyState(SeededStream s)
    {
        var addresses = Enumerable.Range(0, 20).Select(_ => AnyEthereum.AnyAddress(s)).ToList();
        var slots = Heartbeat.VaultSlots;
        var storage = PatriciaTrie.Secure(slots.Select(slot => Pair(slot, new RlpWriter().UInt64(1 + s.NextBelow(500)).ToArray())));
        var state = PatriciaTrie.Secure(addresses.Select((address, i) =>
        {
            var account = AnyEthereum.AnyAccount(s);
            return new KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(address.ToArray(), (i < 2 ? account with { StorageRoot = storage.Root } : account).Encode());
        }));
        return (state.Root, Evidence(addresses[0], slots[..1]), Evidence(addresses[1], slots));

        AccountEvidence Evidence(Address address, ImmutableArray<Hash256> words)
        {
            var nodes = state.Prove(Keccak256.Hash(address.ToArray()).ToArray()).Concat(words.SelectMany(slot => storage.Prove(Keccak256.Hash(slot.ToArray()).ToArray())));
            return new AccountEvidence(address, words, [.. nodes.DistinctBy(node => Keccak256.Hash(node.Span))]);
        }

        static KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Pair(Hash256 slot, byte[] word) => new(slot.ToArray(), word);
    }

    private static byte[]? ReencodeHeartbeat(byte[] bytes)
    {
        if (!Heartbeat.TryDecode(bytes, out var heartbeat)) return null;
        _ = heartbeat.TryRead(out _);
        return heartbeat.Encode();
    }
}
