namespace NeuroChain.Chain;

/// <summary>The layouts of a header by the number of its items; each is named after the first fork that has it.</summary>
public enum HeaderLayout
{
    Frontier = 15,
    London = 16,
    Shanghai = 17,
    Cancun = 20,
    Prague = 21,
    Amsterdam = 23,
}

internal static class HeaderLayouts
{
    /// <summary>By the items of a list that is yet unread: a copy of its reader goes over them.</summary>
    public static EthereumFault Find(RlpReader items, out HeaderLayout layout)
    {
        var count = 0;
        for (; items.HasMore && count <= (int)HeaderLayout.Amsterdam; count++) _ = items.Raw();
        layout = (HeaderLayout)count;
        return items.Fault == EthereumFault.None && !Enum.IsDefined(layout) ? EthereumFault.UnknownLayout : items.Fault;
    }

    /// <exception cref="InvariantException">A later field is there without an earlier one.</exception>
    public static HeaderLayout LayoutOf(EthereumHeader header)
    {
        var (hasFee, hasWithdrawals, hasRequests) = (header.BaseFeePerGas is not null, header.WithdrawalsRoot is not null, header.RequestsHash is not null);
        var (hasBlobs, hasAccessList) = (header.BlobGasUsed is not null, header.BlockAccessListHash is not null);
        Invariant.Check(hasBlobs == header.ExcessBlobGas is not null && hasBlobs == header.ParentBeaconBlockRoot is not null, "three fields came with Cancun");
        Invariant.Check(hasAccessList == header.SlotNumber is not null, "two fields come with Amsterdam");
        Invariant.Check(hasRequests || !hasAccessList, "a header has the fields of one fork");
        Invariant.Check((hasFee || !hasWithdrawals) && (hasWithdrawals || !hasBlobs) && (hasBlobs || !hasRequests), "a header has the fields of one fork");
        if (hasAccessList) return HeaderLayout.Amsterdam;
        if (hasRequests) return HeaderLayout.Prague;
        if (hasBlobs) return HeaderLayout.Cancun;
        if (hasWithdrawals) return HeaderLayout.Shanghai;
        return hasFee ? HeaderLayout.London : HeaderLayout.Frontier;
    }
}
