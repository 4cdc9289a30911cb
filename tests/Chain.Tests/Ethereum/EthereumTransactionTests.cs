namespace NeuroChain.Chain.Tests;

/// <summary>Transactions of the three types that are sent here, and addresses of contracts.</summary>
public sealed class EthereumTransactionTests
{
    /// <summary>"Example" of EIP-155.</summary>
    [Fact]
    public void TheExampleOfTheProposalIsSignedAsThere()
    {
        Assert.True(PrivateKey.TryFromBytes([.. Enumerable.Repeat((byte)0x46, 32)], out var key));
        var transaction = new EthereumTransaction
        {
            Type = EthereumTransactionType.Legacy,
            ChainId = 1,
            Nonce = 9,
            MaxFeePerGas = new UInt256(20_000_000_000),
            GasLimit = 21_000,
            To = Address.FromBytes([.. Enumerable.Repeat((byte)0x35, 20)]),
            Value = new UInt256(1_000_000_000_000_000_000),
        };
        Assert.Equal("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53", transaction.SigningHash.ToString());
        var signed = transaction.Sign(key);
        Assert.Equal(
            "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            Hex.Encode(signed.Encode()));
        Assert.True(signed.TryRecoverSender(out var sender));
        Assert.Equal("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F", sender.ToString());
    }

    [Fact]
    public void EveryTransactionIsReadAsItWasWrittenAndNamesItsSender()
    {
        var stream = new SeededStream(1);
        for (var i = 0; i < 300; i++)
        {
            var key = PrivateKey.FromSeed(stream.NextHash());
            var bytes = AnyEthereum.AnyTransaction(stream).Sign(key).Encode();
            Assert.True(SignedEthereumTransaction.TryDecode(bytes, out var read, out var fault), fault.ToString());
            Assert.Equal(bytes, read.Encode());
            Assert.Equal(Keccak256.Hash(bytes), read.Hash);
            Assert.True(read.TryRecoverSender(out var sender));
            Assert.Equal(key.Address, sender);
        }
    }

    [Theory]
    [InlineData(26)]
    [InlineData(29)]
    [InlineData(34)]
    [InlineData(0)]
    [InlineData(1)]
    public void AVThatIsNoneIsRefused(ulong v) => Assert.Equal(EthereumFault.MalformedSignature, FaultOf(Legacy(v, new UInt256(1), new UInt256(1))));

    [Theory]
    [InlineData(27, null)]
    [InlineData(28, null)]
    [InlineData(35, 0UL)]
    [InlineData(37, 1UL)]
    [InlineData(38, 1UL)]
    public void VNamesTheChain(ulong v, ulong? chain)
    {
        Assert.True(SignedEthereumTransaction.TryDecode(Legacy(v, new UInt256(1), new UInt256(1)), out var read, out _));
        Assert.Equal(chain, read.Transaction.ChainId);
    }

    [Fact]
    public void RAndSAreInRangeAndSIsLow()
    {
        var (zero, one, half) = (UInt256.Zero, new UInt256(1), UInt256.FromBytes(Convert.FromHexString("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0")));
        Assert.Equal(EthereumFault.None, FaultOf(Legacy(27, one, half)));
        Assert.Equal(EthereumFault.MalformedSignature, FaultOf(Legacy(27, one, half.AddWrapping(one))));
        Assert.Equal(EthereumFault.MalformedSignature, FaultOf(Legacy(27, zero, one)));
        Assert.Equal(EthereumFault.MalformedSignature, FaultOf(Legacy(27, one, zero)));
        // r at the order of the group or above is no number of a point: nobody is its signer.
        Assert.True(SignedEthereumTransaction.TryDecode(Legacy(27, UInt256.MaxValue, one), out var read, out _));
        Assert.False(read.TryRecoverSender(out _));
    }

    [Fact]
    public void RulesOfTheFieldsAreRefusedByName()
    {
        var stream = new SeededStream(1);
        var signature = PrivateKey.FromSeed(Hash256.Sha256([1])).Sign(Hash256.Sha256([2]));
        var fee = AnyEthereum.AnyTransaction(stream) with { Type = EthereumTransactionType.DynamicFee, ChainId = 5, MaxFeePerGas = new UInt256(5), MaxPriorityFeePerGas = new UInt256(5) };
        Assert.Equal(EthereumFault.None, FaultOf(new SignedEthereumTransaction(fee, signature).Encode()));
        Assert.Equal(EthereumFault.TipAboveFee, FaultOf(new SignedEthereumTransaction(fee with { MaxPriorityFeePerGas = new UInt256(6) }, signature).Encode()));
        Assert.Equal(EthereumFault.NonceTooLarge, FaultOf(new SignedEthereumTransaction(fee with { Nonce = ulong.MaxValue }, signature).Encode()));
        Assert.Equal(EthereumFault.TooLarge, FaultOf(new SignedEthereumTransaction(fee with { ChainId = EthereumTransaction.ChainIdMax + 1 }, signature).Encode()));
        Assert.Equal(EthereumFault.TooLarge, FaultOf(new SignedEthereumTransaction(fee with { Data = new byte[EthereumTransaction.BytesMax] }, signature).Encode()));
        Assert.Throws<InvariantException>(() => (fee with { Nonce = ulong.MaxValue }).Sign(PrivateKey.FromSeed(Hash256.Zero)));
    }

    [Theory]
    [InlineData("", EthereumFault.Truncated)]
    [InlineData("03c0", EthereumFault.UnknownType)]
    [InlineData("80", EthereumFault.UnknownType)]
    [InlineData("00c0", EthereumFault.UnknownType)]
    [InlineData("02", EthereumFault.Truncated)]
    [InlineData("0280", EthereumFault.NotAList)]
    [InlineData("c0", EthereumFault.Truncated)]
    public void WhatIsNoTransactionIsRefusedByName(string hex, EthereumFault fault) => Assert.Equal(fault, FaultOf(Convert.FromHexString(hex)));

    [Fact]
    public void ATransactionHasAnAddressOrNone()
    {
        var writer = new RlpWriter();
        var list = writer.Begin();
        writer.UInt64(1).UInt64(1).UInt64(21_000).Bytes([1, 2, 3]).UInt64(0).Bytes([]).UInt64(27).UInt64(1).UInt64(1).End(list);
        Assert.Equal(EthereumFault.WrongSize, FaultOf(writer.ToArray()));
    }

    [Fact]
    public void NothingMayFollowATransaction() => Assert.Equal(EthereumFault.LeftOver, FaultOf([.. Legacy(27, new UInt256(1), new UInt256(1)), 0]));

    /// <summary>The first three contracts of the first account of the mnemonic that local nodes have.</summary>
    [Theory]
    [InlineData("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", 0, "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    [InlineData("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", 1, "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512")]
    [InlineData("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", 0, "0xcd234A471b72ba2F1Ccf0A70FCABA648a5eeCD8d")]
    [InlineData("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", 1, "0x343c43A37D37dfF08AE8C4A11544c718AbB4fCF8")]
    public void AContractStandsWhereItsCreatorsNonceSays(string creator, ulong nonce, string contract)
    {
        Assert.True(Address.TryParse(creator, out var address));
        Assert.Equal(contract, ContractAddress.Create(address, nonce).ToString());
    }

    /// <summary>"Examples" of EIP-1014.</summary>
    [Theory]
    [InlineData("0x0000000000000000000000000000000000000000", "00", "00", "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38")]
    [InlineData("0xdeadbeef00000000000000000000000000000000", "00", "00", "0xB928f69Bb1D91Cd65274e3c79d8986362984fDA3")]
    [InlineData("0xdeadbeef00000000000000000000000000000000", "feed000000000000000000000000000000000000", "00", "0xD04116cDd17beBE565EB2422F2497E06cC1C9833")]
    [InlineData("0x0000000000000000000000000000000000000000", "00", "deadbeef", "0x70f2b2914A2a4b783FaEFb75f459A580616Fcb5e")]
    [InlineData("0x00000000000000000000000000000000deadbeef", "cafebabe", "deadbeef", "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7")]
    [InlineData("0x00000000000000000000000000000000deadbeef", "cafebabe", "deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef", "0x1d8bfDC5D46DC4f61D6b6115972536eBE6A8854C")]
    [InlineData("0x0000000000000000000000000000000000000000", "00", "", "0xE33C0C7F7df4809055C3ebA6c09CFe4BaF1BD9e0")]
    public void ACreate2ContractStandsWhereSaltAndCodeSay(string creator, string salt, string code, string contract)
    {
        Assert.True(Address.TryParse(creator, out var address));
        var word = Hash256.FromBytes(Convert.FromHexString(salt.PadLeft(64, '0')));
        Assert.Equal(contract, ContractAddress.Create2(address, word, Convert.FromHexString(code)).ToString());
    }

    private static byte[] Legacy(ulong v, UInt256 r, UInt256 s)
    {
        var writer = new RlpWriter();
        var list = writer.Begin();
        return writer.UInt64(1).UInt64(1).UInt64(21_000).Bytes([]).UInt64(0).Bytes([]).UInt64(v).UInt256(r).UInt256(s).End(list).ToArray();
    }

    private static EthereumFault FaultOf(byte[] bytes)
    {
        Assert.Equal(SignedEthereumTransaction.TryDecode(bytes, out _, out var fault), fault == EthereumFault.None);
        return fault;
    }
}
