// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IVaultErrors, IVaultEvents, Move, PendingLimits, SetRecord} from "./VaultWords.sol";

/// The vault's storage. Its order is part of the protocol: the chain proves these slots. Add nothing before or between.
abstract contract VaultState is IVaultEvents, IVaultErrors {
    uint256 public constant CAP = 100_000_000 ether;
    uint256 public constant FORK_WINDOW = 30 days;
    uint256 public constant RETIRE_DELAY = 14 days;
    uint256 public constant RAISE_DELAY = 2 days;
    uint256 public constant RECOVERY_DELAY = 30 days;

    uint8 internal constant LOCK_PAUSED = 1;
    uint8 internal constant RELEASE_PAUSED = 2;
    uint8 internal constant FORKED = 4;
    uint8 internal constant RETIRING = 8;
    uint8 internal constant RETIRED = 16;
    uint8 internal constant INHERITED = 32;

    mapping(bytes32 burnId => uint256) public released; // slot 0; 1 once paid
    uint128 public totalLocked; // slot 1
    uint128 public totalReleased;
    uint64 public eventNonce; // slot 2
    uint96 public bucketLevel;
    uint40 public bucketTime;
    uint32 public pauseCount;
    uint8 public flags;
    bytes32 public eventChain; // slot 3
    bytes32 public validatorsRoot; // slot 4
    uint64 public setHeight; // slot 5
    uint96 public bucketCapacity;
    uint96 public bucketPerSecond;
    uint96 public minLock; // slot 6; structs begin a slot of their own
    PendingLimits public pendingLimits; // slot 7
    Move public retirement; // slot 8
    Move public recoveryMove; // slot 9
    SetRecord[] public history; // slot 10
    mapping(bytes32 actionId => uint256) public actionsDone; // slot 11
    mapping(address account => bool) public guardians; // slot 12

    IERC20 public immutable token;
    bytes32 public immutable genesis;
    address public immutable predecessor;
    address public immutable recovery;

    constructor(IERC20 token_, bytes32 genesis_, address predecessor_, address recovery_) {
        token = token_;
        genesis = genesis_;
        predecessor = predecessor_;
        recovery = recovery_;
    }

    /// What the vault owes: locked and not released.
    function outstanding() public view returns (uint256) {
        return totalLocked - totalReleased;
    }

    /// Counts an event and binds its content to slot 3, so that a storage proof of one slot proves all events up to it, whatever the size
    /// of the receipts they are in. `arguments` are all but the nonce, in the order of declaration.
    function _record(bytes32 topic, bytes memory arguments) internal returns (uint64 nonce) {
        nonce = eventNonce + 1;
        eventNonce = nonce;
        eventChain = keccak256(abi.encode(eventChain, nonce, topic, keccak256(arguments)));
    }

    function _requireLive() internal view {
        uint8 now_ = flags;
        if (now_ & FORKED != 0) revert IsForked();
        if (now_ & RETIRED != 0) revert IsRetired();
    }
}
