// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// A successor that takes nothing over.
contract IdleSuccessor {
    function inherit(uint256) external {}
}
