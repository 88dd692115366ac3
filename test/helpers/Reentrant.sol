// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Onus} from "../../contracts/core/Onus.sol";
import {HookToken, ITransferHook} from "./Tokens.sol";

/// @title Reentrant
/// @notice A provider that calls the registry once more while a transfer is under way.
contract Reentrant is ITransferHook {
    Onus public immutable onus;
    HookToken public immutable token;
    /// @dev Selector of the error with which the inner call was refused.
    bytes4 public refused;
    bytes private _call;

    constructor(Onus onus_, HookToken token_) {
        (onus, token) = (onus_, token_);
        token.hook();
        token.approve(address(onus), type(uint256).max);
    }

    function arm(bytes calldata call) external {
        _call = call;
    }

    function deposit(uint128 amount) external {
        onus.deposit(amount);
    }

    function thaw(uint128 amount) external {
        onus.startThaw(amount);
    }

    function withdraw() external {
        onus.withdraw();
    }

    /// @inheritdoc ITransferHook
    function onTransfer() external {
        bytes memory call = _call;
        if (call.length == 0) return;
        delete _call;
        (bool success, bytes memory result) = address(onus).call(call);
        if (!success) refused = bytes4(result);
    }
}
