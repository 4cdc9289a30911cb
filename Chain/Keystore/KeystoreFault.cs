namespace NeuroChain.Chain;

/// <summary>Why a key file gave no key.</summary>
public enum KeystoreFault
{
    None,

    /// <summary>Too large, not JSON, or a field is missing, of another kind or of another length.</summary>
    Malformed,

    /// <summary>Not version 3 of the Web3 Secret Storage definition.</summary>
    UnsupportedVersion,

    /// <summary>A cipher other than aes-128-ctr.</summary>
    UnsupportedCipher,

    /// <summary>A key derivation other than scrypt, or than pbkdf2 with hmac-sha256.</summary>
    UnsupportedKdf,

    /// <summary>The derivation costs nothing or more than this program is willing to spend on a file.</summary>
    CostOutOfBounds,

    /// <summary>The check sum does not fit: the password is wrong, or the file was altered.</summary>
    WrongPassword,

    /// <summary>The password fits and what it opens is no secret of secp256k1.</summary>
    NotAKey,

    /// <summary>The file names the address of another key.</summary>
    AddressMismatch,
}
