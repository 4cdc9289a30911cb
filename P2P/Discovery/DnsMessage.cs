using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>What a record of <see cref="DnsMessage"/> says of its name.</summary>
public abstract record DnsRecord(string Name)
{
    /// <summary>An instance of the service that the name is.</summary>
    public sealed record Pointer(string Name, string Target) : DnsRecord(Name);

    /// <summary>The host and port of an instance.</summary>
    public sealed record Service(string Name, ushort Port, string Target) : DnsRecord(Name);

    /// <summary>key=value, each at most 255 bytes.</summary>
    public sealed record Text(string Name, ImmutableArray<string> Strings) : DnsRecord(Name);

    /// <summary>An IP address of a host.</summary>
    public sealed record Host(string Name, IPAddress Address) : DnsRecord(Name);
}

/// <summary>
/// As much of a DNS message (RFC 1035, 4.1) as discovery by multicast (RFC 6762, 6763) needs: questions for pointers, and the records PTR, SRV,
/// TXT, A and AAAA. All else is passed over. Bytes that are no printable ASCII, and dots within a label, read as question marks: no name of ours
/// has any.
/// </summary>
/// <param name="IsResponse">Whether it answers.</param>
/// <param name="Questions">Names whose pointers are asked for.</param>
/// <param name="Records">Answers and what belongs to them.</param>
public sealed record DnsMessage(bool IsResponse, ImmutableArray<string> Questions, ImmutableArray<DnsRecord> Records)
{
    /// <summary>RFC 6762, 17.</summary>
    public const int BytesMax = 9_000;

    private const int QuestionsMax = 32, RecordsMax = 128;
    private const ushort A = 1, Ptr = 12, Txt = 16, Aaaa = 28, Srv = 33, Any = 255, Internet = 1;
    private const ushort Unique = 0x8000; // RFC 6762, 10.2: what else was known of the name is old
    private const ushort Answers = 0x8400; // a response, with authority
    private const uint Seconds = 120; // RFC 6762, 10

    public byte[] Encode()
    {
        var writer = new ByteWriter().UInt16(0).UInt16(IsResponse ? Answers : (ushort)0).UInt16((ushort)Questions.Length).UInt16((ushort)Records.Length).UInt32(0);
        foreach (var name in Questions) WriteName(writer, name).UInt16(Ptr).UInt16(Internet);
        foreach (var record in Records) Write(writer, record);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        if (bytes.Length > BytesMax) return false;
        var reader = new DnsReader(bytes);
        _ = reader.UInt16();
        var flags = reader.UInt16();
        var questions = (int)reader.UInt16();
        var records = reader.UInt16() + reader.UInt16() + reader.UInt16();
        if (questions > QuestionsMax || records > RecordsMax) return false;
        var asked = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < questions && !reader.Failed; i++)
        {
            var name = reader.Name();
            if (reader.UInt16() is Ptr or Any) asked.Add(name);
            _ = reader.UInt16();
        }

        var told = ImmutableArray.CreateBuilder<DnsRecord>();
        for (var i = 0; i < records && !reader.Failed; i++)
            if (ReadRecord(ref reader) is { } record)
                told.Add(record);
        if (reader.Failed) return false;
        message = new DnsMessage((flags & 0x8000) != 0, asked.ToImmutable(), told.ToImmutable());
        return true;
    }

    // Null for what is passed over.
    private static DnsRecord? ReadRecord(ref DnsReader reader)
    {
        var name = reader.Name();
        var type = reader.UInt16();
        _ = reader.UInt16();
        var isGone = reader.UInt32() == 0; // RFC 6762, 10.1: a time to live of zero says goodbye
        var end = reader.Position + 2 + reader.UInt16();
        DnsRecord? record = type switch
        {
            Ptr => new DnsRecord.Pointer(name, reader.Name()),
            Srv => ReadService(ref reader, name),
            Txt => ReadText(ref reader, name, end),
            A when end - reader.Position == 4 => new DnsRecord.Host(name, new IPAddress(reader.Bytes(4))),
            Aaaa when end - reader.Position == 16 => new DnsRecord.Host(name, new IPAddress(reader.Bytes(16))),
            _ => null,
        };
        if (record is not null && reader.Position != end) reader.Fail();
        reader.GoTo(end);
        return isGone || reader.Failed ? null : record;
    }

    private static DnsRecord.Service ReadService(ref DnsReader reader, string name)
    {
        _ = reader.UInt32(); // priority and weight: there is one of each
        return new DnsRecord.Service(name, reader.UInt16(), reader.Name());
    }

    private static DnsRecord.Text ReadText(ref DnsReader reader, string name, int end)
    {
        var strings = ImmutableArray.CreateBuilder<string>();
        while (!reader.Failed && reader.Position < end) strings.Add(reader.Text(reader.Byte()));
        return new DnsRecord.Text(name, strings.ToImmutable());
    }

    private static void Write(ByteWriter writer, DnsRecord record)
    {
        var (type, flag, data) = record switch
        {
            DnsRecord.Pointer r => (Ptr, (ushort)0, WriteName(new ByteWriter(), r.Target)),
            DnsRecord.Service r => (Srv, Unique, WriteName(new ByteWriter().UInt32(0).UInt16(r.Port), r.Target)),
            DnsRecord.Text r => (Txt, Unique, r.Strings.Aggregate(new ByteWriter(), WriteLabel)),
            DnsRecord.Host r => (r.Address.GetAddressBytes().Length == 4 ? A : Aaaa, Unique, new ByteWriter().Bytes(r.Address.GetAddressBytes())),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        WriteName(writer, record.Name).UInt16(type).UInt16((ushort)(Internet | flag)).UInt32(Seconds).UInt16((ushort)data.Length).Bytes(data.Written.Span);
    }

    private static ByteWriter WriteName(ByteWriter writer, string name) =>
        name.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(writer, WriteLabel).Byte(0);

    private static ByteWriter WriteLabel(ByteWriter writer, string label) => writer.Byte((byte)label.Length).Bytes(Encoding.ASCII.GetBytes(label));
}
