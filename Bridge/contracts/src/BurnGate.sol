// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

interface IBurnable is IERC20 {
    function burn(uint256 amount) external;
}

/// The one-way end state: tokens are burned here and live on the chain only. Nothing ever comes out.
contract BurnGate is ReentrancyGuardTransient {
    using SafeERC20 for IBurnable;

    error NoCode(address account);
    error NoMinimum();
    error NoRecipient();
    error BelowMinimum(uint256 minimum);
    error AmountNotBurned(uint256 burned);

    event BurnedFor(
        uint64 indexed nonce, address indexed sender, bytes32 indexed recipient, uint256 amount, uint256 totalBurned
    );

    uint256 public constant MARK_EVERY = 64;

    // The chain proves these slots, as it does the vault's.
    uint128 public totalBurned; // slot 0
    uint64 public eventNonce;
    bytes32 public eventChain; // slot 1
    mapping(uint256 nonce => bytes32) public marks; // slot 2; the event chain after every MARK_EVERY-th event

    IBurnable public immutable token;
    uint256 public immutable minBurn;

    constructor(IBurnable token_, uint256 minBurn_) {
        if (address(token_).code.length == 0) revert NoCode(address(token_));
        if (minBurn_ == 0) revert NoMinimum();
        token = token_;
        minBurn = minBurn_;
    }

    function burn(uint256 amount, bytes32 recipient) external nonReentrant {
        if (recipient == 0) revert NoRecipient();
        if (amount < minBurn) revert BelowMinimum(minBurn);
        uint256 supply = token.totalSupply();
        token.safeTransferFrom(msg.sender, address(this), amount);
        token.burn(amount);
        uint256 burned = supply - token.totalSupply();
        if (burned != amount) revert AmountNotBurned(burned);
        uint256 total = totalBurned + amount;
        totalBurned = uint128(total);
        uint64 nonce = ++eventNonce;
        bytes32 content = keccak256(abi.encode(msg.sender, recipient, amount, total));
        bytes32 chain = keccak256(abi.encode(eventChain, nonce, BurnedFor.selector, content));
        eventChain = chain;
        if (nonce % MARK_EVERY == 0) marks[nonce] = chain;
        emit BurnedFor(nonce, msg.sender, recipient, amount, total);
    }
}
