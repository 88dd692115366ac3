// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title FeeToken
/// @notice Keeps one part in a hundred of every transfer.
contract FeeToken is ERC20("Fee", "FEE") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : amount / 100;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0xfee), fee);
    }
}

/// @title HookToken
/// @notice Calls the sender before and the recipient after every transfer, if they asked for it.
contract HookToken is ERC20("Hook", "HOOK") {
    mapping(address account => bool) private _hooked;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function hook() external {
        _hooked[msg.sender] = true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (_hooked[from]) ITransferHook(from).onTransfer();
        super._update(from, to, amount);
        if (_hooked[to]) ITransferHook(to).onTransfer();
    }
}

/// @title BlockingToken
/// @notice Refuses transfers to one address, as stablecoins with a block list do.
contract BlockingToken is ERC20("Block", "BLOCK") {
    address public blocked;

    error Blocked(address account);

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setBlocked(address account) external {
        blocked = account;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (to == blocked && to != address(0)) revert Blocked(to);
        super._update(from, to, amount);
    }
}

/// @title ITransferHook
/// @notice What `HookToken` calls.
interface ITransferHook {
    function onTransfer() external;
}
