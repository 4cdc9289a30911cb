namespace NeuroChain.Chain;

/// <summary>Why bytes are not the canonical ABI encoding of the types that are read. The first reason stands.</summary>
public enum AbiFault
{
    None,

    /// <summary>A word or a part is not there.</summary>
    Truncated,

    /// <summary>Bytes behind the last part.</summary>
    LeftOver,

    /// <summary>Upper bits of a number, of an address or of a truth value, or bytes of padding, that are not zero.</summary>
    Padding,

    /// <summary>An offset other than where the parts in their order put it: parts neither overlap nor leave gaps.</summary>
    Offset,

    /// <summary>More bytes or elements than the reader allows.</summary>
    TooLarge,

    /// <summary>A string that is no UTF-8.</summary>
    NotText,

    /// <summary>Another selector, or another topic.</summary>
    WrongSelector,
}
