namespace NeuroChain.Chain;

/// <summary>Copies of many short byte strings, side by side in pages: one object for a thousand of them. Not safe to share between threads.</summary>
internal sealed class BytePages
{
    private const int PageBytes = 65_536;

    // What is longer gets memory of its own: it would waste the rest of a page.
    private const int ShortMax = 1_024;

    private readonly List<byte[]> _pages = [];
    private int _page;
    private int _used = PageBytes;

    public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return default;
        if (bytes.Length > ShortMax) return bytes.ToArray();
        if (PageBytes - _used < bytes.Length) Turn();
        var copy = _pages[_page - 1].AsMemory(_used, bytes.Length);
        bytes.CopyTo(copy.Span);
        _used += bytes.Length;
        return copy;
    }

    /// <summary>Forgets the copies and keeps the pages: what was given out before must not be read any more.</summary>
    public void Clear() => (_page, _used) = (0, PageBytes);

    private void Turn()
    {
        if (_page == _pages.Count) _pages.Add(new byte[PageBytes]);
        _page++;
        _used = 0;
    }
}
