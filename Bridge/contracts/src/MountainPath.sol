// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// The hashes beside the way from a leaf of the chain's mountain range to its bagged peaks, lowest first.
struct Path {
    uint64 index;
    uint64 count;
    bytes32[] hashes;
}

/// Proofs of the append-only range of bridge leaves. A leaf hashes 32 bytes, a node 64, the root 40: none can pass for another.
library MountainPath {
    /// A certificate of a block without bridge leaves proves nothing.
    error EmptyRoot();
    error OutsideRange(uint64 index, uint64 count);
    error PathLength();
    error WrongPath();

    /// Reverts unless the range with this root has `path.count` leaves and this one at `path.index`.
    function check(Path calldata path, bytes32 root, bytes32 leaf) internal pure {
        if (root == 0) revert EmptyRoot();
        if (path.index >= path.count) revert OutsideRange(path.index, path.count);
        bytes32 hash = keccak256(abi.encode(leaf));
        uint256 length = path.hashes.length;
        uint256 used = 0;
        uint256 place = path.index;
        for (uint256 last = path.count - 1; last > 0; last >>= 1) {
            bool isRight = place & 1 == 1;
            // An odd last one has no neighbour and moves up as it is: that bags the peaks from the right.
            if (isRight || place < last) {
                if (used == length) revert PathLength();
                bytes32 beside = path.hashes[used++];
                hash = isRight ? Hashes.efficientKeccak256(beside, hash) : Hashes.efficientKeccak256(hash, beside);
            }
            place >>= 1;
        }
        if (used != length) revert PathLength();
        if (keccak256(abi.encodePacked(path.count, hash)) != root) revert WrongPath();
    }
}
