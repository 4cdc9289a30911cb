using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NeuroChain.Chain;

/// <summary>
/// RocksDB's compaction filter for a column that expires: it asks of each entry that it writes anew anyway whether it may go, in a thread of
/// its own. The native object must outlive the database.
/// </summary>
internal sealed unsafe class ExpiryFilter : IDisposable
{
    // Of native memory, because the callback is static and gets no more than a pointer.
    private readonly ulong* _below = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));
    private readonly nint _filter;

    public ExpiryFilter() => _filter = RocksDbNative.rocksdb_compactionfilter_create(_below, &Nothing, &MayGo, &Name);

    /// <summary>The number below which entries go; one thread at a time raises it.</summary>
    public void Raise(ulong below) => Volatile.Write(ref *_below, Math.Max(below, *_below));

    public void AddTo(nint options) => RocksDbNative.rocksdb_options_set_compaction_filter(options, _filter);

    public void Dispose()
    {
        RocksDbNative.rocksdb_compactionfilter_destroy(_filter);
        NativeMemory.Free(_below);
    }

    /// <summary>The number that an entry's value begins with; the greatest, which never expires, where it is too short for one.</summary>
    public static ulong NumberOf(ReadOnlySpan<byte> value) => value.Length < sizeof(ulong) ? ulong.MaxValue : BinaryPrimitives.ReadUInt64BigEndian(value);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte MayGo(ulong* below, int level, byte* key, nuint keyLength, byte* value, nuint valueLength, byte** newValue, nuint* newLength, byte* isChanged)
    {
        *isChanged = 0;
        return NumberOf(new ReadOnlySpan<byte>(value, (int)Math.Min(valueLength, sizeof(ulong)))) < Volatile.Read(ref *below) ? (byte)1 : (byte)0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte* Name(ulong* below) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("neurochain.expiry\0"u8)); // a constant of the program: it does not move

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Nothing(ulong* below)
    {
    }
}
