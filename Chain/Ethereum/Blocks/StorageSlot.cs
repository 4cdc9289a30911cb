namespace NeuroChain.Chain;

/// <summary>Where Solidity keeps things in a contract's storage ("Layout of State Variables in Storage").</summary>
public static class StorageSlot
{
    /// <summary>A variable at a fixed place.</summary>
    public static Hash256 Of(ulong slot) => new UInt256(slot).ToHash();

    /// <summary>The value of a mapping under a key of one word, left-padded as the ABI pads it: keccak256(key . slot).</summary>
    public static Hash256 OfMapping(Hash256 key, Hash256 mappingSlot) => Keccak256.Hash(new AbiWriter().Hash(key).Hash(mappingSlot).ToArray());

    public static Hash256 OfMapping(Address key, Hash256 mappingSlot) => Keccak256.Hash(new AbiWriter().Address(key).Hash(mappingSlot).ToArray());

    /// <summary>An element of a dynamic array, whose length is at the array's own slot: keccak256(slot) + index * words.</summary>
    public static Hash256 OfElement(Hash256 arraySlot, ulong index, uint wordsPerElement, uint word = 0)
    {
        var first = UInt256.FromHash(Keccak256.Hash(arraySlot.ToArray()));
        return first.AddWrapping(new UInt256(((UInt128)index * wordsPerElement) + word)).ToHash();
    }
}
