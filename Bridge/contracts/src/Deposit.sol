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
    error NotOwner();

    uint8 private constant RETIRED = 16;

    NtkVault public immutable vault;
    IERC20 public immutable token;
    address private immutable _implementation;

    constructor(NtkVault vault_) {
        vault = vault_;
        token = vault_.token();
        _implementation = address(this);
    }

    /// Locks all that is here, in the vault that has the tokens now.
    function flush() external {
        bytes32 to = recipient();
        NtkVault open = presentVault();
        uint256 balance = token.balanceOf(address(this));
        uint256 minimum = open.minLock();
        if (balance < minimum) revert BelowMinimum(minimum);
        token.forceApprove(address(open), balance);
        open.lock(balance, to);
    }

    /// Sends all of a token to where the owner says: the Ethereum account with the recipient's address, and nobody else. An account of the
    /// chain whose address no key on Ethereum has would lose what a stranger could send there.
    function sweep(IERC20 what, address to) external {
        if (bytes32(uint256(uint160(msg.sender))) != recipient()) revert NotOwner();
        what.safeTransfer(to, what.balanceOf(address(this)));
    }

    /// A retired vault names the one that took its tokens over: what comes here afterwards follows them.
    function presentVault() public view returns (NtkVault open) {
        open = vault;
        while (open.flags() & RETIRED != 0) {
            (address next,) = open.retirement();
            open = NtkVault(next);
        }
    }

    function recipient() public view returns (bytes32) {
        if (address(this) == _implementation) revert NotAClone();
        return abi.decode(Clones.fetchCloneArgs(address(this)), (bytes32));
    }
}
