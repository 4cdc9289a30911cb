using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.P2P;

namespace NeuroChain.Fuzz;

/// <summary>Decoders of P2P: frames, headers and certificates, which anybody sends who reaches the port, and every protobuf message of the node.</summary>
internal static class P2PTargets
{
    // A status text is a header: longer ones only make a run slow.
    private const int HeaderBytesMax = 8 * 1024, MessageBytesMax = 32 * 1024;

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    // Making one takes a fresh key of the machine's: one for all, so that the cases of a run are the same bytes.
    private static readonly byte[] Certificate = MakeCertificate();

    // All messages of the services and of the chain, in an order that does not depend on how they are loaded.
    private static readonly ImmutableArray<MessageDescriptor> Messages =
    [
        .. new[] { typeof(P2P.V1.Frame).Assembly, typeof(Node.PeerMessage).Assembly, typeof(Types.V1.TransactionBody).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => typeof(IMessage).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => ((IMessage)Activator.CreateInstance(type)!).Descriptor)
            .OrderBy(descriptor => descriptor.FullName, StringComparer.Ordinal),
    ];

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("grpc-body", ["MessageFrame.TryRead"], AnyBody, ReadBody) { Spelling = Spelling.None },
        new("grpc-timeout", ["GrpcTimeout.TryParse"], s => TextTargets.Latin(GrpcTimeout.Format(TimeSpan.FromMicroseconds(s.NextBelow(1UL << 40)))),
            bytes => GrpcTimeout.TryParse(TextTargets.Text(bytes), out var timeout) ? TextTargets.Latin(GrpcTimeout.Format(timeout)) : null) { Spelling = Spelling.Several },
        new("status-text", ["StatusText.Decode"], s => TextTargets.Latin(StatusText.Encode(TextTargets.Text(ChainTargets.Bytes(s, 60)))),
            bytes => Encoding.UTF8.GetBytes(StatusText.Decode(TextTargets.Text(bytes)))) { Spelling = Spelling.None, MostBytes = HeaderBytesMax, TestInputs = 3_000 },
        new("peer-endpoint", ["PeerEndpoint.TryParse"], s => TextTargets.Latin($"{ChainFormats.AnyAddress(s)}@{(s.NextChance(1, 3) ? "[::1]" : "node-1.example")}:26656"), ReencodeEndpoint)
        { Spelling = Spelling.Several },
        new("peer-certificate", ["PeerCertificate.TryVerify"], _ => Certificate, VerifyCertificate) { Spelling = Spelling.None, TestInputs = 2_000 },
    ];

    private static byte[] AnyBody(SeededStream s)
    {
        var writer = new ByteWriter().Byte((byte)s.NextBelow((ulong)Messages.Length));
        for (var left = s.NextBelow(3); left > 0; left--) writer.Bytes(MessageFrame.ToArray(new P2P.V1.RequestFrame { Kind = "blocks", Payload = ByteString.CopyFrom(ChainTargets.Bytes(s, 60)) }));
        return writer.ToArray();
    }

    // The first byte says which message the method takes; then a body as a client sends it.
    private static byte[]? ReadBody(byte[] bytes)
    {
        if (bytes.Length == 0) return null;
        var descriptor = Messages[bytes[0] % Messages.Length];
        var buffer = new ReadOnlySequence<byte>(bytes, 1, bytes.Length - 1);
        while (true)
        {
            var result = MessageFrame.TryRead(ref buffer, MessageBytesMax, out var frame);
            if (result != FrameResult.Complete) return result == FrameResult.Incomplete && buffer.IsEmpty ? bytes : null;
            try
            {
                _ = descriptor.Parser.ParseFrom(frame);
            }
            catch (Exception thrown) when (CanonicalProto.IsRefusal(thrown))
            {
                return null; // MessageReader makes a status of it
            }
        }
    }

    private static byte[]? ReencodeEndpoint(byte[] bytes)
    {
        if (!PeerEndpoint.TryParse(TextTargets.Text(bytes), out var endpoint)) return null;
        _ = endpoint.ToUri();
        return TextTargets.Latin(endpoint.ToString());
    }

    private static byte[] MakeCertificate()
    {
        using var identity = NodeIdentity.Create(PrivateKey.FromSeed(Hash256.Sha256([7])), ChainFormats.Genesis, TimeProvider.System);
        return identity.Certificate.RawData;
    }

    // The platform reads the certificate before TLS gives it to us; what it refuses never comes here.
    private static byte[]? VerifyCertificate(byte[] bytes)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(bytes);
            if (PeerCertificate.TryVerify(certificate, ChainFormats.Genesis, Now, out var address, out var fault)) return address.ToArray();
            Assert.NotEqual(PeerCertificateFault.None, fault);
            return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
