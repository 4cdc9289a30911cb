// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {PendingLimits} from "./VaultWords.sol";
import {VaultState} from "./VaultState.sol";

/// A bucket of what may be released: it holds `bucketCapacity`, fills by `bucketPerSecond`, and begins full. In any time t at most
/// capacity + rate * t leaves the vault, whoever holds which keys.
abstract contract VaultLimits is VaultState {
    /// What may be released now.
    function available() public view returns (uint256) {
        uint256 level = bucketLevel + (block.timestamp - bucketTime) * bucketPerSecond;
        return level < bucketCapacity ? level : bucketCapacity;
    }

    /// When that much may be released, if nothing else is; the greatest number for never.
    function availableAt(uint256 amount) public view returns (uint256) {
        uint256 level = available();
        if (amount <= level) return block.timestamp;
        if (amount > bucketCapacity || bucketPerSecond == 0) return type(uint256).max;
        return block.timestamp + (amount - level + bucketPerSecond - 1) / bucketPerSecond;
    }

    function limits() external view returns (uint96 capacity, uint96 perSecond, uint96 minimum, uint256 level) {
        return (bucketCapacity, bucketPerSecond, minLock, available());
    }

    /// A raise that was ordered takes effect after its delay, in which everybody can see it.
    function applyLimits() external {
        _requireLive();
        PendingLimits memory pending = pendingLimits;
        if (pending.due == 0) revert NothingPending();
        if (block.timestamp < pending.due) revert TooEarly(pending.due);
        delete pendingLimits;
        _storeLimits(pending.capacity, pending.perSecond, minLock);
    }

    function _take(uint256 amount) internal {
        uint256 level = available();
        if (amount > level) revert LimitReached(availableAt(amount));
        bucketLevel = uint96(level - amount);
        bucketTime = uint40(block.timestamp);
    }

    /// Lower ones hold at once, higher ones after LOOSEN_DELAY. Any new order replaces a pending one.
    function _orderLimits(uint96 capacity, uint96 perSecond, uint96 minimum) internal {
        _checkLimits(capacity, perSecond, minimum);
        bool raises = capacity > bucketCapacity || perSecond > bucketPerSecond;
        uint40 due = raises ? uint40(block.timestamp + LOOSEN_DELAY) : 0;
        if (raises) pendingLimits = PendingLimits(capacity, perSecond, due);
        else delete pendingLimits;
        _storeLimits(_lower(capacity, bucketCapacity), _lower(perSecond, bucketPerSecond), minimum);
        if (!raises) return;
        uint64 nonce = _record(LimitsPending.selector, abi.encode(capacity, perSecond, due));
        emit LimitsPending(nonce, capacity, perSecond, due);
    }

    // The level is settled under the old rate first.
    function _storeLimits(uint96 capacity, uint96 perSecond, uint96 minimum) internal {
        bucketLevel = uint96(available());
        bucketTime = uint40(block.timestamp);
        (bucketCapacity, bucketPerSecond, minLock) = (capacity, perSecond, minimum);
        uint64 nonce = _record(LimitsSet.selector, abi.encode(capacity, perSecond, minimum));
        emit LimitsSet(nonce, capacity, perSecond, minimum);
    }

    function _checkLimits(uint96 capacity, uint96 perSecond, uint96 minimum) internal pure {
        if (capacity == 0 || capacity > CAP || perSecond > CAP || minimum == 0 || minimum > CAP) revert BadLimits();
    }

    function _lower(uint96 a, uint96 b) private pure returns (uint96) {
        return a < b ? a : b;
    }
}
