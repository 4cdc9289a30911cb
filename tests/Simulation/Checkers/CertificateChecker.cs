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
/// <param name="sets">Who has how much power at a height.</param>
public sealed class CertificateChecker(GenesisHash genesis, Func<SimulatedNode, Height, ValidatorSet> sets) : IChecker
{
    // Said again every second, by many: the very same object holds as it did.
    private readonly HashSet<object> _counted = new(ReferenceEqualityComparer.Instance);

    public string Name => "certificates";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is not EngineOutput.Committed { Block: var (block, certificate) }) return;
        if (certificate.Block != block.Ref || certificate.Height != block.Height) throw new SimulationFailedException($"certificates: {node.Address} decided {block.Hash} with a certificate for {certificate.Block.Hash}");
        Commit(certificate, sets(node, certificate.Height));
        if (block.LastCommit is { } last) Commit(last, sets(node, last.Height));
    }

    public void Left(SimulatedNode from, Address? to, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.PolkaMessage { Certificate: var known } when !_counted.Add(known):
            case PeerMessage.RoundMessage { Certificate: var knownRound } when !_counted.Add(knownRound):
            case PeerMessage.CommitMessage { Certificate: var knownCommit } when !_counted.Add(knownCommit):
                break;
            case PeerMessage.PolkaMessage { Certificate: var polka }:
                Count($"the polka of round {polka.Round} at {polka.Height}", polka.Prevote.Digest(genesis), polka.Signatures, sets(from, polka.Height));
                break;
            case PeerMessage.RoundMessage { Certificate: var round }:
                RoundCertificate(round, sets(from, round.Height));
                break;
            case PeerMessage.CommitMessage { Certificate: var commit }:
                Commit(commit, sets(from, commit.Height));
                break;
        }
    }

    public void Commit(CommitCertificate certificate, ValidatorSet validators) =>
        Count($"the commit of {certificate.Height}", certificate.Precommit.Digest(genesis), certificate.Signatures, validators);

    public void RoundCertificate(RoundCertificate certificate, ValidatorSet validators)
    {
        var what = $"the reason to be in round {certificate.Round} of {certificate.Height}";
        foreach (var vote in certificate.Votes)
            if (!vote.Signature.IsBy(vote.Validator, vote.Vote.Digest(genesis)) || vote.Vote.Round != certificate.Round || vote.Vote.Height != certificate.Height)
                throw new SimulationFailedException($"certificates: {what} has a vote that is none");
        Enough(what, [.. certificate.Votes.Select(vote => vote.Validator)], validators, 1);
    }

    private static void Count(string what, Hash256 digest, ImmutableArray<IndexedSignature> signatures, ValidatorSet validators)
    {
        foreach (var (index, signature) in signatures)
            if (index >= validators.Count || !signature.TryRecover(digest, out var signer) || signer != validators[index].Address)
                throw new SimulationFailedException($"certificates: {what} has a signature that is not validator {index}'s");
        Enough(what, [.. signatures.Select(s => validators[s.Index].Address)], validators, 2);
    }

    private static void Enough(string what, List<Address> signers, ValidatorSet validators, int thirds)
    {
        if (signers.Distinct().Count() != signers.Count) throw new SimulationFailedException($"certificates: {what} counts somebody twice");
        var sum = signers.Aggregate(BigInteger.Zero, (s, signer) => s + validators.PowerOf(signer));
        var total = validators.Validators.Aggregate(BigInteger.Zero, (s, validator) => s + validator.Power);
        if (3 * sum <= thirds * total) throw new SimulationFailedException($"certificates: {what} has {sum} of {total}, more than {thirds}/3 is wanted");
    }
}
