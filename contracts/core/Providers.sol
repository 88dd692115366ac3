// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IProviders} from "../interfaces/IProviders.sol";

/// @title Providers
/// @notice Identities, signing keys and the record of faults.
abstract contract Providers is IProviders {
    /// @dev Faults within this time of each other escalate.
    uint256 internal constant FAULT_MEMORY = 90 days;

    mapping(address provider => ProviderRecord) private _records;
    mapping(address provider => mapping(address key => KeyValidity)) private _keys;

    /// @inheritdoc IProviders
    function register(string calldata uri) external {
        ProviderRecord storage record = _records[msg.sender];
        if (record.registeredAt != 0) revert ProviderExists(msg.sender);
        record.registeredAt = uint40(block.timestamp);
        emit ProviderRegistered(msg.sender, uri);
    }

    /// @inheritdoc IProviders
    function setUri(string calldata uri) external {
        _requireRegistered(msg.sender);
        emit ProviderUriChanged(msg.sender, uri);
    }

    /// @inheritdoc IProviders
    function addKey(address key, uint64 validUntil) external {
        _requireRegistered(msg.sender);
        if (key == address(0)) revert KeyZero();
        if (validUntil <= block.timestamp) revert KeyExpiryPast(validUntil, block.timestamp);
        KeyValidity storage validity = _keys[msg.sender][key];
        if (validity.until != 0) revert KeyExists(msg.sender, key);
        validity.from = uint64(block.timestamp);
        validity.until = validUntil;
        emit KeyAdded(msg.sender, key, validity.from, validUntil);
    }

    /// @inheritdoc IProviders
    function revokeKey(address key) external {
        KeyValidity storage validity = _keys[msg.sender][key];
        if (validity.until == 0) revert KeyUnknown(msg.sender, key);
        if (validity.until <= block.timestamp) revert KeyNotValid(msg.sender, key, uint64(block.timestamp));
        // A receipt issued in this very second keeps its key: consumers may hold it already.
        validity.until = uint64(block.timestamp) + 1;
        emit KeyRevoked(msg.sender, key, validity.until);
    }

    /// @inheritdoc IProviders
    function providerRecord(address provider) public view returns (ProviderRecord memory) {
        return _records[provider];
    }

    /// @inheritdoc IProviders
    function keyValidity(address provider, address key) public view returns (KeyValidity memory) {
        return _keys[provider][key];
    }

    function _requireRegistered(address provider) internal view {
        if (_records[provider].registeredAt == 0) revert ProviderUnknown(provider);
    }

    /// @dev Registered, not tombstoned.
    function _requireInGoodStanding(address provider) internal view {
        ProviderRecord memory record = _records[provider];
        if (record.registeredAt == 0) revert ProviderUnknown(provider);
        if (record.tombstoned) revert ProviderTombstoned(provider);
    }

    /// @dev The provider itself, or one of its keys that is valid now.
    function _requireAuthority(address sender, address provider) internal view {
        if (sender != provider && !_isKeyValid(provider, sender, uint64(block.timestamp))) {
            revert SenderNotAuthorised(sender, provider);
        }
    }

    function _isKeyValid(address provider, address key, uint64 time) internal view returns (bool) {
        KeyValidity memory validity = _keys[provider][key];
        return validity.from <= time && time < validity.until;
    }

    /// @dev Remembers a fault; returns which one it is within `FAULT_MEMORY` (1, 2 or 3), and whether the
    /// provider is excluded now. Two dates suffice, as the third fault tombstones.
    function _recordFault(address provider, bool fatal) internal returns (uint256 ordinal, bool tombstoned) {
        ProviderRecord storage record = _records[provider];
        ordinal = 1;
        if (_isRecent(record.lastFaultAt)) ++ordinal;
        if (_isRecent(record.previousFaultAt)) ++ordinal;
        record.previousFaultAt = record.lastFaultAt;
        record.lastFaultAt = uint40(block.timestamp);
        ++record.faults;
        tombstoned = fatal || ordinal == 3;
        if (tombstoned) record.tombstoned = true;
    }

    function _isRecent(uint256 faultAt) private view returns (bool) {
        return faultAt != 0 && faultAt + FAULT_MEMORY > block.timestamp;
    }
}
