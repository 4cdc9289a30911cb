// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

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
        uint256 place = path.index;
        uint256 count = path.count;
        if (place >= count) revert OutsideRange(path.index, path.count);
        bytes32[] calldata hashes = path.hashes;
        bool isWhole;
        bytes32 made;
        // In the scratch space, without a branch for the side: a level costs about 120 gas beside its word of calldata.
        assembly ("memory-safe") {
            mstore(0x00, leaf)
            let hash := keccak256(0x00, 0x20)
            let at := hashes.offset
            for { let last := sub(count, 1) } last { last := shr(1, last) } {
                let isRight := and(place, 1)
                // An odd last one has no neighbour and moves up as it is: that bags the peaks from the right.
                if or(isRight, lt(place, last)) {
                    let own := shl(5, isRight)
                    mstore(own, hash)
                    mstore(xor(own, 0x20), calldataload(at)) // behind the path's end are other words; its length is checked below
                    hash := keccak256(0x00, 0x40)
                    at := add(at, 0x20)
                }
                place := shr(1, place)
            }
            isWhole := eq(at, add(hashes.offset, shl(5, hashes.length)))
            mstore(0x00, shl(192, count))
            mstore(0x08, hash)
            made := keccak256(0x00, 0x28)
        }
        if (!isWhole) revert PathLength();
        if (made != root) revert WrongPath();
    }
}
