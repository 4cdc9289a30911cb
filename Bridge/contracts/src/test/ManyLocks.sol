// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {NtkVault} from "../NtkVault.sol";

/// Locks many times in one transaction, and puts as many bytes of its own into the receipt as it is told.
contract ManyLocks {
    event Ballast(bytes content);

    function lock(NtkVault vault, uint256 times, uint256 ballastBytes) external {
        uint256 amount = vault.minLock();
        IERC20 token = vault.token();
        token.transferFrom(msg.sender, address(this), times * amount);
        token.approve(address(vault), times * amount);
        for (uint256 i = 0; i < times; i++) vault.lock(amount, bytes32(i + 1));
        emit Ballast(new bytes(ballastBytes));
    }
}
