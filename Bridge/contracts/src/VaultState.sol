// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IVaultErrors, IVaultEvents, Move, PendingLimits, SetRecord} from "./VaultWords.sol";

/// The vault's storage. Its order is part of the protocol: the chain proves these slots. Add nothing before or between.
abstract contract VaultState is IVaultEvents, IVaultErrors {
    uint256 public constant CAP = 100_000_000 ether;
    // Shorter than the chain keeps bonds (14 days at least), so that no key whose bond is back can stop the vault; two days are for relaying.
    uint256 public constant FORK_WINDOW = 12 days;
    uint256 public constant RETIRE_DELAY = 14 days;
    uint256 public constant LOOSEN_DELAY = 2 days;
    uint256 public constant UNPAUSE_DELAY = 1 days;
    uint256 public constant RECOVERY_DELAY = 30 days;
    // Events whose content still fits a transaction of the chain together with the proof of two marks.
    uint256 public constant MARK_EVERY = 64;

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
    uint40 public unpauseDue; // 0: no order to unpause is pending
    PendingLimits public pendingLimits; // slot 7
    Move public retirement; // slot 8
    Move public recoveryMove; // slot 9
    SetRecord[] public history; // slot 10
    mapping(bytes32 actionId => uint256) public actionsDone; // slot 11
    mapping(address account => uint256) public guardians; // slot 12; until that second, the greatest number for good
    mapping(uint256 nonce => bytes32) public marks; // slot 13; the event chain after every MARK_EVERY-th event
    mapping(uint256 subject => uint256) public lastOrders; // slot 14; 1 + place in the range of the last order on that subject

    IERC20 public immutable token;
    bytes32 public immutable genesis;
    address public immutable predecessor;
    address public immutable recovery;
    uint256 internal immutable firstSet; // number of the set that the vault began with

    constructor(IERC20 token_, bytes32 genesis_, address predecessor_, address recovery_, uint256 firstSet_) {
        token = token_;
        genesis = genesis_;
        predecessor = predecessor_;
        recovery = recovery_;
        firstSet = firstSet_;
    }

    /// What the vault owes: locked and not released.
    function outstanding() public view returns (uint256) {
        return totalLocked - totalReleased;
    }

    /// Counts an event and binds its content to slot 3, so that a storage proof of one slot proves all events up to it, whatever the size
    /// of the receipts they are in. However many come in one block, and however late they are proven, the marks cut them into pieces of
    /// MARK_EVERY. `arguments` are all but the nonce, in the order of declaration.
    function _record(bytes32 topic, bytes memory arguments) internal returns (uint64 nonce) {
        nonce = eventNonce + 1;
        eventNonce = nonce;
        bytes32 chain = keccak256(abi.encode(eventChain, nonce, topic, keccak256(arguments)));
        eventChain = chain;
        if (nonce % MARK_EVERY == 0) marks[nonce] = chain;
    }

    function _requireLive() internal view {
        uint8 now_ = flags;
        if (now_ & FORKED != 0) revert IsForked();
        if (now_ & RETIRED != 0) revert IsRetired();
    }
}
