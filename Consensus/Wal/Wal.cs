using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// The write-ahead log: one file per height, appended and flushed before anything that follows from it leaves the node. So what a torn tail
/// loses was never seen by anybody, and cutting it off is safe.
/// </summary>
/// <remarks>A file is a row of <see cref="WalFrame"/>s.</remarks>
public sealed class Wal : IDisposable
{
    private const string Prefix = "wal-";

    /// <summary>Files of decided heights that are kept for whoever looks into what happened.</summary>
    private const int KeptHeights = 8;

    private readonly IFolder _folder;
    private IAppendFile? _file;
    private ulong _sequence;
    private ulong _flushed;
    private uint _lastChecksum;
    private bool _isDirty;

    public Wal(IFolder folder) => _folder = folder;

    public Height Height { get; private set; }

    /// <summary>
    /// Opens the log of a height, gives what is whole in it and cuts off the rest; older files beyond the kept ones are deleted.
    /// </summary>
    public WalRead Open(Height height)
    {
        _file?.Dispose();
        Height = height;
        DeleteOld(height);
        _file = _folder.OpenAppend(NameOf(height));
        var read = WalRead.Decode(_file.ReadAll());
        if (read.LostBytes > 0) _file.Truncate(read.Length);
        (_sequence, _lastChecksum, _flushed) = ((ulong)read.Records.Count, read.LastChecksum, 0);
        // A process that was killed may have left what the disk does not have yet: what follows from it must not leave before it is there.
        _isDirty = read.Records.Count > 0;
        return read;
    }

    public void Append(WalRecord record)
    {
        Invariant.Check(_file is not null, "a log is opened before it is written");
        var payload = record.Encode();
        Invariant.Check(payload.Length <= WalFrame.PayloadMax, "a record holds at most one block");
        var frame = WalFrame.Encode(new WalFrame { Sequence = _sequence, Flushed = _flushed, Before = _lastChecksum, Payload = payload }, out var checksum);
        _file.Append(frame);
        _lastChecksum = checksum;
        _sequence++;
        _isDirty = true;
    }

    /// <summary>Makes all that was appended durable; costs nothing where it already is.</summary>
    public void Flush()
    {
        if (!_isDirty) return;
        _file!.Flush();
        _flushed = _sequence;
        _isDirty = false;
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>The heights of which a folder has logs, from the lowest on.</summary>
    public static IReadOnlyList<Height> HeightsIn(IFolder folder) => [.. folder.List().Select(HeightOf).OfType<Height>().Order()];

    /// <summary>What the log of a height holds; changes nothing, and the log must not be open.</summary>
    public static WalRead Read(IFolder folder, Height height)
    {
        using var file = folder.OpenAppend(NameOf(height));
        return WalRead.Decode(file.ReadAll());
    }

    private static string NameOf(Height height) => Prefix + height.Value.ToString("d20", CultureInfo.InvariantCulture);

    private static Height? HeightOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && ulong.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var height) && NameOf(new Height(height)) == name
            ? new Height(height)
            : null;

    private void DeleteOld(Height height)
    {
        var oldest = NameOf(height.MinusOrGenesis(KeptHeights));
        foreach (var name in _folder.List())
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, oldest) < 0)
                _folder.Delete(name);
    }
}
