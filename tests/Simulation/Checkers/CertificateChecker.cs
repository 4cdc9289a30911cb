using System.Collections.Immutable;
using System.Numerics;
using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Every certificate that decides, and every one that a node says which follows the rules, is counted again from its signatures with plain
/// integers: a threshold that is off by one never makes a fork by itself.
/// </summary>
/// <param name="genesis">What all is signed for.</param>
/// <param name="validators">Ascending, as certificates name them.</param>
/// <param name="power">Of each.</param>
public sealed class CertificateChecker(GenesisHash genesis, IReadOnlyList<Address> validators, IReadOnlyDictionary<Address, ulong> power) : IChecker
{
    private readonly BigInteger _total = power.Values.Aggregate(BigInteger.Zero, (sum, p) => sum + p);
    private readonly Dictionary<Height, Round> _rounds = [];

    public string Name => "certificates";

    /// <summary>The sum over all heights of the rounds that they took.</summary>
    public ulong Rounds => _rounds.Values.Aggregate(0UL, (sum, round) => sum + round.Value + 1);

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is not EngineOutput.Committed { Block: var (block, certificate) }) return;
        if (certificate.Block != block.Ref || certificate.Height != block.Height) throw new SimulationFailedException($"certificates: {node.Address} decided {block.Hash} with a certificate for {certificate.Block.Hash}");
        Commit(certificate);
        _rounds.TryAdd(block.Height, certificate.Round);
        if (block.LastCommit is { } last) Commit(last);
    }

    public void Left(SimulatedNode from, Address? to, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.PolkaMessage { Certificate: var polka }:
                Count($"the polka of round {polka.Round} at {polka.Height}", polka.Prevote.Digest(genesis), polka.Signatures, 2);
                break;
            case PeerMessage.RoundMessage { Certificate: var round }:
                RoundCertificate(round);
                break;
        }
    }

    public void Commit(CommitCertificate certificate) =>
        Count($"the commit of {certificate.Height}", certificate.Precommit.Digest(genesis), certificate.Signatures, 2);

    public void RoundCertificate(RoundCertificate certificate)
    {
        var what = $"the reason to be in round {certificate.Round} of {certificate.Height}";
        foreach (var vote in certificate.Votes)
            if (!vote.Signature.IsBy(vote.Validator, vote.Vote.Digest(genesis)) || vote.Vote.Round != certificate.Round || vote.Vote.Height != certificate.Height)
                throw new SimulationFailedException($"certificates: {what} has a vote that is none");
        Enough(what, [.. certificate.Votes.Select(vote => vote.Validator)], 1);
    }

    private void Count(string what, Hash256 digest, ImmutableArray<IndexedSignature> signatures, int thirds)
    {
        foreach (var (index, signature) in signatures)
            if (index >= validators.Count || !signature.TryRecover(digest, out var signer) || signer != validators[index])
                throw new SimulationFailedException($"certificates: {what} has a signature that is not validator {index}'s");
        Enough(what, [.. signatures.Select(s => validators[s.Index])], thirds);
    }

    private void Enough(string what, List<Address> signers, int thirds)
    {
        if (signers.Distinct().Count() != signers.Count) throw new SimulationFailedException($"certificates: {what} counts somebody twice");
        var sum = signers.Aggregate(BigInteger.Zero, (s, signer) => s + power.GetValueOrDefault(signer));
        if (3 * sum <= thirds * _total) throw new SimulationFailedException($"certificates: {what} has {sum} of {_total}, more than {thirds}/3 is wanted");
    }
}
