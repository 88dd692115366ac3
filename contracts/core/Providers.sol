// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IKeys} from "../interfaces/IKeys.sol";
import {IProviders} from "../interfaces/IProviders.sol";
import {Role} from "../types/Role.sol";
import {Bound} from "../libraries/Bound.sol";

/// @title Providers
/// @notice Identities, and the administration of the keys that the registry keeps.
contract Providers is IProviders, Bound, EIP712, Nonces {
    bytes32 private constant KEY_CHANGE_TYPEHASH = keccak256(
        "KeyChange(address provider,address key,uint64 validUntil,uint8 roles,uint256 nonce,uint64 deadline)"
    );

    constructor() EIP712("Onus Providers", "1") {}

    /// @inheritdoc IProviders
    function bind() external {
        _bind();
    }

    /// @inheritdoc IProviders
    function register(string calldata uri) external {
        if (registeredAt(msg.sender) != 0) revert ProviderExists(msg.sender);
        _keys().enlist(msg.sender);
        emit ProviderRegistered(msg.sender, uri);
    }

    /// @inheritdoc IProviders
    function setUri(string calldata uri) external {
        _requireRegistered(msg.sender);
        emit ProviderUriChanged(msg.sender, uri);
    }

    /// @inheritdoc IProviders
    function addKey(address key, uint64 validUntil, uint8 roles) external {
        _addKey(msg.sender, key, validUntil, roles);
    }

    /// @inheritdoc IProviders
    function revokeKey(address key) external {
        _revokeKey(msg.sender, key);
    }

    /// @inheritdoc IProviders
    function changeKey(KeyChange calldata change, bytes calldata signature) external {
        if (block.timestamp > change.deadline) revert ChangeExpired(change.deadline);
        _useCheckedNonce(change.provider, change.nonce);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(KEY_CHANGE_TYPEHASH, change)));
        if (!SignatureChecker.isValidSignatureNow(change.provider, digest, signature))
            revert ChangeNotSigned(change.provider);
        if (change.roles == 0) _revokeKey(change.provider, change.key);
        else _addKey(change.provider, change.key, change.validUntil, change.roles);
    }

    /// @inheritdoc IProviders
    function registeredAt(address provider) public view returns (uint256) {
        return _keys().faultRecord(provider).registeredAt;
    }

    function _addKey(address provider, address key, uint64 validUntil, uint8 roles) private {
        _requireRegistered(provider);
        if (key == address(0)) revert KeyZero();
        if (roles == 0 || roles > Role.ALL) revert RolesInvalid(roles);
        if (validUntil <= block.timestamp) revert KeyExpiryPast(validUntil, block.timestamp);
        if (_keys().keyValidity(provider, key).until != 0) revert KeyExists(provider, key);
        uint64 from = uint64(block.timestamp);
        _keys().setKey(provider, key, IKeys.KeyValidity(from, validUntil, roles));
        emit KeyAdded(provider, key, from, validUntil, roles);
    }

    function _revokeKey(address provider, address key) private {
        IKeys.KeyValidity memory validity = _keys().keyValidity(provider, key);
        if (validity.until == 0) revert KeyUnknown(provider, key);
        if (validity.until <= block.timestamp) revert KeyExpired(provider, key, validity.until);
        // A receipt issued in this very second keeps its key: consumers may hold it already.
        validity.until = uint64(block.timestamp) + 1;
        _keys().setKey(provider, key, validity);
        emit KeyRevoked(provider, key, validity.until);
    }

    function _requireRegistered(address provider) private view {
        if (registeredAt(provider) == 0) revert ProviderUnknown(provider);
    }

    function _keys() private view returns (IKeys) {
        return IKeys(_boundTo());
    }
}
