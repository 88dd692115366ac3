// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Greedy
/// @notice A challenger or responder that calls once more while it is paid.
contract Greedy {
    address public immutable target;
    /// @dev Selector of the error with which the inner call was refused.
    bytes4 public refused;
    uint256 public paid;
    bytes private _again;

    constructor(address target_) {
        target = target_;
    }

    function arm(bytes calldata again) external {
        _again = again;
    }

    /// @notice Calls the target with the wei that came along.
    function act(bytes calldata data) external payable {
        (bool success, ) = target.call{value: msg.value}(data);
        require(success);
    }

    receive() external payable {
        paid += msg.value;
        if (_again.length == 0) return;
        (bool success, bytes memory result) = target.call(_again);
        if (!success) refused = bytes4(result);
    }
}
