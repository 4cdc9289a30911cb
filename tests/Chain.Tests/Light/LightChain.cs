using System.Collections.Immutable;

namespace NeuroChain.Chain.Tests;

/// <summary>
/// A chain of headers with certificates, whose validator sets are the test's choice. The set of each height is given; its keys sign, so that
/// every certificate is a real one.
/// </summary>
internal sealed class LightChain
{
    public const ulong StartMs = 1_700_000_000_000;
    public const ulong BlockMs = 1_000;

    private readonly Dictionary<Address, PrivateKey> _keys = [];
    private readonly List<LightBlock> _blocks = [];
    private readonly Func<ulong, ValidatorSet> _setOf;

    /// <param name="setOf">The set of a height, from keys of <see cref="SetOf"/>. Heights 1 and 2 have that of height 1: genesis fixes both.</param>
    public LightChain(Func<LightChain, ulong, ValidatorSet> setOf)
    {
        _setOf = height => setOf(this, Math.Max(2, height));
        var genesis = new GenesisDocument
        {
            ChainName = "light",
            TimeMs = StartMs,
            Validators = [.. _setOf(1).Validators.Select(v => new GenesisValidator(v.Address, v.Address, v.Power))],
        };
        Genesis = genesis;
        Hash = genesis.Hash;
    }

    public GenesisDocument Genesis { get; }

    public GenesisHash Hash { get; }

    public int Height => _blocks.Count;

    public LightBlock this[ulong height]
    {
        get
        {
            while ((ulong)_blocks.Count < height) _blocks.Add(Build((ulong)_blocks.Count + 1));
            return _blocks[(int)height - 1];
        }
    }

    /// <summary>Members by the number of their key, with their power.</summary>
    public ValidatorSet SetOf(params (int Key, ulong Power)[] members)
    {
        var validators = members.Select(member =>
        {
            var key = PrivateKey.FromSeed(Hash256.Sha256(System.Text.Encoding.ASCII.GetBytes($"light {member.Key}")));
            _keys[key.Address] = key;
            return new Validator(key.Address, member.Power);
        });
        Assert.True(ValidatorSet.TryCreate(validators, out var set));
        return set;
    }

    public ValidatorSet Equal(int first, int count, ulong power = 1) => SetOf([.. Enumerable.Range(first, count).Select(key => (key, power))]);

    public Address AddressOf(int key) => PrivateKey.FromSeed(Hash256.Sha256(System.Text.Encoding.ASCII.GetBytes($"light {key}"))).Address;

    /// <summary>Another header of a height, signed by the set that it names (or by those of its members that are asked for).</summary>
    public LightBlock Forge(ulong height, Func<Header, Header> change, ValidatorSet? set = null, Func<Address, bool>? signs = null)
    {
        var validators = set ?? this[height].Validators;
        var header = change(this[height].Header) with { ValidatorsRoot = validators.Root };
        return Certify(validators.Contains(header.Author) ? header : header with { Author = validators[0].Address }, validators, signs);
    }

    public LightBlock Certify(Header header, ValidatorSet validators, Func<Address, bool>? signs = null, Round? round = null)
    {
        var precommit = new Precommit(header.Height, round ?? Round.Zero, header.Ref);
        var digest = precommit.Digest(Hash);
        var signatures = ImmutableArray.CreateBuilder<IndexedSignature>();
        for (var i = 0; i < validators.Count; i++)
            if (signs is null || signs(validators[i].Address))
                signatures.Add(new IndexedSignature((ushort)i, _keys[validators[i].Address].Sign(digest)));
        return new LightBlock(header, new CommitCertificate(header.Height, precommit.Round, header.Ref, signatures.ToImmutable()), validators);
    }

    public Timestamp TimeOf(ulong height) => new(StartMs + (height * BlockMs));

    /// <summary>Follows to the target as a caller would; the heights that were fetched. The fault that stopped it, if any.</summary>
    public List<ulong> Follow(LightClient client, ulong target, out LightFault fault, Func<ulong, LightBlock>? serve = null)
    {
        var fetched = new List<ulong>();
        fault = LightFault.None;
        while (client.Next(new Height(target)) is { } height)
        {
            Assert.True(fetched.Count < 10_000, "following ends");
            fetched.Add(height.Value);
            var block = (serve ?? (h => this[h]))(height.Value);
            fault = height < client.Lowest.Height ? client.AcceptParent(block.Header) : client.Accept(block, TimeOf(target + 1));
            if (fault is not (LightFault.None or LightFault.NotEnoughTrust)) return fetched;
            fault = LightFault.None;
        }

        return fetched;
    }

    private LightBlock Build(ulong height)
    {
        var validators = _setOf(height);
        var header = new Header
        {
            Genesis = Hash,
            Height = new Height(height),
            BuiltRound = Round.Zero,
            Author = validators[(int)(height % (ulong)validators.Count)].Address,
            Time = TimeOf(height),
            Parent = height == 1 ? new BlockHash(Hash.Value) : this[height - 1].Header.Hash,
            LastCommitRoot = Hash256.Zero,
            TransactionsRoot = Hash256.Zero,
            TrainingProofRoot = Hash256.Zero,
            ValidatorsRoot = validators.Root,
            NextValidatorsRoot = _setOf(height + 1).Root,
            StateRoot = new StateRoot(Hash256.Sha256(BitConverter.GetBytes(height))),
            ReceiptsRoot = Hash256.Zero,
            EventsRoot = Hash256.Zero,
            BridgeRoot = Hash256.Zero,
        };
        return Certify(header, validators);
    }
}
