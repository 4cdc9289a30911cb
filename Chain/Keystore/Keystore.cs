using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace NeuroChain.Chain;

/// <summary>
/// A secret under a password, as the Web3 Secret Storage definition (version 3) writes it, so that a key moves between this chain and
/// Ethereum's wallets as a file. The password is its UTF-8 bytes without any normalisation.
/// </summary>
public static class Keystore
{
    private const int AesKeySize = 16;

    /// <summary>Text of a key file, with a fresh salt and counter.</summary>
    public static string Encrypt(PrivateKey key, string password, ScryptCost cost)
    {
        if (!cost.IsAllowed) throw new OperatorException($"the scrypt cost n={cost.N}, r={cost.R}, p={cost.P} is outside its bounds");
        var salt = RandomNumberGenerator.GetBytes(32);
        var counter = RandomNumberGenerator.GetBytes(16);
        var derived = Derive(new KeystoreDerivation(cost, 0, salt), password);
        var secret = key.ExportSecret();
        try
        {
            var ciphertext = AesCtr.Transform(derived.AsSpan(0, AesKeySize), counter, secret);
            return Write(key.Address, cost, salt, counter, ciphertext, Mac(derived, ciphertext));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Opens a key file. Nothing about its cost is believed before it is within the bounds of <see cref="ScryptCost"/>.</summary>
    public static bool TryDecrypt(ReadOnlySpan<byte> json, string password, [NotNullWhen(true)] out PrivateKey? key, out KeystoreFault fault)
    {
        key = null;
        if (!KeystoreDocument.TryParse(json, out var document, out fault)) return false;
        var derived = Derive(document.Derivation, password);
        byte[] secret = [];
        try
        {
            fault = KeystoreFault.WrongPassword;
            if (!CryptographicOperations.FixedTimeEquals(Mac(derived, document.Ciphertext), document.Mac)) return false;
            secret = AesCtr.Transform(derived.AsSpan(0, AesKeySize), document.InitialCounter, document.Ciphertext);
            fault = KeystoreFault.NotAKey;
            if (!PrivateKey.TryFromBytes(secret, out var found)) return false;
            fault = KeystoreFault.AddressMismatch;
            if (document.Address is { } address && address != found.Address) return false;
            key = found;
            fault = KeystoreFault.None;
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The address that a key file names, without its password; nobody has checked that the key inside has it.</summary>
    public static bool TryReadAddressUnverified(ReadOnlySpan<byte> json, out Address address)
    {
        address = default;
        if (!KeystoreDocument.TryParse(json, out var document, out _) || document.Address is not { } named) return false;
        address = named;
        return true;
    }

    private static byte[] Derive(KeystoreDerivation derivation, string password)
    {
        var derived = new byte[KeystoreDocument.DerivedSize];
        var bytes = Encoding.UTF8.GetBytes(password);
        if (derivation.Scrypt is { } cost) Scrypt.Derive(bytes, derivation.Salt, cost, derived);
        else Rfc2898DeriveBytes.Pbkdf2(bytes, derivation.Salt, derived, derivation.Pbkdf2Iterations, HashAlgorithmName.SHA256);
        CryptographicOperations.ZeroMemory(bytes);
        return derived;
    }

    private static byte[] Mac(byte[] derived, byte[] ciphertext) => Keccak256.Hash([.. derived.AsSpan(AesKeySize, 16), .. ciphertext]).ToArray();

    private static string Write(Address address, ScryptCost cost, byte[] salt, byte[] counter, byte[] ciphertext, byte[] mac)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 3);
            json.WriteString("id", Guid.NewGuid());
            json.WriteString("address", Convert.ToHexStringLower(address.ToArray()));
            json.WriteStartObject("crypto");
            json.WriteString("cipher", "aes-128-ctr");
            json.WriteStartObject("cipherparams");
            json.WriteString("iv", Convert.ToHexStringLower(counter));
            json.WriteEndObject();
            json.WriteString("ciphertext", Convert.ToHexStringLower(ciphertext));
            json.WriteString("kdf", "scrypt");
            json.WriteStartObject("kdfparams");
            json.WriteNumber("dklen", KeystoreDocument.DerivedSize);
            json.WriteNumber("n", cost.N);
            json.WriteNumber("r", cost.R);
            json.WriteNumber("p", cost.P);
            json.WriteString("salt", Convert.ToHexStringLower(salt));
            json.WriteEndObject();
            json.WriteString("mac", Convert.ToHexStringLower(mac));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
