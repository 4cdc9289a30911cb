// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {NtkVault} from "./NtkVault.sol";

/// An address that belongs to one recipient on the chain: what is sent to it, anyone may lock for that recipient, again and again. For
/// exchanges and hardware wallets, which can do a plain transfer and nothing else.
contract Deposit {
    using SafeERC20 for IERC20;

    error NotAClone();
    error BelowMinimum(uint256 minimum);
    error VaultIsOpen();
    error NoOwner();

    /// retiring, retired or forked: such a vault takes no locks any more.
    uint8 private constant CLOSED = 4 | 8 | 16;

    NtkVault public immutable vault;
    IERC20 public immutable token;
    address private immutable _implementation;

    constructor(NtkVault vault_) {
        vault = vault_;
        token = vault_.token();
        _implementation = address(this);
    }

    /// Locks all that is here.
    function flush() external {
        bytes32 to = recipient();
        uint256 balance = token.balanceOf(address(this));
        uint256 minimum = vault.minLock();
        if (balance < minimum) revert BelowMinimum(minimum);
        token.forceApprove(address(vault), balance);
        vault.lock(balance, to);
    }

    /// Sends another token, or NTK where the vault is closed for good, to the Ethereum address of the recipient: the same key owns it.
    function sweep(IERC20 stray) external {
        bytes32 to = recipient();
        if (address(stray) == address(token) && vault.flags() & CLOSED == 0) revert VaultIsOpen();
        if (uint256(to) >> 160 != 0) revert NoOwner();
        stray.safeTransfer(address(uint160(uint256(to))), stray.balanceOf(address(this)));
    }

    function recipient() public view returns (bytes32) {
        if (address(this) == _implementation) revert NotAClone();
        return abi.decode(Clones.fetchCloneArgs(address(this)), (bytes32));
    }
}
