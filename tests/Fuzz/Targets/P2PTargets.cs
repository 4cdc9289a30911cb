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

    // All messages of the services and of the chain, by their full names.
    private static readonly ImmutableSortedDictionary<string, MessageDescriptor> Messages =
        new[] { typeof(P2P.V1.Frame).Assembly, typeof(Node.PeerMessage).Assembly, typeof(Types.V1.TransactionBody).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => typeof(IMessage).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => ((IMessage)Activator.CreateInstance(type)!).Descriptor)
            .ToImmutableSortedDictionary(descriptor => descriptor.FullName, descriptor => descriptor, StringComparer.Ordinal);

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("grpc-body", ["MessageFrame.TryRead"], AnyBody, ReadBody) { Spelling = Spelling.None },
        new("grpc-timeout", ["GrpcTimeout.TryParse"], s => TextTargets.Latin(GrpcTimeout.Format(TimeSpan.FromMicroseconds(s.NextBelow(1UL << 40)))),
            bytes => GrpcTimeout.TryParse(TextTargets.Text(bytes), out var timeout) ? TextTargets.Latin(GrpcTimeout.Format(timeout)) : null) { Spelling = Spelling.Several },
        new("status-text", ["StatusText.Decode"], s => TextTargets.Latin(StatusText.Encode(TextTargets.Text(ChainTargets.Bytes(s, 60)))),
            bytes => Encoding.UTF8.GetBytes(StatusText.Decode(TextTargets.Text(bytes)))) { Spelling = Spelling.None, MostBytes = HeaderBytesMax, TestInputs = 3_000 },
        new("peer-endpoint", ["PeerEndpoint.TryParse"], s => TextTargets.Latin($"{ChainFormats.AnyAddress(s)}@{(s.NextChance(1, 3) ? "[::1]" : "node-1.example")}:26656"), ReencodeEndpoint)
        { Spelling = Spelling.Several },
        new("signed-endpoint", ["SignedEndpoint.TryDecode"], s => AnyEndpoint(s).Encode(), bytes => SignedEndpoint.TryDecode(bytes, out var one) ? Reencode([one]) : null),
        new("signed-endpoints", ["SignedEndpoint.TryDecodeAll"], s => SignedEndpoint.EncodeAll(Enumerable.Range(0, (int)s.NextBelow(5)).Select(_ => AnyEndpoint(s))),
            bytes => SignedEndpoint.TryDecodeAll(bytes, PeerBook.EntriesMax, out var all) ? Reencode(all) : null),
        new("dns-message", ["DnsMessage.TryDecode"], AnyDns, bytes => DnsMessage.TryDecode(bytes, out var message) ? message.Encode() : null) { Spelling = Spelling.None },
        new("peer-certificate", ["PeerCertificate.TryVerify"], _ => Certificate, VerifyCertificate) { Spelling = Spelling.None, TestInputs = 2_000 },
    ];

    // Name of the message that the method takes, with one byte of length, then a body as a client sends it.
    private static byte[] AnyBody(SeededStream s)
    {
        var (name, descriptor) = Messages.ElementAt((int)s.NextBelow((ulong)Messages.Count));
        var writer = new ByteWriter().Byte((byte)name.Length).Bytes(TextTargets.Latin(name));
        for (var left = 1 + s.NextBelow(2); left > 0; left--) writer.Bytes(MessageFrame.ToArray(AnyMessage(s, descriptor, 2)));
        return writer.ToArray();
    }

    private static byte[]? ReadBody(byte[] bytes)
    {
        if (bytes.Length == 0 || bytes.Length <= bytes[0] || !Messages.TryGetValue(TextTargets.Text(bytes[1..(1 + bytes[0])]), out var descriptor)) return null;
        var buffer = new ReadOnlySequence<byte>(bytes, 1 + bytes[0], bytes.Length - 1 - bytes[0]);
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

    // Some of the fields; messages inside only so deep.
    private static IMessage AnyMessage(SeededStream s, MessageDescriptor descriptor, int depth)
    {
        var message = descriptor.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsMap || s.NextChance(1, 4) || AnyValue(s, field, depth) is not { } value) continue;
            if (field.IsRepeated) ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
            else field.Accessor.SetValue(message, value);
        }

        return message;
    }

    private static object? AnyValue(SeededStream s, FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Bytes => ByteString.CopyFrom(ChainTargets.Bytes(s, 40)),
        FieldType.String => "a text",
        FieldType.UInt32 => (uint)s.NextBelow(1000),
        FieldType.UInt64 => s.NextUInt64(),
        FieldType.Bool => true,
        FieldType.Message when depth > 0 => AnyMessage(s, field.MessageType, depth - 1),
        _ => null,
    };

    private static byte[]? ReencodeEndpoint(byte[] bytes)
    {
        if (!PeerEndpoint.TryParse(TextTargets.Text(bytes), out var endpoint)) return null;
        _ = endpoint.ToUri();
        return TextTargets.Latin(endpoint.ToString());
    }

    private static byte[] AnyDns(SeededStream s)
    {
        DnsRecord[] records =
        [
            new DnsRecord.Pointer("_a._tcp.local", "one._a._tcp.local"), new DnsRecord.Service("one._a._tcp.local", (ushort)s.NextBelow(65536), "one.local"),
            new DnsRecord.Text("one._a._tcp.local", ["key=value"]), new DnsRecord.Host("one.local", new System.Net.IPAddress(s.NextHash().ToArray().AsSpan(0, s.NextChance(1, 2) ? 4 : 16))),
        ];
        return new DnsMessage(s.NextChance(1, 2), s.NextChance(1, 2) ? ["_a._tcp.local"] : [], [.. records.Where(_ => s.NextChance(2, 3))]).Encode();
    }

    private static SignedEndpoint AnyEndpoint(SeededStream s)
    {
        var key = PrivateKey.FromSeed(s.NextHash());
        var host = s.NextBelow(4) switch { 0 => "127.0.0.1", 1 => "[2001:db8::1]", 2 => "node-1.example", _ => new string('a', 1 + (int)s.NextBelow(60)) };
        return SignedEndpoint.Sign(new PeerEndpoint(key.Address, host, 1 + (int)s.NextBelow(65535)), s.NextUInt64(), key, ChainFormats.Genesis);
    }

    private static byte[] Reencode(IReadOnlyCollection<SignedEndpoint> all)
    {
        foreach (var one in all)
        {
            _ = one.IsAuthentic(ChainFormats.Genesis);
            _ = one.Endpoint.ToUri();
        }

        return SignedEndpoint.EncodeAll(all);
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
