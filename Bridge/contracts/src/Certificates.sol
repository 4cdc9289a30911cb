// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

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

    // The EIP-712 domain {name "NeuroChain", version "1"}. Literals, because the compiler would hash the expressions at each call.
    bytes32 private constant DOMAIN = 0x69cd31bd40dd3d13a4d6db58bb8db15e4c20fc3363c4edbd6900ab779a2d2bd1;

    bytes32 private constant PRECOMMIT_TYPE =
        keccak256("Precommit(bytes32 genesis,uint64 height,uint32 round,bytes32 block,bytes32 bridgeRoot,bytes32 nextValidators)");

    /// Reverts unless more than two thirds of the power of the set behind `root` signed, for a height above `above`.
    function check(Certificate calldata c, bytes32 genesis, bytes32 root, uint64 above) internal pure {
        if (root == 0 || keccak256(abi.encode(c.validators, c.powers)) != root) revert WrongValidators();
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

    // A hundred powers of 64 bits each cannot overflow, and a validator is counted once because a bit is.
    function _countPower(Certificate calldata c, bytes32 hash) private pure returns (uint256 signed, uint256 total) {
        uint256 used = 0;
        uint256 count = c.validators.length;
        for (uint256 i = 0; i < count; i++) {
            uint256 power = c.powers[i];
            total += power;
            if ((c.signers >> i) & 1 == 0) continue;
            if (used + 2 > c.signatures.length) revert SignatureCount();
            (address signer, ECDSA.RecoverError fault, ) = ECDSA.tryRecover(hash, c.signatures[used], c.signatures[used + 1]);
            if (fault != ECDSA.RecoverError.NoError || signer != c.validators[i]) revert WrongSignature(i);
            signed += power;
            used += 2;
        }
        if (used != c.signatures.length) revert SignatureCount();
    }
}
