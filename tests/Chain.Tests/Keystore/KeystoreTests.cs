using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

public sealed class KeystoreTests : IDisposable
{
    private static readonly ScryptCost Cheapest = new(2, 1, 1);
    private static readonly PrivateKey Key = PrivateKey.FromSeed(Hash256.Sha256([1]));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The example of the Web3 Secret Storage definition with PBKDF2; then, of the same secret, what ethers 6.17 and @ethereumjs/wallet 10.0
    // wrote, the former at its standard cost and with a capital letter of its own.
    [Theory]
    [InlineData("""
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
        "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """)]
    [InlineData("""
        {"address":"008aeeda4d805471df9b2a5b0f38a0c3bcba786b","id":"71c4acde-fdce-4c77-a0ec-d9435a50de72","version":3,"Crypto":{"cipher":"aes-128-ctr",
        "cipherparams":{"iv":"87b9573e65504d526987d28d80b2b59a"},
        "ciphertext":"6f9a361607cdb979c787e1d4c816b34bafac7fca006fafa409f0e0b98222a15c","kdf":"scrypt",
        "kdfparams":{"salt":"be4bb3391a6ba0c868865423d7f8db7346aa30090253281f456d05fbcc6c0859","n":262144,"dklen":32,"p":1,"r":8},
        "mac":"0d9bb50b157627eb7eeb2aed4f3fbc8374a2452878d34985dccdb00ee9492b62"}}
        """)]
    [InlineData("""
        {"address":"008aeeda4d805471df9b2a5b0f38a0c3bcba786b","id":"ac25fb68-ffcd-48e1-86e8-fc94b9b96221","version":3,"Crypto":{"cipher":"aes-128-ctr",
        "cipherparams":{"iv":"c1df701965db638a8a4d6baf662f68b2"},
        "ciphertext":"5f482882848a8cec9f9abeaa5c8a4f01f17cdab7951290cd89ce9e5559bf9c24","kdf":"scrypt",
        "kdfparams":{"salt":"8bca8dc4738ae47477e528adac3c624d8fa0240ab387d793aa412823de0b91b8","n":4096,"dklen":32,"p":6,"r":8},
        "mac":"ab3cac426d635905d269807c7e45b163417fd6bc9b21640c462926abb75de3d5"}}
        """)]
    [InlineData("""
        {"version":3,"id":"2a6abf0a-be86-4540-ae94-c8657dd92f27","address":"008aeeda4d805471df9b2a5b0f38a0c3bcba786b","crypto":{"ciphertext":"b999a7fad364f39f23d4134bd29a1450696b8cf1c28594dc15b30e10587ebb9a",
        "cipherparams":{"iv":"d96421b566651c65ec9e1ecf0907777b"},"cipher":"aes-128-ctr","kdf":"scrypt",
        "kdfparams":{"dklen":32,"salt":"b745c29dd5d0ba7136416f7ed0dad35c2a179b7ba7dcbb541679a0b82245d45a","n":4096,"p":6,"r":8},
        "mac":"24fc59cf790be97cf3320281925a4a2712ee252c685fdcf774e7ea0b937d919c"}}
        """)]
    public void FilesOfOtherToolsOpen(string json)
    {
        Assert.True(Keystore.TryDecrypt(Encoding.UTF8.GetBytes(json), "testpassword", out var key, out var fault), fault.ToString());
        Assert.Equal("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d", Convert.ToHexStringLower(key.ExportSecret()));
    }

    /// <summary>The definition's own scrypt example has N = 2^18 at r = 1, which RFC 7914 forbids and OpenSSL refuses.</summary>
    [Fact]
    public void ACostThatScryptForbidsIsNamed() => AssertFault(
        KeystoreFault.CostOutOfBounds,
        """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt",
        "kdfparams":{"dklen":32,"n":262144,"r":1,"p":8,"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """u8.ToArray(),
        "testpassword");

    [Theory]
    [InlineData("")]
    [InlineData("correct horse")]
    [InlineData("пароль 🔑")]
    public void AKeyComesBackUnderItsPasswordOnly(string password)
    {
        var json = Encoding.UTF8.GetBytes(Keystore.Encrypt(Key, password, Cheapest));
        Assert.True(Keystore.TryDecrypt(json, password, out var key, out _));
        Assert.Equal(Key.Address, key.Address);
        Assert.Equal(Key.ExportSecret(), key.ExportSecret());
        AssertFault(KeystoreFault.WrongPassword, json, password + "x");
        Assert.True(Keystore.TryReadAddressUnverified(json, out var address));
        Assert.Equal(Key.Address, address);
    }

    [Fact]
    public void TwoFilesOfOneKeyDiffer() => Assert.NotEqual(Keystore.Encrypt(Key, "a", Cheapest), Keystore.Encrypt(Key, "a", Cheapest));

    [Fact]
    public void ThePublishedCostsAreAllowedAndWork()
    {
        Assert.True(ScryptCost.Standard.IsAllowed);
        Assert.Equal(256L << 20, ScryptCost.Standard.MemoryBytes);
        var json = Encoding.UTF8.GetBytes(Keystore.Encrypt(Key, "a", ScryptCost.Light));
        Assert.True(Keystore.TryDecrypt(json, "a", out _, out _));
    }

    [Theory]
    [InlineData(0, 8, 1)]
    [InlineData(1, 8, 1)]
    [InlineData(3, 8, 1)]
    [InlineData(-2147483648, 8, 1)]
    [InlineData(1 << 21, 1, 1)]
    [InlineData(1 << 16, 1, 1)]
    [InlineData(1 << 20, 8, 1)] // 1 GiB
    [InlineData(1 << 20, 32, 16)]
    [InlineData(4096, 0, 1)]
    [InlineData(4096, 33, 1)]
    [InlineData(4096, 8, 0)]
    [InlineData(4096, 8, 17)]
    [InlineData(4096, -8, 1)]
    public void ACostOutsideItsBoundsIsRefused(int n, int r, int p)
    {
        Assert.False(new ScryptCost(n, r, p).IsAllowed);
        AssertFault(KeystoreFault.CostOutOfBounds, Edited(("\"n\": 2,", $"\"n\": {n},"), ("\"r\": 1,", $"\"r\": {r},"), ("\"p\": 1,", $"\"p\": {p},")));
        Assert.Throws<OperatorException>(() => Keystore.Encrypt(Key, "a", new ScryptCost(n, r, p)));
    }

    [Theory]
    [InlineData("\"version\": 3", "\"version\": 1", KeystoreFault.UnsupportedVersion)]
    [InlineData("\"version\": 3", "\"version\": \"3\"", KeystoreFault.Malformed)]
    [InlineData("\"version\": 3", "\"version\": 3.5", KeystoreFault.Malformed)]
    [InlineData("\"version\": 3,", "", KeystoreFault.Malformed)]
    [InlineData("\"version\": 3,", "\"version\": 3, \"version\": 3,", KeystoreFault.Malformed)]
    [InlineData("aes-128-ctr", "aes-128-cbc", KeystoreFault.UnsupportedCipher)]
    [InlineData("\"kdf\": \"scrypt\"", "\"kdf\": \"argon2id\"", KeystoreFault.UnsupportedKdf)]
    [InlineData("\"kdf\": \"scrypt\"", "\"kdf\": \"pbkdf2\"", KeystoreFault.Malformed)]
    [InlineData("\"dklen\": 32", "\"dklen\": 16", KeystoreFault.Malformed)]
    [InlineData("\"n\": 2", "\"n\": 99999999999", KeystoreFault.Malformed)]
    [InlineData("\"iv\": \"", "\"iv\": \"00", KeystoreFault.Malformed)]
    [InlineData("\"ciphertext\": \"", "\"ciphertext\": \"zz", KeystoreFault.Malformed)]
    [InlineData("\"mac\": \"", "\"mac\": \"\\ud800", KeystoreFault.Malformed)]
    [InlineData("\"crypto\": {", "\"crypto\": [], \"x\": {", KeystoreFault.Malformed)]
    [InlineData("\"crypto\": {", "\"Crypto\": {}, \"crypto\": {", KeystoreFault.Malformed)]
    [InlineData("\"address\": \"", "\"address\": \"00", KeystoreFault.Malformed)]
    public void AnotherShapeIsNamed(string from, string to, KeystoreFault expected) => AssertFault(expected, Edited((from, to)));

    [Fact]
    public void AnotherAddressIsNamed()
    {
        var other = Convert.ToHexStringLower(PrivateKey.FromSeed(Hash256.Sha256([2])).Address.ToArray());
        AssertFault(KeystoreFault.AddressMismatch, Edited((Convert.ToHexStringLower(Key.Address.ToArray()), other)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("{}")]
    [InlineData("{\"version\":3}")]
    [InlineData("{\"version\":3,\"crypto\":{\"cipher\":null}}")]
    public void OtherJsonIsMalformed(string json) => AssertFault(KeystoreFault.Malformed, Encoding.UTF8.GetBytes(json));

    [Fact]
    public void LargeAndDeepFilesAreRefused()
    {
        AssertFault(KeystoreFault.Malformed, Edited(("\"version\"", new string(' ', 64 << 10) + "\"version\"")));
        AssertFault(KeystoreFault.Malformed, Edited(("\"version\"", $"\"x\": {new string('[', 5_000)}{new string(']', 5_000)}, \"version\"")));
    }

    [Fact]
    public void RandomChangesNeverThrow()
    {
        Prop.ForAll<byte[]>(bytes => !Keystore.TryDecrypt(bytes, "a", out _, out _)).QuickCheckThrowOnFailure();
        var json = Encoding.UTF8.GetBytes(Keystore.Encrypt(Key, "a", Cheapest));
        Prop.ForAll<ulong>(seed =>
        {
            var stream = new SeededStream(seed);
            byte[] changed = [.. json];
            for (var i = stream.NextBelow(3); i > 0; i--) changed[(int)stream.NextBelow((ulong)json.Length)] ^= (byte)(1 << (int)stream.NextBelow(8));
            if (stream.NextChance(1, 3)) changed = changed[..(int)stream.NextBelow((ulong)json.Length)];
            var opened = Keystore.TryDecrypt(changed, "a", out var key, out var fault);
            return opened == (fault == KeystoreFault.None) && (!opened || key!.Address == Key.Address);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void AFileIsItsOwnersAloneAndNeverWrittenOver()
    {
        var path = _folder["keys/validator.json"];
        KeystoreFile.Save(path, Key, "a", Cheapest);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Single(Directory.GetFiles(_folder["keys"]));
        Assert.True(KeystoreFile.TryLoad(path, "a", out var key, out _));
        Assert.Equal(Key.Address, key.Address);
        Assert.False(KeystoreFile.TryLoad(path, "b", out _, out var fault));
        Assert.Equal(KeystoreFault.WrongPassword, fault);
        var before = File.ReadAllText(path);
        Assert.Throws<OperatorException>(() => KeystoreFile.Save(path, Key, "b", Cheapest));
        Assert.Equal(before, File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder["keys"]));
    }

    [Fact]
    public void AMissingFileIsTheOperatorsMistake()
    {
        var missing = Assert.Throws<OperatorException>(() => KeystoreFile.TryLoad(_folder["none.json"], "a", out _, out _));
        Assert.Contains("none.json", missing.Message);
        Assert.Throws<OperatorException>(() => KeystoreFile.Save("/proc/none/key.json", Key, "a", Cheapest));
    }

    // RFC 7914 12.
    [Theory]
    [InlineData("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    public void ScryptHasTheVectorsOfItsRfc(string password, string salt, int n, int r, int p, string expected)
    {
        var key = new byte[64];
        Scrypt.Derive(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), new ScryptCost(n, r, p), key);
        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }

    // NIST SP 800-38A F.5.1, and a counter that wraps: block i is AES of (counter + i) mod 2^128.
    [Fact]
    public void CounterModeHasTheVectorOfItsStandard()
    {
        var key = Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c");
        var plain = Convert.FromHexString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        var cipher = AesCtr.Transform(key, Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), plain);
        Assert.Equal("874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff", Convert.ToHexStringLower(cipher));
        var wrapped = AesCtr.Transform(key, Convert.FromHexString("ffffffffffffffffffffffffffffffff"), new byte[32]);
        Assert.Equal(AesCtr.Transform(key, new byte[16], new byte[16]), wrapped[16..]);
    }

    /// <summary>The password is right, and what it opens is no key: zero is none.</summary>
    [Fact]
    public void ASecretThatIsNoKeyIsNamed()
    {
        var (salt, counter) = (new byte[32], new byte[16]);
        var derived = Rfc2898DeriveBytes.Pbkdf2("a", salt, 1, HashAlgorithmName.SHA256, 32);
        var cipher = AesCtr.Transform(derived.AsSpan(0, 16), counter, new byte[32]);
        var mac = Keccak256.Hash([.. derived[16..], .. cipher]);
        AssertFault(KeystoreFault.NotAKey, Encoding.UTF8.GetBytes($$$"""
            {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"{{{Convert.ToHexStringLower(counter)}}}"},
            "ciphertext":"{{{Convert.ToHexStringLower(cipher)}}}","kdf":"pbkdf2",
            "kdfparams":{"c":1,"dklen":32,"prf":"hmac-sha256","salt":"{{{Convert.ToHexStringLower(salt)}}}"},
            "mac":"{{{Convert.ToHexStringLower(mac.ToArray())}}}"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
            """));
    }

    private static byte[] Edited(params (string From, string To)[] edits)
    {
        var json = Keystore.Encrypt(Key, "a", Cheapest);
        foreach (var (from, to) in edits)
        {
            Assert.Contains(from, json);
            json = json.Replace(from, to);
        }

        return Encoding.UTF8.GetBytes(json);
    }

    private static void AssertFault(KeystoreFault expected, byte[] json, string password = "a")
    {
        Assert.False(Keystore.TryDecrypt(json, password, out _, out var fault));
        Assert.Equal(expected, fault);
    }
}
