using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace NeuroChain.Chain;

/// <summary>Derivation of the file's key from its password: scrypt, or PBKDF2 with HMAC-SHA-256 where <see cref="Scrypt"/> is null.</summary>
internal sealed record KeystoreDerivation(ScryptCost? Scrypt, int Pbkdf2Iterations, byte[] Salt);

/// <summary>A well-formed V3 key file with every number within its bounds; whether it opens is another question.</summary>
internal sealed record KeystoreDocument(KeystoreDerivation Derivation, byte[] InitialCounter, byte[] Ciphertext, byte[] Mac, Address? Address)
{
    public const int SizeMax = 64 << 10;
    public const int Pbkdf2IterationsMax = 10_000_000;
    public const int DerivedSize = 32;

    private const int SaltSizeMax = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out KeystoreDocument? document, out KeystoreFault fault)
    {
        document = null;
        fault = KeystoreFault.Malformed;
        if (json.Length > SizeMax) return false;
        try
        {
            using var parsed = JsonDocument.Parse(json.ToArray(), Strict);
            document = Read(parsed.RootElement, out fault);
            return document is not null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no Unicode is found only when it is read.
            return false;
        }
    }

    private static KeystoreDocument? Read(JsonElement root, out KeystoreFault fault)
    {
        fault = KeystoreFault.Malformed;
        if (!TryInt(root, "version", out var version)) return null;
        if (version != 3) return Refuse(KeystoreFault.UnsupportedVersion, out fault);
        if (!TryCrypto(root, out var crypto) || !TryText(crypto, "cipher", out var cipher)) return null;
        if (cipher != "aes-128-ctr") return Refuse(KeystoreFault.UnsupportedCipher, out fault);
        if (!TryObject(crypto, "cipherparams", out var cipherParameters) || !TryBytes(cipherParameters, "iv", 16, 16, out var counter)) return null;
        if (!TryBytes(crypto, "ciphertext", 32, 32, out var ciphertext) || !TryBytes(crypto, "mac", 32, 32, out var mac)) return null;
        Address? address = null;
        if (root.TryGetProperty("address", out _))
        {
            if (!TryBytes(root, "address", Chain.Address.Size, Chain.Address.Size, out var bytes)) return null;
            address = Chain.Address.FromBytes(bytes);
        }

        var derivation = ReadDerivation(crypto, out fault);
        return derivation is null ? null : new KeystoreDocument(derivation, counter, ciphertext, mac, address);
    }

    private static KeystoreDerivation? ReadDerivation(JsonElement crypto, out KeystoreFault fault)
    {
        fault = KeystoreFault.Malformed;
        if (!TryText(crypto, "kdf", out var kdf) || !TryObject(crypto, "kdfparams", out var parameters)) return null;
        if (!TryBytes(parameters, "salt", 0, SaltSizeMax, out var salt) || !TryInt(parameters, "dklen", out var size) || size != DerivedSize) return null;
        switch (kdf)
        {
            case "scrypt":
                if (!TryInt(parameters, "n", out var n) || !TryInt(parameters, "r", out var r) || !TryInt(parameters, "p", out var p)) return null;
                var cost = new ScryptCost(n, r, p);
                fault = cost.IsAllowed ? KeystoreFault.None : KeystoreFault.CostOutOfBounds;
                return cost.IsAllowed ? new KeystoreDerivation(cost, 0, salt) : null;
            case "pbkdf2":
                if (!TryInt(parameters, "c", out var iterations) || !TryText(parameters, "prf", out var prf)) return null;
                fault = prf != "hmac-sha256" ? KeystoreFault.UnsupportedKdf
                    : iterations is <= 0 or > Pbkdf2IterationsMax ? KeystoreFault.CostOutOfBounds
                    : KeystoreFault.None;
                return fault == KeystoreFault.None ? new KeystoreDerivation(null, iterations, salt) : null;
            default:
                fault = KeystoreFault.UnsupportedKdf;
                return null;
        }
    }

    private static KeystoreDocument? Refuse(KeystoreFault reason, out KeystoreFault fault)
    {
        fault = reason;
        return null;
    }

    // The definition writes "crypto", and ethers writes "Crypto"; a file with both could mean two keys.
    private static bool TryCrypto(JsonElement root, out JsonElement crypto) =>
        root.TryGetProperty("Crypto", out _)
            ? TryObject(root, "Crypto", out crypto) && !root.TryGetProperty("crypto", out _)
            : TryObject(root, "crypto", out crypto);

    private static bool TryObject(JsonElement parent, string name, out JsonElement value)
    {
        value = default;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Object;
    }

    private static bool TryText(JsonElement parent, string name, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var element)) return false;
        value = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        return value is not null;
    }

    private static bool TryInt(JsonElement parent, string name, out int value)
    {
        value = 0;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var element)
            && element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value);
    }

    private static bool TryBytes(JsonElement parent, string name, int sizeMin, int sizeMax, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        return TryText(parent, name, out var text) && text.Length <= 2 + (2 * sizeMax)
            && Hex.TryDecode(text, out value) && value.Length >= sizeMin && value.Length <= sizeMax;
    }
}
