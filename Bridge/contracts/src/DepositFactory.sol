// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Deposit} from "./Deposit.sol";
import {NtkVault} from "./NtkVault.sol";

/// Makes deposit addresses. The address of a recipient is known before anything is there, and nobody else can take it.
contract DepositFactory {
    error NoRecipient();

    event DepositMade(bytes32 indexed recipient, address deposit);

    Deposit public immutable implementation;

    constructor(NtkVault vault) {
        implementation = new Deposit(vault);
    }

    function addressOf(bytes32 recipient) external view returns (address) {
        return Clones.predictDeterministicAddressWithImmutableArgs(address(implementation), abi.encode(recipient), recipient);
    }

    function deploy(bytes32 recipient) external returns (Deposit deposit) {
        if (recipient == 0) revert NoRecipient();
        deposit = Deposit(Clones.cloneDeterministicWithImmutableArgs(address(implementation), abi.encode(recipient), recipient));
        emit DepositMade(recipient, address(deposit));
    }
}
