// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title IProviders
/// @notice Who answers, and the administration of keys.
/// @dev A provider is the address that registered, of a person or of a contract. It owns the stake; its keys sign
/// receipts, anchor them, or both (`Role`). The registry keeps the keys, as it needs them at every anchor (`IKeys`).
///
/// Keys are those of secp256k1, never contracts (ERC-1271): a contract could deny tomorrow what it signed
/// today. The owner may be one: it sends transactions, or signs a `KeyChange` that anybody sends.
interface IProviders {
    /// @notice What an owner signs (EIP-712, name `Onus Providers`) to have a key added, or revoked if `roles` is zero.
    struct KeyChange {
        address provider;
        address key;
        /// Unix seconds, exclusive; means nothing when a key is revoked.
        uint64 validUntil;
        uint8 roles;
        /// The provider's next nonce (`nonces`).
        uint256 nonce;
        /// Unix seconds until which the change may be sent.
        uint64 deadline;
    }

    error ProviderExists(address provider);
    error ProviderUnknown(address provider);
    error KeyZero();
    error RolesInvalid(uint8 roles);
    /// @dev A key serves one interval only; a revoked key cannot come back.
    error KeyExists(address provider, address key);
    error KeyUnknown(address provider, address key);
    error KeyExpired(address provider, address key, uint64 until);
    error KeyExpiryPast(uint64 validUntil, uint256 nowSeconds);
    error ChangeExpired(uint64 deadline);
    /// @dev Not the owner's signature under this change.
    error ChangeNotSigned(address provider);

    event ProviderRegistered(address indexed provider, string uri);
    event ProviderUriChanged(address indexed provider, string uri);
    event KeyAdded(address indexed provider, address indexed key, uint64 from, uint64 until, uint8 roles);
    event KeyRevoked(address indexed provider, address indexed key, uint64 until);

    /// @notice Called once, by the registry that keeps the keys.
    function bind() external;

    /// @notice Registers the sender as provider with a metadata URI.
    /// Reverts for: `ProviderExists`. Emits: `ProviderRegistered`.
    function register(string calldata uri) external;

    /// @notice Changes the sender's metadata URI.
    /// Reverts for: `ProviderUnknown`. Emits: `ProviderUriChanged`.
    function setUri(string calldata uri) external;

    /// @notice Lets `key` act in `roles` from now on until `validUntil` (Unix seconds, exclusive).
    /// Reverts for: `ProviderUnknown`, `KeyZero`, `RolesInvalid`, `KeyExists`, `KeyExpiryPast`. Emits: `KeyAdded`.
    function addKey(address key, uint64 validUntil, uint8 roles) external;

    /// @notice Ends the validity of `key` now. Receipts issued before stay evidence.
    /// Reverts for: `KeyUnknown`, `KeyExpired`. Emits: `KeyRevoked`.
    function revokeKey(address key) external;

    /// @notice Does what the owner signed: `addKey`, or `revokeKey` if it names no roles. Anyone may send it. The
    /// signature is checked as ERC-1271 has it when the owner is a contract.
    /// Reverts for: `ChangeExpired`, `ChangeNotSigned`, `InvalidAccountNonce`, and as `addKey` and `revokeKey`.
    function changeKey(KeyChange calldata change, bytes calldata signature) external;

    /// @notice Unix seconds of the registration, zero if unknown.
    function registeredAt(address provider) external view returns (uint256);
}
