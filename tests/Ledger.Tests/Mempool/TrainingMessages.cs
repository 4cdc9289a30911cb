using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Messages of the training and protocol lanes that are well-formed, whatever a state says of them.</summary>
internal static class TrainingMessages
{
    /// <summary>A commit that pays so many times what it must: with two signatures and its bytes that is twice the least fee.</summary>
    public static Transaction Commit(LedgerFixture chain, PrivateKey from, ulong nonce, Amount fee) => chain.Pay(from, new TransactionBody
    {
        CandidateCommit = new CandidateCommit
        {
            Task = ByteString.CopyFrom(new byte[32]),
            Commitment = ByteString.CopyFrom(new byte[32]),
            Producer = ByteString.CopyFrom(chain.ValidatorKeys[0].Address.ToArray()),
            Bond = ByteString.CopyFrom(new byte[16]),
            ProducerSignature = ByteString.CopyFrom(new byte[65]),
        },
    }, fee * 2, nonce);

    public static Transaction Share(LedgerFixture chain, PrivateKey from, ulong round) => chain.Protocol(from, new TransactionBody
    {
        SeedShare = new SeedShare { Task = ByteString.CopyFrom(new byte[32]), TrainingRound = round, Share = ByteString.CopyFrom(new byte[32]) },
    });

    /// <summary>An attestation reveal of about 4 KiB per thousand losses.</summary>
    public static Transaction Reveal(LedgerFixture chain, PrivateKey from, ulong round, int losses)
    {
        var reveal = new AttestationReveal
        {
            Task = ByteString.CopyFrom(new byte[32]),
            TrainingRound = round,
            Salt = ByteString.CopyFrom(new byte[32]),
            Signature = ByteString.CopyFrom(new byte[65]),
        };
        reveal.PrivateLosses.AddRange(Enumerable.Repeat(1u << 24, losses));
        return chain.Protocol(from, new TransactionBody { AttestationReveal = reveal });
    }

    public static Transaction Register(LedgerFixture chain, PrivateKey from) => chain.Protocol(from, new TransactionBody
    {
        SeedChainRegistration = new SeedChainRegistration { Tip = ByteString.CopyFrom(Hash256.Sha256(from.Address.ToArray()).ToArray()), Length = 1_000 },
    });
}
