// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title IProviders
/// @notice Who may sign answers, and with which keys at which time.
/// @dev A provider is the address that registered. Its owner (that same address) holds the stake; its
/// keys sign receipts and may post attestations. Evidence is judged against the key set that was
/// valid when the receipt was issued, so revoking a key never makes old evidence unprovable.
interface IProviders {
    /// @notice What is remembered about a provider for ever. One storage slot.
    struct ProviderRecord {
        /// Unix seconds of registration; zero means unknown.
        uint40 registeredAt;
        /// Unix seconds of the latest proven fault, zero if none.
        uint40 lastFaultAt;
        /// Unix seconds of the fault before that.
        uint40 previousFaultAt;
        /// Lifetime number of proven faults.
        uint32 faults;
        /// Set by the third fault within 90 days or by equivocation; never cleared.
        bool tombstoned;
    }

    /// @notice The half-open interval `[from, until)` of issue times for which a key may sign.
    struct KeyValidity {
        uint64 from;
        uint64 until;
    }

    error ProviderExists(address provider);
    error ProviderUnknown(address provider);
    error ProviderTombstoned(address provider);
    /// @dev The sender is neither the provider nor one of its keys that are valid now.
    error SenderNotAuthorised(address sender, address provider);
    error KeyZero();
    /// @dev A key serves one interval only; a revoked key cannot come back.
    error KeyExists(address provider, address key);
    error KeyUnknown(address provider, address key);
    error KeyNotValid(address provider, address key, uint64 time);
    error KeyExpiryPast(uint64 validUntil, uint256 nowSeconds);

    event ProviderRegistered(address indexed provider, string uri);
    event ProviderUriChanged(address indexed provider, string uri);
    event KeyAdded(address indexed provider, address indexed key, uint64 from, uint64 until);
    event KeyRevoked(address indexed provider, address indexed key, uint64 until);

    /// @notice Registers the sender as provider with a metadata URI.
    /// Reverts for: `ProviderExists`. Emits: `ProviderRegistered`.
    function register(string calldata uri) external;

    /// @notice Changes the sender's metadata URI.
    /// Reverts for: `ProviderUnknown`. Emits: `ProviderUriChanged`.
    function setUri(string calldata uri) external;

    /// @notice Lets `key` sign receipts issued from now on until `validUntil` (Unix seconds, exclusive).
    /// Reverts for: `ProviderUnknown`, `KeyZero`, `KeyExists`, `KeyExpiryPast`. Emits: `KeyAdded`.
    function addKey(address key, uint64 validUntil) external;

    /// @notice Ends the validity of `key` now. Receipts issued before stay evidence.
    /// Reverts for: `KeyUnknown`, `KeyNotValid` when it has ended already. Emits: `KeyRevoked`.
    function revokeKey(address key) external;

    function providerRecord(address provider) external view returns (ProviderRecord memory);

    /// @notice The validity of a key; both ends zero when it was never added.
    function keyValidity(address provider, address key) external view returns (KeyValidity memory);
}
