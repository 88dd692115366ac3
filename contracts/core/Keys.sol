// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IKeys} from "../interfaces/IKeys.sol";
import {IProviders} from "../interfaces/IProviders.sol";
import {Role} from "../types/Role.sol";

/// @title Keys
/// @notice Keys and the record of faults.
abstract contract Keys is IKeys {
    /// @dev Faults within this time of each other escalate.
    uint256 private constant FAULT_MEMORY = 90 days;

    IProviders private immutable _providers;

    mapping(address provider => FaultRecord) private _records;
    mapping(address provider => mapping(address key => KeyValidity)) private _keys;

    constructor(IProviders providers_) {
        _providers = providers_;
    }

    modifier onlyProviders(address provider) {
        if (msg.sender != address(_providers)) revert SenderNotAuthorised(msg.sender, provider);
        _;
    }

    /// @inheritdoc IKeys
    function enlist(address provider) external onlyProviders(provider) {
        _records[provider].registeredAt = uint40(block.timestamp);
    }

    /// @inheritdoc IKeys
    function setKey(
        address provider,
        address key,
        KeyValidity calldata validity
    ) external onlyProviders(provider) {
        _keys[provider][key] = validity;
    }

    /// @inheritdoc IKeys
    function providers() external view returns (IProviders) {
        return _providers;
    }

    /// @inheritdoc IKeys
    function keyValidity(address provider, address key) public view returns (KeyValidity memory) {
        return _keys[provider][key];
    }

    /// @inheritdoc IKeys
    function faultRecord(address provider) external view returns (FaultRecord memory) {
        return _records[provider];
    }

    /// @dev The provider itself, or one of its keys that may anchor now.
    function _requireMayAnchor(address sender, address provider) internal view {
        if (sender != provider && !_isValid(_keys[provider][sender], Role.ANCHOR, block.timestamp)) {
            revert SenderNotAuthorised(sender, provider);
        }
    }

    function _isValid(KeyValidity memory key, uint8 role, uint256 time) internal pure returns (bool) {
        return key.from <= time && time < key.until && key.roles & role != 0;
    }

    /// @dev Remembers a fault; returns which one it is within `FAULT_MEMORY`: 1, 2 or 3. Two dates
    /// suffice, as the third fault excludes.
    function _recordFault(address provider) internal returns (uint256 ordinal) {
        FaultRecord memory record = _records[provider];
        ordinal = 1;
        if (_isRecent(record.lastFaultAt)) ++ordinal;
        if (_isRecent(record.previousFaultAt)) ++ordinal;
        record.previousFaultAt = record.lastFaultAt;
        record.lastFaultAt = uint40(block.timestamp);
        ++record.faults;
        _records[provider] = record;
    }

    /// @dev Saturates: no conviction may fail because a counter is full.
    function _addSlashed(address provider, uint256 amount) internal {
        FaultRecord storage record = _records[provider];
        record.slashed = uint104(Math.min(record.slashed + amount, type(uint104).max));
    }

    function _isRecent(uint256 faultAt) private view returns (bool) {
        return faultAt != 0 && faultAt + FAULT_MEMORY > block.timestamp;
    }
}
