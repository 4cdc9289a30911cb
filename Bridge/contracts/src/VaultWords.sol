// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// What a vault is made with. There is no initializer and no owner: none of it but the set, the limits and the guardians ever changes.
struct Config {
    IERC20 token;
    bytes32 genesis; // hash of the chain's genesis
    address[] validators; // ascending; given in full, never as a bare root
    uint64[] powers;
    uint64 setNumber; // changes of the set before this one; 0 for the genesis set
    uint64 setHeight; // the last block before this set; 0 for the genesis set
    uint96 capacity;
    uint96 perSecond;
    uint96 minLock;
    address[] guardians;
    address predecessor; // the vault that may hand its tokens to this one; 0 for none
    address recovery; // who may move the tokens after 30 public days; 0 for nobody
}

/// Tokens that the chain burned for somebody here.
struct Withdrawal {
    bytes32 burnId;
    address to;
    uint256 amount;
    uint64 deadline; // seconds of Ethereum's clock
}

/// An order of the chain's validators to the vault.
struct Action {
    bytes32 actionId;
    uint8 kind;
    bytes arguments;
    uint64 deadline;
}

/// A set that signed for the vault before the present one: for heights above `fromHeight`, up to the next record's.
struct SetRecord {
    bytes32 root;
    uint64 fromHeight;
    uint64 replacedAt;
}

struct PendingLimits {
    uint96 capacity;
    uint96 perSecond;
    uint40 due; // 0: nothing is pending
}

struct Move {
    address vault;
    uint40 due; // 0: nothing is pending
}

/// Each event begins with a nonce, gap-free from 1 over all of them: the chain processes them in one order, with one cursor.
interface IVaultEvents {
    event VaultDeployed(uint64 indexed nonce, bytes32 genesis, bytes32 root, uint64 setHeight, address token);
    event Locked(uint64 indexed nonce, address indexed sender, bytes32 indexed recipient, uint256 amount, uint256 totalLocked);
    event Released(
        uint64 indexed nonce, bytes32 indexed burnId, address indexed to, uint256 amount, uint64 height, uint256 totalReleased
    );
    event ValidatorsFollowed(uint64 indexed nonce, uint64 height, bytes32 root);
    event Forked(uint64 indexed nonce, uint64 height, uint256 set);
    event UnpauseStarted(uint64 indexed nonce, uint32 pauseCount, uint40 due);
    event PausedSet(uint64 indexed nonce, uint8 flags, uint32 pauseCount);
    event ActionDone(uint64 indexed nonce, bytes32 indexed actionId, uint8 kind);
    event LimitsSet(uint64 indexed nonce, uint96 capacity, uint96 perSecond, uint96 minLock);
    event LimitsPending(uint64 indexed nonce, uint96 capacity, uint96 perSecond, uint40 due);
    event GuardianSet(uint64 indexed nonce, address indexed guardian, uint256 until);
    event Rescued(uint64 indexed nonce, address indexed token, address indexed to, uint256 amount);
    event RetireStarted(uint64 indexed nonce, address newVault, uint40 due);
    event RecoveryStarted(uint64 indexed nonce, address newVault, uint40 due);
    event RecoveryCancelled(uint64 indexed nonce);
    event VaultRetired(uint64 indexed nonce, address newVault, uint256 amount);
    event Inherited(uint64 indexed nonce, address indexed predecessor, uint256 amount, uint256 totalLocked);
}

interface IVaultErrors {
    error NoCode(address account);
    error NoGenesis();
    error BadLimits();
    error BadGuardian();
    error IsPaused();
    error IsForked();
    error IsRetiring();
    error IsRetired();
    error NoRecipient();
    error BelowMinimum(uint256 minimum);
    error AboveCap();
    error AmountNotReceived(uint256 received);
    error Expired(uint64 deadline);
    error BadTarget(address to);
    error NoAmount();
    error AlreadyReleased(bytes32 burnId);
    error LimitReached(uint256 availableAt);
    error AboveOutstanding(uint256 outstanding);
    error SameValidators();
    error NoValidators();
    error DifferentHeights();
    error NoFork();
    error UnknownSet(uint256 set);
    error HeightOutsideSet(uint64 height);
    error ForkTooOld();
    error ActionAlreadyDone(bytes32 actionId);
    error UnknownAction(uint8 kind);
    error BadArguments();
    error StaleOrder(uint256 last);
    error StalePauseCount(uint32 pauseCount);
    error StaleRecovery(uint40 due);
    error AboveSurplus(uint256 surplus);
    error NotGuardian();
    error BadPause(uint8 what);
    error NothingPending();
    error TooEarly(uint40 due);
    error NotRecovery();
    error NotPredecessor();
    error AlreadyInherited();
    error NotMoved();
    error NotRetired();
}

/// What a vault asks of the one that follows it.
interface ISuccessor {
    function inherit(uint256 amount) external;
}
