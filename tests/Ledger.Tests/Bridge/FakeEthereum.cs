using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>A block of <see cref="FakeEthereum"/> with all that can be proven by it.</summary>
internal sealed record FakeBlock(
    EthereumHeader Header, PatriciaTrie Receipts, ImmutableArray<ulong> OfVault, PatriciaTrie State, PatriciaTrie Vault, PatriciaTrie Token)
{
    public ulong Number => Header.Number;

    public Hash256 Hash => Header.ComputeHash();

    /// <summary>Those of the trie, in order.</summary>
    public ImmutableArray<EthereumReceipt> All { get; init; } = [];
}

/// <summary>
/// What the vault does on Ethereum, as far as the chain can see: its events, the receipts and headers that hold them, and its storage. The encoders
/// are the chain's own, which are checked against official vectors and real blocks elsewhere.
/// </summary>
internal sealed class FakeEthereum(GenesisBridge bridge)
{
    private static readonly Hash256 Unlike = Keccak256.Hash("Transfer(address,address,uint256)"u8);

    private readonly List<EthereumLog> _logs = [];
    private readonly SortedSet<Hash256> _paid = [];
    private readonly SortedDictionary<ulong, Hash256> _marks = [];
    private Hash256 _parent;

    public ulong Number { get; private set; } = bridge.FirstBlock;

    public ulong Nonce { get; private set; }

    public Hash256 EventChain { get; set; }

    /// <summary>All events of the vault, that of nonce 1 at index 0.</summary>
    public List<EthereumLog> History { get; } = [];

    public Amount Locked { get; set; }

    public Amount Released { get; set; }

    /// <summary>What the vault has beyond what it owes; taken from what it owes where it is robbed.</summary>
    public Amount Surplus { get; set; }

    public Amount Stolen { get; set; }

    public Hash256 Root { get; set; }

    public ulong Time { get; set; } = 1_700_000_000;

    public ulong SecondsPerBlock { get; set; } = 12;

    public void Deploy(Hash256 genesis, Hash256 root, ulong setHeight = 0, Address? token = null)
    {
        Root = root;
        Emit("VaultDeployed(uint64,bytes32,bytes32,uint64,address)", [], [genesis, root, Word(setHeight), Word(token ?? bridge.Token)]);
    }

    public void Lock(Address sender, Hash256 recipient, Amount amount)
    {
        Locked += amount;
        Emit("Locked(uint64,address,bytes32,uint256,uint256)", [Word(sender), recipient], [Word(amount), Word(Locked)]);
    }

    public void Lock(Address to, Amount amount) => Lock(to, Word(to), amount);

    public void Release(Hash256 burnId, Address to, Amount amount, ulong height = 1)
    {
        Released += amount;
        _paid.Add(burnId);
        Emit("Released(uint64,bytes32,address,uint256,uint64,uint256)", [burnId, Word(to)], [Word(amount), Word(height), Word(Released)]);
    }

    public void Follow(ulong height, Hash256 root)
    {
        Root = root;
        Emit("ValidatorsFollowed(uint64,uint64,bytes32)", [], [Word(height), root]);
    }

    public void Pause(byte flags, uint count) => Emit("PausedSet(uint64,uint8,uint32)", [], [Word(flags), Word(count)]);

    public void SetLimits(Amount capacity) => Emit("LimitsSet(uint64,uint96,uint96,uint96)", [], [Word(capacity), Word(new Amount(1)), Word(new Amount(1))]);

    /// <summary>Any event of the vault: its nonce, its chain.</summary>
    public void Emit(string signature, Hash256[] indexed, Hash256[] rest)
    {
        Nonce++;
        var log = Log(bridge.Vault, AbiEvent.Of(signature, 0).Topic, [Word(Nonce), .. indexed], rest);
        EventChain = VaultNotice.Fold(EventChain, log);
        if (Nonce % 64 == 0) _marks[Nonce] = EventChain;
        _logs.Add(log);
        History.Add(log);
    }

    /// <summary>A log as it is, of whomever: no part of the vault's events.</summary>
    public void LogRaw(EthereumLog log) => _logs.Add(log);

    /// <summary>A lock as the vault would say it, said by another contract.</summary>
    public void Spoof(Address liar, Address to, Amount amount) => _logs.Add(Log(
        liar,
        AbiEvent.Of("Locked(uint64,address,bytes32,uint256,uint256)", 0).Topic,
        [Word(Nonce + 1), Word(to), Word(to)],
        [Word(amount), Word(Locked + amount)]));

    /// <summary>The next block: what happened since the last one, each in a transaction of its own, among the transactions of others.</summary>
    /// <param name="together">All in one transaction.</param>
    /// <param name="succeeded">Of the vault's transactions.</param>
    public FakeBlock Mine(bool together = false, bool succeeded = true)
    {
        Number += 1 + (Nonce % 3);
        Time += SecondsPerBlock;
        var groups = together ? [[.. _logs]] : _logs.Select(log => new[] { log }).ToArray();
        _logs.Clear();
        var receipts = new List<EthereumReceipt>();
        var ofVault = new List<ulong>();
        foreach (var group in groups)
        {
            receipts.Add(Others((ulong)receipts.Count));
            ofVault.Add((ulong)receipts.Count);
            receipts.Add(new EthereumReceipt(2, null, succeeded, 21_000 * ((ulong)receipts.Count + 1), [.. group]));
        }

        receipts.Add(Others((ulong)receipts.Count));
        var trie = EthereumReceipt.TrieOf(receipts);
        var (state, vault, token) = State();
        var header = Header(trie.Root, state.Root, Bloom.Of(receipts.SelectMany(receipt => receipt.Logs)));
        _parent = header.ComputeHash();
        return new FakeBlock(header, trie, [.. ofVault], state, vault, token) { All = [.. receipts] };
    }

    // Contracts and accounts that have nothing to do with the vault.
    private static Address Stranger(byte number) => Address.FromBytes([number, .. new byte[Address.Size - 1]]);

    public static Hash256 Word(ulong value) => new UInt256(value).ToHash();

    public static Hash256 Word(Amount value) => new UInt256(value.Units).ToHash();

    public static Hash256 Word(Address value) => Hash256.FromBytes(new AbiWriter().Address(value).ToArray());

    /// <summary>The nodes that show the release, or that there is none, of a burn.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> ProveReleased(FakeBlock block, Hash256 burnId) =>
        Once([.. block.State.Prove(Key(bridge.Vault)), .. block.Vault.Prove(Key(VaultStorage.Released(burnId)))]);

    /// <summary>The nodes that show the chain of events: after a mark, or after the last event of the block.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> ProveEvents(FakeBlock block, ulong? mark) => Once(
    [
        .. block.State.Prove(Key(bridge.Vault)),
        .. mark is { } nonce ? block.Vault.Prove(Key(VaultStorage.Mark(nonce))) : block.Vault.Prove(Key(VaultStorage.Cursor), Key(VaultStorage.EventChain)),
    ]);

    public ImmutableArray<ReadOnlyMemory<byte>> ProveReserves(FakeBlock block) => Once(
    [
        .. block.State.Prove(Key(bridge.Vault)),
        .. block.Vault.Prove(Key(VaultStorage.Totals), Key(VaultStorage.Cursor), Key(VaultStorage.EventChain)),
        .. block.State.Prove(Key(bridge.Token)),
        .. block.Token.Prove(Key(VaultStorage.BalanceOf(bridge.Vault))),
    ]);

    private static EthereumLog Log(Address address, Hash256 topic, Hash256[] indexed, Hash256[] rest) =>
        new(address, [topic, .. indexed], rest.SelectMany(word => word.ToArray()).ToArray());

    private static EthereumReceipt Others(ulong index) => new(
        0, null, index % 3 != 2, 21_000 * (index + 1), index % 3 == 2 ? [] : [Log(Stranger(77), Unlike, [Word(index), Word(index)], [Word(index)])]);

    private (PatriciaTrie State, PatriciaTrie Vault, PatriciaTrie Token) State()
    {
        var vault = Storage([
            (VaultStorage.Totals, new UInt256(Released.Units, Locked.Units)),
            (VaultStorage.Cursor, new UInt256(7, ((UInt128)9 << 64) | Nonce)),
            (VaultStorage.EventChain, UInt256.FromHash(EventChain)),
            .. _marks.Select(mark => (VaultStorage.Mark(mark.Key), UInt256.FromHash(mark.Value))),
            .. _paid.Select(burnId => (VaultStorage.Released(burnId), new UInt256(1))),
        ]);
        var token = Storage([
            (VaultStorage.BalanceOf(bridge.Vault), new UInt256((Locked - Released + Surplus - Stolen).Units)),
            (VaultStorage.BalanceOf(Stranger(78)), new UInt256(5)),
        ]);
        var accounts = new (Address Address, PatriciaTrie Storage)[] { (bridge.Vault, vault), (bridge.Token, token), (Stranger(79), Storage([])) };
        var state = PatriciaTrie.Secure(accounts.Select(account => KeyValuePair.Create(
            (ReadOnlyMemory<byte>)account.Address.ToArray(),
            (ReadOnlyMemory<byte>)new EthereumAccount(1, new UInt256(3), account.Storage.Root, EthereumAccount.NoCode).Encode())));
        return (state, vault, token);
    }

    private EthereumHeader Header(Hash256 receiptsRoot, Hash256 stateRoot, Bloom bloom) => new()
    {
        ParentHash = _parent,
        OmmersHash = Keccak256.Hash([0xc0]),
        Beneficiary = Stranger(80),
        StateRoot = stateRoot,
        TransactionsRoot = PatriciaTrie.EmptyRoot,
        ReceiptsRoot = receiptsRoot,
        LogsBloom = bloom,
        Difficulty = UInt256.Zero,
        Number = Number,
        GasLimit = 30_000_000,
        GasUsed = 1,
        Timestamp = Time,
        ExtraData = default,
        MixHash = Hash256.Zero,
        MixNonce = 0,
        BaseFeePerGas = new UInt256(7),
        WithdrawalsRoot = PatriciaTrie.EmptyRoot,
        BlobGasUsed = 0,
        ExcessBlobGas = 0,
        ParentBeaconBlockRoot = Hash256.Zero,
        RequestsHash = Hash256.Zero,
    };

    private static PatriciaTrie Storage((Hash256 Slot, UInt256 Value)[] words) => PatriciaTrie.Secure(words.Where(word => !word.Value.IsZero).Select(word =>
        KeyValuePair.Create((ReadOnlyMemory<byte>)word.Slot.ToArray(), (ReadOnlyMemory<byte>)new RlpWriter().UInt256(word.Value).ToArray())));

    private static ReadOnlyMemory<byte> Key(Address address) => Keccak256.Hash(address.ToArray()).ToArray();

    private static ReadOnlyMemory<byte> Key(Hash256 slot) => Keccak256.Hash(slot.ToArray()).ToArray();

    // A node that several keys meet stands where the first of them does.
    private static ImmutableArray<ReadOnlyMemory<byte>> Once(IEnumerable<ReadOnlyMemory<byte>> nodes) => [.. nodes.DistinctBy(node => Keccak256.Hash(node.Span))];
}
