// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// A token without limits; the evil ones below differ from it in one thing each.
abstract contract FreeToken {
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 value) external {
        totalSupply += value;
        balanceOf[to] += value;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function burn(uint256 value) external virtual {
        totalSupply -= value;
        balanceOf[msg.sender] -= value;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        return _transfer(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        allowance[from][msg.sender] -= value;
        return _transfer(from, to, value);
    }

    function _transfer(address from, address to, uint256 value) internal virtual returns (bool) {
        balanceOf[from] -= value;
        balanceOf[to] += value;
        return true;
    }
}

/// Richer than NTK can be.
contract RichToken is FreeToken {}

contract FeeToken is FreeToken {
    function _transfer(address from, address to, uint256 value) internal override returns (bool) {
        uint256 fee = value / 100;
        totalSupply -= fee;
        balanceOf[from] -= fee;
        return super._transfer(from, to, value - fee);
    }
}

/// Says no without a revert.
contract FalseToken is FreeToken {
    function _transfer(address, address, uint256) internal pure override returns (bool) {
        return false;
    }
}

/// Says yes and moves nothing.
contract IdleToken is FreeToken {
    function _transfer(address, address, uint256) internal pure override returns (bool) {
        return true;
    }

    function burn(uint256) external override {}
}

contract RevertingToken is FreeToken {
    error Refused();

    function _transfer(address, address, uint256) internal pure override returns (bool) {
        revert Refused();
    }
}

/// Calls back with what it was armed with, in the middle of a transfer.
contract ReentrantToken is FreeToken {
    address private target;
    bytes private payload;

    function arm(address target_, bytes calldata payload_) external {
        target = target_;
        payload = payload_;
    }

    function _transfer(address from, address to, uint256 value) internal override returns (bool) {
        if (target != address(0)) {
            (bool done, bytes memory answer) = target.call(payload);
            if (!done) {
                assembly ("memory-safe") {
                    revert(add(answer, 32), mload(answer))
                }
            }
        }
        return super._transfer(from, to, value);
    }
}
