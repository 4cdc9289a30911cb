// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// A token with the manners of the NTK of 2017: burn without a Transfer, transfers frozen until a date but for the owner's, the old approve,
/// no permit, reverts without data, an invalid opcode where that had an assert, and the same storage slots.
contract MockNtk {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event Burn(address indexed burner, uint256 value);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    string public constant name = "NeuroToken";
    string public constant symbol = "NTK";
    uint8 public constant decimals = 18;

    uint256 public totalSupply; // slot 0
    mapping(address => uint256) private balances; // slot 1
    mapping(address => mapping(address => uint256)) private allowed; // slot 2
    address public owner; // slot 3

    uint256 private immutable freezeEnd;

    constructor(uint256 freezeEnd_) payable {
        _require(msg.value == 0);
        freezeEnd = freezeEnd_;
        owner = msg.sender;
        totalSupply = 100_000_000 ether;
        balances[msg.sender] = totalSupply;
        emit Transfer(address(0), msg.sender, totalSupply);
    }

    /// As the original's: it takes any call and no Ether.
    fallback() external {}

    function balanceOf(address account) external view returns (uint256) {
        return balances[account];
    }

    function allowance(address account, address spender) external view returns (uint256) {
        return allowed[account][spender];
    }

    function transfer(address to, uint256 value) public returns (bool) {
        _requireUnfrozen();
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        _requireUnfrozen();
        _require(value <= allowed[from][msg.sender]);
        _move(from, to, value);
        allowed[from][msg.sender] = _minus(allowed[from][msg.sender], value);
        return true;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        _allow(spender, value);
        return true;
    }

    function increaseApproval(address spender, uint256 added) external returns (bool) {
        _allow(spender, _plus(allowed[msg.sender][spender], added));
        return true;
    }

    function decreaseApproval(address spender, uint256 taken) external returns (bool) {
        uint256 old = allowed[msg.sender][spender];
        _allow(spender, taken > old ? 0 : old - taken);
        return true;
    }

    function multiTransfer(address[] calldata recipients, uint256[] calldata amounts) external {
        _require(recipients.length == amounts.length);
        for (uint256 i = 0; i < recipients.length; i++) transfer(recipients[i], amounts[i]);
    }

    function burn(uint256 value) external {
        _require(value > 0);
        _require(value <= balances[msg.sender]);
        balances[msg.sender] = _minus(balances[msg.sender], value);
        totalSupply = _minus(totalSupply, value);
        emit Burn(msg.sender, value);
    }

    function transferOwnership(address newOwner) external {
        _require(msg.sender == owner);
        _require(newOwner != address(0));
        emit OwnershipTransferred(owner, newOwner);
        owner = newOwner;
    }

    function reclaimEther() external {
        _require(msg.sender == owner);
        (bool sent,) = owner.call{value: address(this).balance}("");
        _assert(sent);
    }

    function _move(address from, address to, uint256 value) private {
        _require(to != address(0));
        _require(value <= balances[from]);
        balances[from] = _minus(balances[from], value);
        balances[to] = _plus(balances[to], value);
        emit Transfer(from, to, value);
    }

    function _allow(address spender, uint256 value) private {
        allowed[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
    }

    function _requireUnfrozen() private view {
        _require(msg.sender == owner || block.timestamp >= freezeEnd);
    }

    function _plus(uint256 a, uint256 b) private pure returns (uint256 sum) {
        unchecked {
            sum = a + b;
        }
        _assert(sum >= a);
    }

    function _minus(uint256 a, uint256 b) private pure returns (uint256) {
        _assert(b <= a);
        return a - b;
    }

    // Compilers of that time gave no reason.
    function _require(bool condition) private pure {
        assembly ("memory-safe") {
            if iszero(condition) { revert(0, 0) }
        }
    }

    function _assert(bool condition) private pure {
        assembly ("memory-safe") {
            if iszero(condition) { invalid() }
        }
    }
}
