// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Bound
/// @notice A module that belongs to one registry: the first that asks, which is the one whose constructor names it.
abstract contract Bound {
    address private _registry;

    /// @dev It belongs to another registry already.
    error AlreadyBound(address registry);
    error SenderNotRegistry(address sender);

    modifier onlyRegistry() {
        if (msg.sender != _registry) revert SenderNotRegistry(msg.sender);
        _;
    }

    function _bind() internal {
        if (_registry != address(0)) revert AlreadyBound(_registry);
        _registry = msg.sender;
    }

    function _boundTo() internal view returns (address) {
        return _registry;
    }
}
