// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Certificate, Certificates} from "./Certificates.sol";
import {MountainPath, Path} from "./MountainPath.sol";
import {VaultLimits} from "./VaultLimits.sol";
import {VaultState} from "./VaultState.sol";
import {Action, Config, ISuccessor, Move, SetRecord, Withdrawal} from "./VaultWords.sol";

/// Holds the NTK that live on the chain. Tokens come in by lock and go out by a commit certificate of the chain and a path from its bridge
/// root to the withdrawal. Immutable: no owner, no proxy, no delegatecall, no call with a caller's data. Guardians can stop it and move nothing.
contract NtkVault is VaultLimits, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using Certificates for Certificate;
    using MountainPath for Path;

    bytes32 private constant RELEASE_TYPE =
        keccak256("Release(uint256 chainId,address vault,bytes32 burnId,address to,uint256 amount,uint64 deadline)");
    bytes32 private constant ACTION_TYPE =
        keccak256("Action(uint256 chainId,address vault,bytes32 actionId,uint8 kind,bytes32 argumentsHash,uint64 deadline)");

    bytes32 private constant SET_TYPE = keccak256("ValidatorSet(uint64 number,uint64 lastHeight,bytes32 root)");

    uint8 private constant UNPAUSE = 1;
    uint8 private constant SET_LIMITS = 2;
    uint8 private constant RETIRE = 3;
    uint8 private constant RESCUE = 4;
    uint8 private constant CANCEL_RECOVERY = 5;
    uint8 private constant SET_GUARDIAN = 6;

    constructor(Config memory config) VaultState(config.token, config.genesis, config.predecessor, config.recovery, config.setNumber) {
        if (address(config.token).code.length == 0) revert NoCode(address(config.token));
        if (config.genesis == 0) revert NoGenesis();
        validatorsRoot = Certificates.rootOf(config.validators, config.powers);
        setHeight = config.setHeight;
        _checkLimits(config.capacity, config.perSecond, config.minLock);
        (bucketCapacity, bucketPerSecond, minLock) = (config.capacity, config.perSecond, config.minLock);
        (bucketLevel, bucketTime) = (config.capacity, uint40(block.timestamp));
        for (uint256 i = 0; i < config.guardians.length; i++) {
            if (config.guardians[i] == address(0)) revert BadGuardian();
            guardians[config.guardians[i]] = type(uint256).max;
        }
        address tokenAddress = address(config.token);
        uint64 nonce = _record(
            VaultDeployed.selector, abi.encode(config.genesis, validatorsRoot, config.setHeight, tokenAddress)
        );
        emit VaultDeployed(nonce, config.genesis, validatorsRoot, config.setHeight, tokenAddress);
    }

    /// Brings tokens to the chain. `recipient` is an account of the chain (its address in the last 20 bytes) or another form that the chain
    /// knows; what it cannot use waits there in quarantine.
    function lock(uint256 amount, bytes32 recipient) external nonReentrant {
        if (flags & LOCK_PAUSED != 0) revert IsPaused();
        _requireLive();
        if (flags & RETIRING != 0) revert IsRetiring();
        if (recipient == 0) revert NoRecipient();
        if (amount < minLock) revert BelowMinimum(minLock);
        _takeIn(amount);
        uint256 total = totalLocked;
        uint64 nonce = _record(Locked.selector, abi.encode(msg.sender, recipient, amount, total));
        emit Locked(nonce, msg.sender, recipient, amount, total);
    }

    /// Pays a withdrawal. Anyone may call.
    function release(Certificate calldata c, Withdrawal calldata w, Path calldata path) external nonReentrant {
        if (flags & RELEASE_PAUSED != 0) revert IsPaused();
        _requireLive();
        if (block.timestamp > w.deadline) revert Expired(w.deadline);
        _requireTarget(w.to);
        if (w.amount == 0) revert NoAmount();
        if (released[w.burnId] != 0) revert AlreadyReleased(w.burnId);
        c.check(genesis, validatorsRoot, setHeight);
        path.check(
            c.bridgeRoot,
            keccak256(abi.encode(RELEASE_TYPE, block.chainid, address(this), w.burnId, w.to, w.amount, w.deadline))
        );
        _take(w.amount);
        if (w.amount > outstanding()) revert AboveOutstanding(outstanding());
        released[w.burnId] = 1;
        uint256 total = totalReleased + w.amount;
        totalReleased = uint128(total);
        uint64 nonce = _record(Released.selector, abi.encode(w.burnId, w.to, w.amount, c.height, total));
        emit Released(nonce, w.burnId, w.to, w.amount, c.height, total);
        token.safeTransfer(w.to, w.amount);
    }

    /// Follows the chain's validator set: a block that names other validators for the next height ends the present set. The leaf of that
    /// change says by its number that none was passed over, so that a set which comes back is never taken for its first time. It works while
    /// paused, for without it no root could be proven after a set change, and so no order to unpause.
    function follow(Certificate calldata c, Path calldata path) external {
        _requireLive();
        c.check(genesis, validatorsRoot, setHeight);
        if (c.nextValidators == 0) revert NoValidators();
        if (c.nextValidators == validatorsRoot) revert SameValidators();
        path.check(c.bridgeRoot, _setLeaf(setNumber() + 1, c));
        history.push(SetRecord(validatorsRoot, setHeight, uint64(block.timestamp)));
        validatorsRoot = c.nextValidators;
        setHeight = c.height;
        uint64 nonce = _record(ValidatorsFollowed.selector, abi.encode(c.height, c.nextValidators));
        emit ValidatorsFollowed(nonce, c.height, c.nextValidators);
    }

    /// Two certificates for one height and different content: the validators broke the chain, and the vault stops for good. Anyone may
    /// call. `set` is the number of the set that signed both. Each has the heights from its own beginning to that of the next one, the present
    /// one all above. A past set is heard for FORK_WINDOW only: its bonds are locked for longer, and older leaked keys must not stop the vault.
    function proveFork(Certificate calldata a, Certificate calldata b, uint256 set) external {
        _requireLive();
        if (a.height != b.height) revert DifferentHeights();
        // Rounds may differ for one block; that is no fork.
        if (a.blockHash == b.blockHash && a.bridgeRoot == b.bridgeRoot && a.nextValidators == b.nextValidators) revert NoFork();
        (bytes32 root, uint64 above) = _setFor(a.height, set);
        a.check(genesis, root, above);
        b.check(genesis, root, above);
        _fork(a.height, set);
    }

    /// The vault followed another end of a set than this one, which the set certified: another successor, or another height. It stops a vault
    /// that was led away by a certificate of a height which the chain has not come to, where there is no second one yet. Anyone may call.
    function proveOtherEnd(Certificate calldata c, Path calldata path, uint256 set) external {
        _requireLive();
        if (set >= setNumber()) revert UnknownSet(set); // its end is not known, and may be followed
        (bytes32 root, uint64 above) = _setFor(c.height, set);
        c.check(genesis, root, above);
        path.check(c.bridgeRoot, _setLeaf(set + 1, c));
        (bytes32 next, uint64 last) = _setAt(set + 1);
        if (c.height == last && c.nextValidators == next) revert NoFork();
        _fork(c.height, set);
    }

    /// Carries out what the validators ordered by a leaf of the bridge root. Anyone may call.
    function act(Certificate calldata c, Action calldata action, Path calldata path) external nonReentrant {
        _requireLive();
        if (block.timestamp > action.deadline) revert Expired(action.deadline);
        if (actionsDone[action.actionId] != 0) revert ActionAlreadyDone(action.actionId);
        c.check(genesis, validatorsRoot, setHeight);
        path.check(
            c.bridgeRoot,
            keccak256(
                abi.encode(
                    ACTION_TYPE, block.chainid, address(this), action.actionId, action.kind, keccak256(action.arguments), action.deadline
                )
            )
        );
        _requireNewest(action, path.index);
        actionsDone[action.actionId] = 1;
        uint64 nonce = _record(ActionDone.selector, abi.encode(action.actionId, action.kind));
        emit ActionDone(nonce, action.actionId, action.kind);
        _carryOut(action.kind, action.arguments);
    }

    /// A guardian stops locks (1), releases (2) or both (3). Only an order of the validators made after it starts them again, UNPAUSE_DELAY
    /// later: a quorum that turned cannot undo the pause in the transaction that pays it.
    function pause(uint8 what) external {
        if (block.timestamp >= guardians[msg.sender]) revert NotGuardian();
        _requireLive();
        if (what == 0 || what > (LOCK_PAUSED | RELEASE_PAUSED)) revert BadPause(what);
        flags |= what;
        pauseCount++;
        if (unpauseDue != 0) unpauseDue = 0;
        _recordPause();
    }

    /// Ends the pauses that an order named. A retirement that they held up waits anew from here. Anyone may call.
    function completeUnpause() external {
        _requireLive();
        uint40 due = unpauseDue;
        if (due == 0) revert NothingPending();
        if (block.timestamp < due) revert TooEarly(due);
        unpauseDue = 0;
        bool heldRetirement = flags & RETIRING != 0 && flags & RELEASE_PAUSED != 0;
        flags &= ~(LOCK_PAUSED | RELEASE_PAUSED);
        _recordPause();
        if (heldRetirement) _startRetire(retirement.vault);
    }

    /// Hands what the vault owes to the vault that the validators named, RETIRE_DELAY after their order and after the last pause of releases:
    /// it is the greatest release of all. Anyone may call.
    function completeRetire() external nonReentrant {
        if (flags & RELEASE_PAUSED != 0) revert IsPaused();
        _requireLive();
        Move memory move = retirement;
        if (move.due == 0) revert NothingPending();
        if (block.timestamp < move.due) revert TooEarly(move.due);
        _moveTo(move.vault);
    }

    /// The way out where no quorum can be had or a fork was proven: 30 public days, which the validators can cancel unless they forked. No pause
    /// holds it up, for nobody could end that pause any more.
    function startRecovery(address newVault) external {
        if (msg.sender != recovery) revert NotRecovery();
        if (flags & RETIRED != 0) revert IsRetired();
        if (newVault.code.length == 0) revert NoCode(newVault);
        uint40 due = uint40(block.timestamp + RECOVERY_DELAY);
        recoveryMove = Move(newVault, due);
        uint64 nonce = _record(RecoveryStarted.selector, abi.encode(newVault, due));
        emit RecoveryStarted(nonce, newVault, due);
    }

    function finishRecovery() external nonReentrant {
        if (msg.sender != recovery) revert NotRecovery();
        if (flags & RETIRED != 0) revert IsRetired();
        Move memory move = recoveryMove;
        if (move.due == 0) revert NothingPending();
        if (block.timestamp < move.due) revert TooEarly(move.due);
        retirement = move;
        _moveTo(move.vault);
    }

    /// Takes over what the vault before this one owed. Once.
    function inherit(uint256 amount) external nonReentrant {
        _requireLive();
        if (msg.sender != predecessor) revert NotPredecessor();
        if (flags & INHERITED != 0) revert AlreadyInherited();
        flags |= INHERITED;
        _takeIn(amount);
        uint256 total = totalLocked;
        uint64 nonce = _record(Inherited.selector, abi.encode(msg.sender, amount, total));
        emit Inherited(nonce, msg.sender, amount, total);
    }

    /// Tokens sent by mistake to a retired vault go to the one that followed it, whose validators can rescue them. Anyone may call.
    function forward(IERC20 stray) external nonReentrant {
        if (flags & RETIRED == 0) revert NotRetired();
        _send(stray, retirement.vault, stray.balanceOf(address(this)));
    }

    function isReleased(bytes32 burnId) external view returns (bool) {
        return released[burnId] != 0;
    }

    /// The number of the present set: how often the chain changed it up to there. `proveFork` and `proveOtherEnd` name sets by it.
    function setNumber() public view returns (uint256) {
        return firstSet + history.length;
    }

    // A set by its number, if it may still be heard and its heights do not end before this one: its root, and the height above which it signs.
    function _setFor(uint64 height, uint256 set) private view returns (bytes32 root, uint64 above) {
        if (set < firstSet || set > setNumber()) revert UnknownSet(set);
        if (set < setNumber()) {
            if (block.timestamp > history[set - firstSet].replacedAt + FORK_WINDOW) revert ForkTooOld();
            (, uint64 last) = _setAt(set + 1);
            if (height > last) revert HeightOutsideSet(height);
        }
        return _setAt(set);
    }

    function _setAt(uint256 set) private view returns (bytes32 root, uint64 above) {
        if (set == setNumber()) return (validatorsRoot, setHeight);
        SetRecord storage record = history[set - firstSet];
        return (record.root, record.fromHeight);
    }

    // The chain appends it in the block before the one that is the last of a set, so that this very certificate proves it.
    function _setLeaf(uint256 number, Certificate calldata c) private pure returns (bytes32) {
        return keccak256(abi.encode(SET_TYPE, number, c.height, c.nextValidators));
    }

    function _fork(uint64 height, uint256 set) private {
        flags |= FORKED;
        uint64 nonce = _record(Forked.selector, abi.encode(height, set));
        emit Forked(nonce, height, set);
    }

    // On limits, on the retirement and on each guardian the order that stands later in the chain's range is the one that holds: an earlier
    // one is passed by and never carried out after it. The other kinds name what they end or are paid each for itself.
    function _requireNewest(Action calldata action, uint256 place) private {
        uint256 subject;
        if (action.kind == SET_LIMITS || action.kind == RETIRE) {
            subject = uint256(action.kind) << 160;
        } else if (action.kind == SET_GUARDIAN) {
            if (action.arguments.length < 32) revert BadArguments();
            subject = uint256(action.kind) << 160 | uint256(bytes32(action.arguments[:32]));
        } else {
            return;
        }
        if (place < lastOrders[subject]) revert StaleOrder(lastOrders[subject]);
        lastOrders[subject] = place + 1;
    }

    function _carryOut(uint8 kind, bytes calldata arguments) private {
        if (kind == UNPAUSE) {
            _requireWords(arguments, 1);
            _unpause(abi.decode(arguments, (uint32)));
        } else if (kind == SET_LIMITS) {
            _requireWords(arguments, 3);
            (uint96 capacity, uint96 perSecond, uint96 minimum) = abi.decode(arguments, (uint96, uint96, uint96));
            _orderLimits(capacity, perSecond, minimum);
        } else if (kind == RETIRE) {
            _requireWords(arguments, 1);
            _retire(abi.decode(arguments, (address)));
        } else if (kind == RESCUE) {
            _requireWords(arguments, 3);
            (IERC20 stray, address to, uint256 amount) = abi.decode(arguments, (IERC20, address, uint256));
            _rescue(stray, to, amount);
        } else if (kind == CANCEL_RECOVERY) {
            _requireWords(arguments, 1);
            _cancelRecovery(abi.decode(arguments, (uint40)));
        } else if (kind == SET_GUARDIAN) {
            _requireWords(arguments, 2);
            (address guardian, bool isGuardian) = abi.decode(arguments, (address, bool));
            _setGuardian(guardian, isGuardian);
        } else {
            revert UnknownAction(kind);
        }
    }

    // What is sent to the token's own address is gone.
    function _requireTarget(address to) private view {
        if (to == address(0) || to == address(this) || to == address(token)) revert BadTarget(to);
    }

    function _requireWords(bytes calldata arguments, uint256 words) private pure {
        if (arguments.length != 32 * words) revert BadArguments();
    }

    // The order names the pause that it ends, so that an old one cannot undo a later pause.
    function _unpause(uint32 count) private {
        if (count != pauseCount) revert StalePauseCount(pauseCount);
        if (flags & (LOCK_PAUSED | RELEASE_PAUSED) == 0) revert NothingPending();
        // A second order for the same pauses does not put the first one off.
        uint40 due = unpauseDue == 0 ? uint40(block.timestamp + UNPAUSE_DELAY) : unpauseDue;
        unpauseDue = due;
        uint64 nonce = _record(UnpauseStarted.selector, abi.encode(count, due));
        emit UnpauseStarted(nonce, count, due);
    }

    function _retire(address newVault) private {
        if (newVault.code.length == 0) revert NoCode(newVault);
        flags |= RETIRING;
        _startRetire(newVault);
    }

    function _startRetire(address newVault) private {
        uint40 due = uint40(block.timestamp + RETIRE_DELAY);
        retirement = Move(newVault, due);
        uint64 nonce = _record(RetireStarted.selector, abi.encode(newVault, due));
        emit RetireStarted(nonce, newVault, due);
    }

    // Of NTK only what nobody locked.
    function _rescue(IERC20 stray, address to, uint256 amount) private {
        _requireTarget(to);
        if (address(stray) == address(token)) {
            uint256 surplus = token.balanceOf(address(this)) - outstanding();
            if (amount > surplus) revert AboveSurplus(surplus);
        }
        _send(stray, to, amount);
    }

    function _send(IERC20 stray, address to, uint256 amount) private {
        uint64 nonce = _record(Rescued.selector, abi.encode(stray, to, amount));
        emit Rescued(nonce, address(stray), to, amount);
        stray.safeTransfer(to, amount);
    }

    // It names the recovery that it ends, as an unpause its pause.
    function _cancelRecovery(uint40 due) private {
        if (recoveryMove.due == 0) revert NothingPending();
        if (due != recoveryMove.due) revert StaleRecovery(recoveryMove.due);
        delete recoveryMove;
        uint64 nonce = _record(RecoveryCancelled.selector, "");
        emit RecoveryCancelled(nonce);
    }

    // A guardian comes at once and goes LOOSEN_DELAY later.
    function _setGuardian(address guardian, bool isGuardian) private {
        if (guardian == address(0)) revert BadGuardian();
        uint256 end = block.timestamp + LOOSEN_DELAY;
        uint256 until = isGuardian ? type(uint256).max : end < guardians[guardian] ? end : guardians[guardian];
        guardians[guardian] = until;
        uint64 nonce = _record(GuardianSet.selector, abi.encode(guardian, until));
        emit GuardianSet(nonce, guardian, until);
    }

    function _recordPause() private {
        uint64 nonce = _record(PausedSet.selector, abi.encode(flags, pauseCount));
        emit PausedSet(nonce, flags, pauseCount);
    }

    // What counts is what arrived, not what was asked for.
    function _takeIn(uint256 amount) private {
        if (amount > CAP - outstanding()) revert AboveCap();
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - before;
        if (received != amount) revert AmountNotReceived(received);
        totalLocked += uint128(amount);
    }

    function _moveTo(address newVault) private {
        uint256 amount = outstanding();
        flags |= RETIRED;
        totalReleased = totalLocked;
        uint64 nonce = _record(VaultRetired.selector, abi.encode(newVault, amount));
        emit VaultRetired(nonce, newVault, amount);
        uint256 before = token.balanceOf(address(this));
        token.forceApprove(newVault, amount);
        ISuccessor(newVault).inherit(amount);
        if (before - token.balanceOf(address(this)) != amount) revert NotMoved();
    }
}
