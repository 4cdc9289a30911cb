using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What a call of the vault brings, read out of its calldata: a certificate, a path, and what the path leads to.</summary>
public abstract record VaultCallContent(VaultCertificate Certificate, MountainProof Path)
{
    private const int CertificateWords = 9, PathWords = 3, ActionWords = 4, ArgumentBytesMax = 1_024;

    private static readonly AbiSelector ReleaseSelector = VaultCalls.Vault.SelectorOf("release"),
        ActSelector = VaultCalls.Vault.SelectorOf("act"),
        FollowSelector = VaultCalls.Vault.SelectorOf("follow");

    /// <summary>The leaf that the path must lead to.</summary>
    /// <param name="vault">Of the chain's genesis.</param>
    /// <param name="set">Number of the set that is followed; of the others nothing is asked.</param>
    public abstract Hash256 LeafFor(VaultAddress vault, ulong set);

    /// <summary>Reads calldata in the one form that <see cref="VaultCalls"/> writes; false for anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> calldata, [NotNullWhen(true)] out VaultCallContent? content)
    {
        content = (VaultCallContent?)ReadRelease(calldata) ?? (VaultCallContent?)ReadAct(calldata) ?? ReadFollow(calldata);
        return content is not null;
    }

    private static Release? ReadRelease(ReadOnlySpan<byte> calldata)
    {
        var reader = ReleaseSelector.Open(calldata, 6);
        var certificate = ReadCertificate(ref reader);
        var withdrawal = new BridgeWithdrawal(reader.Hash(), reader.Address(), new Amount(reader.UInt128()), reader.UInt64());
        var path = ReadPath(ref reader);
        return reader.IsWhole ? new Release(certificate, withdrawal, path) : null;
    }

    private static Act? ReadAct(ReadOnlySpan<byte> calldata)
    {
        var reader = ActSelector.Open(calldata, 3);
        var certificate = ReadCertificate(ref reader);
        var action = reader.Tuple(ActionWords);
        var (id, kind) = (action.Hash(), action.UInt64());
        if (kind > byte.MaxValue) action.Fail(AbiFault.Padding);
        var order = new BridgeAction(id, (BridgeActionKind)(byte)Math.Min(kind, byte.MaxValue), [.. action.Bytes(ArgumentBytesMax)], action.UInt64());
        reader.Leave(ref action);
        var path = ReadPath(ref reader);
        return reader.IsWhole ? new Act(certificate, order, path) : null;
    }

    private static Follow? ReadFollow(ReadOnlySpan<byte> calldata)
    {
        var reader = FollowSelector.Open(calldata, 2);
        var certificate = ReadCertificate(ref reader);
        var path = ReadPath(ref reader);
        return reader.IsWhole ? new Follow(certificate, path) : null;
    }

    private static VaultCertificate ReadCertificate(ref AbiReader outer)
    {
        var reader = outer.Tuple(CertificateWords);
        var (height, round, block, bridge, next) = (reader.UInt64(), reader.UInt32(), reader.Hash(), reader.Hash(), reader.Hash());
        var list = reader.Array(Limits.ValidatorsMax, 1, out var count);
        var validators = new Address[count];
        for (var i = 0; i < count; i++) validators[i] = list.Address();
        reader.Leave(ref list);
        list = reader.Array(Limits.ValidatorsMax, 1, out count);
        var powers = new ulong[count];
        for (var i = 0; i < count; i++) powers[i] = list.UInt64();
        reader.Leave(ref list);
        var signers = reader.UInt128();
        var signatures = ReadHashes(ref reader, 2 * Limits.ValidatorsMax);
        outer.Leave(ref reader);
        return new VaultCertificate(height, round, block, bridge, next, [.. validators], [.. powers], signers, signatures);
    }

    private static MountainProof ReadPath(ref AbiReader outer)
    {
        var reader = outer.Tuple(PathWords);
        var (index, count) = (reader.UInt64(), reader.UInt64());
        var path = new MountainProof(index, count, ReadHashes(ref reader, MountainProof.PathMax));
        outer.Leave(ref reader);
        return path;
    }

    private static ImmutableArray<Hash256> ReadHashes(ref AbiReader reader, int most)
    {
        var list = reader.Array(most, 1, out var count);
        var hashes = new Hash256[count];
        for (var i = 0; i < count; i++) hashes[i] = list.Hash();
        reader.Leave(ref list);
        return [.. hashes];
    }

    public sealed record Release(VaultCertificate Certificate, BridgeWithdrawal Withdrawal, MountainProof Path) : VaultCallContent(Certificate, Path)
    {
        public override Hash256 LeafFor(VaultAddress vault, ulong set) => BridgeLeaf.Release(vault, Withdrawal);
    }

    public sealed record Act(VaultCertificate Certificate, BridgeAction Action, MountainProof Path) : VaultCallContent(Certificate, Path)
    {
        public override Hash256 LeafFor(VaultAddress vault, ulong set) => BridgeLeaf.Action(vault, Action);
    }

    public sealed record Follow(VaultCertificate Certificate, MountainProof Path) : VaultCallContent(Certificate, Path)
    {
        public override Hash256 LeafFor(VaultAddress vault, ulong set) => BridgeLeaf.SetChange(set, new Height(Certificate.Height), Certificate.NextValidators);
    }
}
