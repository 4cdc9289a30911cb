// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// What the chain's validators signed when they made a block final.
struct Certificate {
    uint64 height;
    uint32 round;
    bytes32 blockHash;
    bytes32 bridgeRoot;
    bytes32 nextValidators;
    address[] validators; // the whole set of that height, ascending
    uint64[] powers;
    uint256 signers; // bit i: validators[i] signed
    bytes32[] signatures; // r and vs (EIP-2098) of each signer, ascending
}

/// Checks commit certificates: the chain's own precommits over one EIP-712 digest. Nothing is read from the caller that the root of the
/// set or the digest does not cover.
library Certificates {
    /// The caller's set is not the one whose root the contract holds.
    error WrongValidators();
    error HeightTooLow(uint64 height, uint64 above);
    error TooManyValidators(uint256 count);
    error PowersMismatch();
    error UnknownSigner();
    error NoBlock();
    error SignatureCount();
    error WrongSignature(uint256 index);
    error NoQuorum(uint256 signed, uint256 total);
    error BadValidators();

    uint256 internal constant VALIDATORS_MAX = 100;
    uint64 internal constant POWER_MAX = 1 << 40;

    uint256 private constant S_MASK = (1 << 255) - 1;
    uint256 private constant S_MAX = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0; // half the order of secp256k1

    // The EIP-712 domain {name "NeuroChain", version "1"}. Literals, because the compiler would hash the expressions at each call.
    bytes32 private constant DOMAIN = 0x69cd31bd40dd3d13a4d6db58bb8db15e4c20fc3363c4edbd6900ab779a2d2bd1;

    bytes32 private constant PRECOMMIT_TYPE =
        keccak256("Precommit(bytes32 genesis,uint64 height,uint32 round,bytes32 block,bytes32 bridgeRoot,bytes32 nextValidators)");

    /// Reverts unless more than two thirds of the power of the set behind `root` signed, for a height above `above`.
    function check(Certificate calldata c, bytes32 genesis, bytes32 root, uint64 above) internal pure {
        if (root == 0 || _rootIn(c.validators, c.powers) != root) revert WrongValidators();
        if (c.height <= above) revert HeightTooLow(c.height, above);
        uint256 count = c.validators.length;
        if (count > VALIDATORS_MAX) revert TooManyValidators(count);
        if (c.powers.length != count) revert PowersMismatch();
        if (c.signers >> count != 0) revert UnknownSigner();
        if (c.blockHash == 0) revert NoBlock();
        (uint256 signed, uint256 total) = _countPower(c, digest(c, genesis));
        if (total == 0 || 3 * signed <= 2 * total) revert NoQuorum(signed, total);
    }

    /// What each validator signed: keccak256(0x19 0x01 || domain || struct hash).
    function digest(Certificate calldata c, bytes32 genesis) internal pure returns (bytes32) {
        bytes32 precommit = keccak256(
            abi.encode(PRECOMMIT_TYPE, genesis, c.height, c.round, c.blockHash, c.bridgeRoot, c.nextValidators)
        );
        return keccak256(abi.encodePacked(hex"1901", DOMAIN, precommit));
    }

    /// The root of a set that is given in full: ascending addresses, none of them zero, each with a power within the chain's bounds.
    function rootOf(address[] memory validators, uint64[] memory powers) internal pure returns (bytes32) {
        uint256 count = validators.length;
        if (count == 0 || count > VALIDATORS_MAX || powers.length != count) revert BadValidators();
        address last = address(0);
        for (uint256 i = 0; i < count; i++) {
            if (validators[i] <= last || powers[i] == 0 || powers[i] > POWER_MAX) revert BadValidators();
            last = validators[i];
        }
        return keccak256(abi.encode(validators, powers));
    }

    // The root of a set as it stands in calldata: keccak256(abi.encode(validators, powers)), without the decoder's walk over each word. A word
    // with dirty upper bits has another hash.
    function _rootIn(address[] calldata validators, uint64[] calldata powers) private pure returns (bytes32 root) {
        assembly ("memory-safe") {
            let start := mload(0x40) // behind it all is free, and nothing is kept there
            let size := shl(5, validators.length)
            let second := add(add(start, 0x60), size)
            mstore(start, 0x40)
            mstore(add(start, 0x20), add(0x60, size))
            mstore(add(start, 0x40), validators.length)
            calldatacopy(add(start, 0x60), validators.offset, size)
            size := shl(5, powers.length)
            mstore(second, powers.length)
            calldatacopy(add(second, 0x20), powers.offset, size)
            root := keccak256(start, sub(add(add(second, 0x20), size), start))
        }
    }

    // A hundred powers of 64 bits each cannot overflow, and a validator is counted once because a bit is.
    function _countPower(Certificate calldata c, bytes32 hash) private pure returns (uint256 signed, uint256 total) {
        address[] calldata validators = c.validators;
        uint64[] calldata powers = c.powers;
        bytes32[] calldata signatures = c.signatures;
        uint256 signers = c.signers;
        uint256 used = 0;
        unchecked {
            for (uint256 i = 0; i < validators.length; i++) {
                uint256 power = powers[i];
                total += power;
                if ((signers >> i) & 1 == 0) continue;
                if (used + 2 > signatures.length) revert SignatureCount();
                address signer = _recover(hash, signatures[used], signatures[used + 1]);
                if (signer == address(0) || signer != validators[i]) revert WrongSignature(i);
                signed += power;
                used += 2;
            }
        }
        if (used != signatures.length) revert SignatureCount();
    }

    // Who signed, by r and vs (EIP-2098); nobody where s is high, so that a signature has one form.
    function _recover(bytes32 hash, bytes32 r, bytes32 vs) private pure returns (address) {
        uint256 s = uint256(vs) & S_MASK;
        if (s > S_MAX) return address(0);
        return ecrecover(hash, uint8(27 + (uint256(vs) >> 255)), r, bytes32(s));
    }
}
