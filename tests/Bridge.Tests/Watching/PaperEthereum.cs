using System.Collections.Immutable;
using System.Text;
using NeuroChain.Chain;
using Pair = System.Collections.Generic.KeyValuePair<System.ReadOnlyMemory<byte>, System.ReadOnlyMemory<byte>>;

namespace NeuroChain.Bridge.Tests;

/// <summary>A block with all that endpoints are asked for.</summary>
internal sealed record PaperBlock(EthereumHeader Header, ImmutableArray<EthereumReceipt> Receipts, PatriciaTrie State, PatriciaTrie VaultStorage, PatriciaTrie TokenStorage)
{
    public ulong Nonce { get; init; }

    public Hash256 Chain { get; init; }

    public Hash256 Hash { get; } = Header.ComputeHash();

    public EthereumBlockId Id => new(Header.Number, Hash);

    public RpcHeader Rpc => new(Id, Header.ParentHash, Header);
}

/// <summary>
/// An Ethereum of headers, receipts and tries alone: whole to whoever checks hashes, and without a process. It answers what a watcher asks, as an
/// honest endpoint does; a test makes it lie.
/// </summary>
internal sealed class PaperEthereum
{
    public const ulong ChainId = 31337, FinalityLag = 8;

    public static readonly Address Vault = AddressOf(0xaa), Token = AddressOf(0xbb), Other = AddressOf(0xcc);

    private static readonly Hash256 LockedTopic = Keccak256.Hash(Encoding.ASCII.GetBytes("Locked(uint64,address,bytes32,uint256,uint256)"));

    private readonly List<PaperBlock> _blocks;

    public PaperEthereum() => _blocks = [Make(null, [], 0)];

    private PaperEthereum(IEnumerable<PaperBlock> blocks) => _blocks = [.. blocks];

    public IReadOnlyList<PaperBlock> Blocks => _blocks;

    public PaperBlock Head => _blocks[^1];

    public ulong FinalNumber => Head.Header.Number - Math.Min(Head.Header.Number, FinalityLag);

    public WatcherOptions Options(int endpoints = 3, int required = 2) =>
        new(new QuorumOptions(endpoints, required, ChainId, _blocks[0].Hash), Vault, Token, _blocks[0].Id) { HeartbeatBlocks = 16, RangeMax = 8 };

    /// <summary>The same up to a number; what is mined on it is another history.</summary>
    public PaperEthereum ForkAt(ulong number) => new(_blocks.Take((int)number + 1));

    /// <summary>Blocks without an event of the vault.</summary>
    public PaperEthereum MineEmpty(int count, ulong salt = 0)
    {
        for (var i = 0; i < count; i++) _blocks.Add(Make(Head, [], salt));
        return this;
    }

    /// <summary>A block with events of the vault, and a look-alike of another contract before each.</summary>
    /// <param name="amount">Locked by each.</param>
    /// <param name="events">How many, in receipts of two.</param>
    /// <param name="skippedNonces">Which no event has.</param>
    public PaperEthereum Mine(ulong amount, int events = 1, ulong skippedNonces = 0)
    {
        var logs = new List<EthereumLog>();
        for (var i = 0; i < events; i++)
        {
            var locked = Locked(Vault, Head.Nonce + skippedNonces + (ulong)i + 1, amount);
            logs.AddRange([locked with { Address = Other }, locked]);
        }

        _blocks.Add(Make(Head, [.. logs.Chunk(4).Select((some, i) => new EthereumReceipt(2, null, true, 50_000 * ((ulong)i + 1), [.. some]))], amount));
        return this;
    }

    /// <summary>A block of given receipts.</summary>
    public PaperEthereum Mine(params ImmutableArray<EthereumReceipt> receipts)
    {
        _blocks.Add(Make(Head, receipts, 0));
        return this;
    }

    /// <summary>An honest answer.</summary>
    public Said Answer(Question question) => question switch
    {
        Question.Survey => new Said.Survey(new EndpointSurvey(ChainId, _blocks[0].Hash, Head.Id, _blocks[(int)FinalNumber].Id)),
        Question.HeaderAt at => at.Number <= Head.Header.Number ? new Said.Header(_blocks[(int)at.Number].Rpc) : Absent,
        Question.Headers range => range.To <= Head.Header.Number ? new Said.Headers([.. Range(range.From, range.To).Select(block => block.Rpc)]) : Absent,
        Question.LogIndex range => new Said.LogIndex([.. Range(range.From, range.To).Where(HasEvents).Select(block => block.Header.Number)]),
        Question.Receipts of => _blocks.Find(block => block.Hash == of.Block.Hash) is { } block ? new Said.Receipts(block.Receipts) : Absent,
        Question.Proof of => of.Number <= Head.Header.Number ? new Said.Proof(Prove(_blocks[(int)of.Number], of)) : Absent,
        _ => throw new ArgumentException("no such question"),
    };

    public static Said Absent { get; } = new Said.Failed(EndpointFault.Absent, "");

    public static bool HasEvents(PaperBlock block) => block.Receipts.Any(receipt => receipt.Succeeded && receipt.Logs.Any(log => log.Address == Vault));

    public static EthereumLog Locked(Address contract, ulong nonce, ulong amount) => new(
        contract,
        [LockedTopic, Words.Of(nonce), Words.Of(Other), Words.Of(Other)],
        new AbiWriter().UInt64(amount).UInt64(amount * nonce).ToArray());

    private IEnumerable<PaperBlock> Range(ulong from, ulong to) => _blocks.Where(block => block.Header.Number >= from && block.Header.Number <= to);

    private static PaperBlock Make(PaperBlock? parent, ImmutableArray<EthereumReceipt> receipts, ulong salt)
    {
        var (nonce, chain) = (parent?.Nonce ?? 0, parent?.Chain ?? Hash256.Zero);
        foreach (var log in receipts.Where(receipt => receipt.Succeeded).SelectMany(receipt => receipt.Logs).Where(log => log.Address == Vault))
            if (VaultEvent.TryRead(log, 0, 0, out var read))
                (nonce, chain) = (read.Nonce, read.Fold(chain));
        var vault = Storage((StorageSlot.Of(1), Words.Of(nonce * 5)), (StorageSlot.Of(2), Words.Of(nonce)), (StorageSlot.Of(3), chain));
        var token = Storage((StorageSlot.OfMapping(Vault, StorageSlot.Of(1)), Words.Of((nonce * 5) + 3)));
        var state = PatriciaTrie.Secure([Account(Vault, vault), Account(Token, token), Account(Other, Storage())]);
        var header = new EthereumHeader
        {
            ParentHash = parent?.Hash ?? Hash256.Zero,
            OmmersHash = Words.Of(1),
            Beneficiary = Other,
            StateRoot = state.Root,
            TransactionsRoot = PatriciaTrie.EmptyRoot,
            ReceiptsRoot = EthereumReceipt.RootOf(receipts),
            LogsBloom = Bloom.Of(receipts.SelectMany(receipt => receipt.Logs)),
            Difficulty = UInt256.Zero,
            Number = parent is null ? 0 : parent.Header.Number + 1,
            GasLimit = 30_000_000,
            GasUsed = 0,
            Timestamp = parent is null ? 1_900_000_000 : parent.Header.Timestamp + 12,
            ExtraData = new ByteWriter().UInt64(salt).ToArray(),
            MixHash = Hash256.Zero,
            MixNonce = 0,
            BaseFeePerGas = new UInt256(7),
            WithdrawalsRoot = PatriciaTrie.EmptyRoot,
            BlobGasUsed = 0,
            ExcessBlobGas = 0,
            ParentBeaconBlockRoot = Hash256.Zero,
            RequestsHash = Words.Of(2),
        };
        return new PaperBlock(header, receipts, state, vault, token) { Nonce = nonce, Chain = chain };
    }

    private static AccountEvidence Prove(PaperBlock block, Question.Proof of)
    {
        var storage = of.Account == Vault ? block.VaultStorage : of.Account == Token ? block.TokenStorage : Storage();
        return new AccountEvidence(of.Account, of.Slots, [.. block.State.Prove(Key(of.Account.ToArray())), .. storage.Prove(of.Slots.Select(slot => Key(slot.ToArray())))]);
    }

    private static ReadOnlyMemory<byte> Key(byte[] key) => Keccak256.Hash(key).ToArray();

    private static Pair Account(Address address, PatriciaTrie storage) =>
        new(address.ToArray(), new EthereumAccount(1, UInt256.Zero, storage.Root, storage.Root == PatriciaTrie.EmptyRoot && address == Other ? EthereumAccount.NoCode : Words.Of(9)).Encode());

    private static PatriciaTrie Storage(params (Hash256 Slot, Hash256 Word)[] words) => PatriciaTrie.Secure(words
        .Where(word => !word.Word.IsZero)
        .Select(word => new Pair(word.Slot.ToArray(), new RlpWriter().UInt256(UInt256.FromHash(word.Word)).ToArray())));

    private static Address AddressOf(byte value) => Address.FromBytes([.. Enumerable.Repeat(value, Address.Size)]);
}
