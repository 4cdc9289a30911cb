namespace NeuroChain.Chain.Tests;

/// <summary>Leaves are hashed on Ethereum too: a change here is a change of every vault.</summary>
public sealed class BridgeLeafTests
{
    private static readonly VaultAddress Vault = new(11155111, Address.FromBytes(Enumerable.Repeat((byte)0xaa, 20).ToArray()));
    private static readonly Address To = Address.FromBytes(Enumerable.Repeat((byte)0xbb, 20).ToArray());
    private static readonly Hash256 Id = Hash256.FromBytes(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    [Fact]
    public void AWithdrawalsLeafIsTheStructHashOfItsMembers()
    {
        var leaf = BridgeLeaf.Release(Vault, new BridgeWithdrawal(Id, To, Amount.FromNtk(1000), 2_000_000_000));
        var words = new AbiWriter()
            .Hash(Eip712.TypeHash("Release(uint256 chainId,address vault,bytes32 burnId,address to,uint256 amount,uint64 deadline)"))
            .UInt64(11155111).Address(Vault.Address).Hash(Id).Address(To)
            .Hash(Word("3635c9adc5dea00000")).UInt64(0x77359400);
        Assert.Equal(Keccak256.Hash(words.ToArray()), leaf);
        Assert.Equal("0xaa4cd24f2f6cd0dec24e0dea82eefab50e96a41afd1ccb26d5ebf530791d513e", leaf.ToString());
    }

    [Fact]
    public void AnOrdersLeafHasTheHashOfItsArguments()
    {
        var action = BridgeAction.Rescue(Id, To, Vault.Address, new Amount(5), 2_000_000_000);
        Assert.Equal(new AbiWriter().Address(To).Address(Vault.Address).UInt64(5).ToArray(), action.Arguments.AsSpan());
        var leaf = BridgeLeaf.Action(Vault, action);
        var words = new AbiWriter()
            .Hash(Eip712.TypeHash("Action(uint256 chainId,address vault,bytes32 actionId,uint8 kind,bytes32 argumentsHash,uint64 deadline)"))
            .UInt64(11155111).Address(Vault.Address).Hash(Id).UInt64(4).Hash(Keccak256.Hash(action.Arguments.AsSpan())).UInt64(0x77359400);
        Assert.Equal(Keccak256.Hash(words.ToArray()), leaf);
        Assert.Equal("0x0c27aac8cee34bd657a3a0649004f5d9a8dddf03e57c993881fe4974a2733770", leaf.ToString());
    }

    [Fact]
    public void ArgumentsAreStaticWords()
    {
        Assert.Equal(new AbiWriter().UInt64(7).ToArray(), BridgeAction.Unpause(Id, 7, 1).Arguments.AsSpan());
        Assert.Equal(
            new AbiWriter().UInt64(1).UInt64(2).UInt64(3).ToArray(),
            BridgeAction.SetLimits(Id, new Amount(1), new Amount(2), new Amount(3), 1).Arguments.AsSpan());
        Assert.Equal(new AbiWriter().Address(To).ToArray(), BridgeAction.Retire(Id, To, 1).Arguments.AsSpan());
        Assert.Equal(new AbiWriter().UInt64(9).ToArray(), BridgeAction.CancelRecovery(Id, 9, 1).Arguments.AsSpan());
        Assert.Equal(new AbiWriter().Address(To).UInt64(1).ToArray(), BridgeAction.SetGuardian(Id, To, true, 1).Arguments.AsSpan());
        Assert.Equal(
            [1, 2, 3, 4, 5, 6],
            new[]
            {
                BridgeAction.Unpause(Id, 7, 1), BridgeAction.SetLimits(Id, default, default, default, 1), BridgeAction.Retire(Id, To, 1),
                BridgeAction.Rescue(Id, To, To, default, 1), BridgeAction.CancelRecovery(Id, 9, 1), BridgeAction.SetGuardian(Id, To, true, 1),
            }.Select(action => (int)action.Kind));
    }

    [Fact]
    public void AChangeOfTheSetIsALeafOfItsNumberLastHeightAndRoot()
    {
        var leaf = BridgeLeaf.SetChange(3, new Height(5), Id);
        var words = new AbiWriter().Hash(Eip712.TypeHash("ValidatorSet(uint64 number,uint64 lastHeight,bytes32 root)")).UInt64(3).UInt64(5).Hash(Id);
        Assert.Equal(Keccak256.Hash(words.ToArray()), leaf);
        Assert.Equal("0x64048aa3323467f063cd648d5107a0001ab83fbc9305068ae3f7e4fa07c86a23", leaf.ToString());
    }

    [Fact]
    public void ABurnIsNamedByItsPlaceOnTheChain()
    {
        var id = BridgeLeaf.BurnId(new GenesisHash(Id), new Height(5), new TransactionHash(Id), 2);
        Assert.Equal(Keccak256.Hash(new AbiWriter().Hash(Id).UInt64(5).Hash(Id).UInt64(2).ToArray()), id);
        Assert.NotEqual(id, BridgeLeaf.BurnId(new GenesisHash(Id), new Height(5), new TransactionHash(Id), 3));
        Assert.Equal("0x87bd884ca87cdf49ae7bdb5596b9bc75cc6be9cb69a4974c252936e4e0db2211", id.ToString());
    }

    private static Hash256 Word(string digits) => Hash256.FromBytes(Convert.FromHexString(digits.PadLeft(64, '0')));
}
