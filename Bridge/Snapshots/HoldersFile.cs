using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>A holder and what it has after the snapshot's block.</summary>
public readonly record struct Holding(Address Holder, Amount Amount);

/// <summary>A holder that is no leaf, and why: a contract that cannot sign, the token's own address, an exchange that moves its customers itself.</summary>
/// <param name="Holder">Whose.</param>
/// <param name="Amount">What it has.</param>
/// <param name="Reason">1 to 120 printable ASCII characters, no space at the ends.</param>
public readonly record struct Exclusion(Address Holder, Amount Amount, string Reason);

/// <summary>
/// All holders of the token after one final block of Ethereum, as text that has exactly one spelling (docs/protocol/claims.md): whoever reads the
/// same chain writes the same bytes. Lists are ascending by address; the sums and the root are those of the lists.
/// </summary>
/// <param name="EthereumChainId">EIP-155's.</param>
/// <param name="Token">Whose holders.</param>
/// <param name="FirstBlock">From which on events were read: the token's deployment, or before it.</param>
/// <param name="Block">After which they hold.</param>
/// <param name="Excluded">Ascending by address.</param>
/// <param name="Holders">Ascending by address; none is excluded, none holds nothing.</param>
public sealed record HoldersFile(
    ulong EthereumChainId, Address Token, ulong FirstBlock, EthereumBlockId Block, ImmutableArray<Exclusion> Excluded, ImmutableArray<Holding> Holders)
{
    /// <summary>Two hundred times what the token is thought to have.</summary>
    public const int HoldersMax = 1 << 21;

    public const int ExcludedMax = 10_000, ReasonLengthMax = 120;

    public const int BytesMax = 256 << 20;

    private const string Title = "NTK snapshot v1";

    private static readonly Amount Cap = Amount.FromNtk(NtkAllocation.CapNtk);

    private ClaimTree? _tree;

    /// <summary>Sum of the leaves.</summary>
    public Amount Total => Holders.Aggregate(Amount.Zero, (sum, holding) => sum + holding.Amount);

    public Amount ExcludedTotal => Excluded.Aggregate(Amount.Zero, (sum, exclusion) => sum + exclusion.Amount);

    /// <summary>The token's supply.</summary>
    public Amount Supply => Total + ExcludedTotal;

    public ClaimTree Tree => _tree ??= ClaimTree.Of(Holders.Select(holding => (holding.Holder, holding.Amount)));

    /// <summary>What a genesis says of this snapshot.</summary>
    public GenesisClaims ToGenesis(ulong closingHeight) =>
        new(EthereumChainId, Token, Block.Number, Block.Hash, Tree.Root, Total, ExcludedTotal, closingHeight);

    /// <summary>What a holder's leaf has; null where it is none.</summary>
    public Amount? AmountOf(Address holder)
    {
        var place = Holders.BinarySearch(new Holding(holder, default), Comparer<Holding>.Create((a, b) => a.Holder.CompareTo(b.Holder)));
        return place < 0 ? null : Holders[place].Amount;
    }

    public static bool IsReason(string reason) =>
        reason.Length is > 0 and <= ReasonLengthMax && reason[0] != ' ' && reason[^1] != ' ' && reason.All(c => c is >= ' ' and <= '~');

    public byte[] Encode()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Title}\nethereum chain: {EthereumChainId}\ntoken: {Token}\n");
        text.Append(CultureInfo.InvariantCulture, $"first block: {FirstBlock}\nblock: {Block.Number} {Block.Hash}\nsupply: {Supply}\n");
        text.Append(CultureInfo.InvariantCulture, $"excluded: {Excluded.Length} {ExcludedTotal}\n");
        foreach (var (holder, amount, reason) in Excluded) text.Append(CultureInfo.InvariantCulture, $"{holder} {amount} {reason}\n");
        text.Append(CultureInfo.InvariantCulture, $"holders: {Holders.Length} {Total}\n");
        foreach (var (holder, amount) in Holders) text.Append(CultureInfo.InvariantCulture, $"{holder} {amount}\n");
        text.Append(CultureInfo.InvariantCulture, $"root: {Tree.Root}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Reads a file; any spelling but the one that <see cref="Encode"/> gives is refused, and so is a sum or a root that is not that of the lists.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out HoldersFile? file, out string fault)
    {
        file = null;
        fault = $"more than {BytesMax} bytes";
        if (bytes.Length > BytesMax) return false;
        var reader = new LineReader(bytes);
        var read = Read(ref reader);
        fault = read is null ? $"line {reader.Number} is not what a holders file has there" : "it is not written as a holders file is: order, sums, root or spelling";
        if (read is null || !read.Encode().AsSpan().SequenceEqual(bytes)) return false;
        (file, fault) = (read, "");
        return true;
    }

    // Everything that Encode relies on is checked here: order, counts and sums that fit.
    private static HoldersFile? Read(ref LineReader reader)
    {
        if (reader.Next() != Title) return null;
        if (!reader.TryValue("ethereum chain: ", out var chain) || !TryNumber(chain, out var chainId) || chainId == 0) return null;
        if (!reader.TryValue("token: ", out var address) || !Address.TryParse(address, out var token)) return null;
        if (!reader.TryValue("first block: ", out var first) || !TryNumber(first, out var firstBlock)) return null;
        if (!reader.TryValue("block: ", out var place) || place.Split(' ') is not [var number, var hash]) return null;
        if (!TryNumber(number, out var block) || block == 0 || firstBlock > block || !Hash256.TryParse(hash, out var blockHash)) return null;
        if (!reader.TryValue("supply: ", out _)) return null; // compared with the sums, as all sums and the root are
        if (!reader.TryCount("excluded: ", ExcludedMax, out var count)) return null;
        var sum = Amount.Zero;
        var excluded = ImmutableArray.CreateBuilder<Exclusion>();
        for (var i = 0; i < count; i++)
        {
            if (reader.Next()?.Split(' ', 3) is not [var holder, var amount, var reason] || !IsReason(reason)) return null;
            if (!TryHolding(holder, amount, i == 0 ? null : excluded[^1].Holder, ref sum, out var holding)) return null;
            excluded.Add(new Exclusion(holding.Holder, holding.Amount, reason));
        }

        if (!reader.TryCount("holders: ", HoldersMax, out count) || count == 0) return null;
        var others = excluded.Select(exclusion => exclusion.Holder).ToHashSet();
        var holders = ImmutableArray.CreateBuilder<Holding>();
        for (var i = 0; i < count; i++)
        {
            if (reader.Next()?.Split(' ') is not [var holder, var amount]) return null;
            if (!TryHolding(holder, amount, i == 0 ? null : holders[^1].Holder, ref sum, out var holding) || others.Contains(holding.Holder)) return null;
            holders.Add(holding);
        }

        if (!reader.TryValue("root: ", out _) || !reader.IsAtEnd) return null;
        return new HoldersFile(chainId, token, firstBlock, new EthereumBlockId(block, blockHash), excluded.DrainToImmutable(), holders.DrainToImmutable());
    }

    private static bool TryHolding(string holder, string amount, Address? last, ref Amount sum, out Holding holding)
    {
        holding = default;
        if (!Address.TryParse(holder, out var address) || address <= last || !Amount.TryParseNtk(amount, out var units) || units.IsZero) return false;
        if (!Amount.TryAdd(sum, units, out sum) || sum > Cap) return false;
        holding = new Holding(address, units);
        return true;
    }

    private static bool TryNumber(string text, out ulong number) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private ref struct LineReader(ReadOnlySpan<byte> bytes)
    {
        private const int LineBytesMax = 256;

        private ReadOnlySpan<byte> _rest = bytes;

        public int Number { get; private set; }

        public readonly bool IsAtEnd => _rest.IsEmpty;

        /// <summary>Null at the end, and for a line that is too long.</summary>
        public string? Next()
        {
            Number++;
            var end = _rest[..Math.Min(_rest.Length, LineBytesMax)].IndexOf((byte)'\n');
            if (end < 0) return null;
            var line = Encoding.Latin1.GetString(_rest[..end]);
            _rest = _rest[(end + 1)..];
            return line;
        }

        public bool TryValue(string name, out string value)
        {
            value = "";
            if (Next() is not { } line || !line.StartsWith(name, StringComparison.Ordinal)) return false;
            value = line[name.Length..];
            return true;
        }

        public bool TryCount(string name, int most, out int count)
        {
            count = 0;
            if (!TryValue(name, out var value) || !TryNumber(value.Split(' ')[0], out var number) || number > (ulong)most) return false;
            count = (int)number;
            return true;
        }
    }
}
