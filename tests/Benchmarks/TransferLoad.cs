using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Benchmarks;

/// <summary>Signed transfers between many accounts, made on all cores before anything is measured.</summary>
internal sealed class TransferLoad
{
    private readonly PrivateKey[] _keys;

    public TransferLoad(int accounts)
    {
        _keys = new PrivateKey[accounts];
        Parallel.For(0, accounts, i => _keys[i] = PrivateKey.FromSeed(new SeededStream((ulong)i + 1).NextHash()));
        Addresses = [.. _keys.Select(key => key.Address)];
    }

    public Address[] Addresses { get; }

    public IReadOnlyList<PrivateKey> Keys => _keys;

    /// <summary>The bytes of signed transfers: each account in turn pays one that is pseudo-random, nonces from the first one on.</summary>
    public ReadOnlyMemory<byte>[] Sign(GenesisHash genesis, int count, ulong firstNonce, Amount fee)
    {
        var transactions = new ReadOnlyMemory<byte>[count];
        Parallel.For(0, count, i =>
        {
            var sender = i % _keys.Length;
            var receiver = (int)((((ulong)i * 2_654_435_761) + 1) % (ulong)_keys.Length);
            if (receiver == sender) receiver = (receiver + 1) % _keys.Length;
            var body = new TransactionBody
            {
                Genesis = ByteString.CopyFrom(genesis.Value.ToArray()),
                Sender = ByteString.CopyFrom(Addresses[sender].ToArray()),
                Nonce = firstNonce + (ulong)(i / _keys.Length),
                Fee = ByteString.CopyFrom(fee.ToArray()),
                Transfer = new Transfer { To = ByteString.CopyFrom(Addresses[receiver].ToArray()), Amount = ByteString.CopyFrom(new Amount(1).ToArray()) },
            };
            var bytes = body.ToByteArray();
            var signature = _keys[sender].Sign(Transaction.HashOf(bytes).Value).WithoutRecoveryId;
            // Put together by hand: to check millions of own signatures takes longer than to make them.
            transactions[i] = new TransactionEnvelope { Body = ByteString.CopyFrom(bytes), Signature = ByteString.CopyFrom(signature.Bytes) }.ToByteArray();
        });
        return transactions;
    }
}
