// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IProviders} from "./IProviders.sol";

/// @title IKeys
/// @notice Who may act for a provider at which time, and what was proven about it.
/// @dev Evidence is judged against the key set that was valid when the receipt was issued, so revoking a key never
/// makes old evidence unprovable.
interface IKeys {
    /// @notice The half-open interval `[from, until)` of Unix seconds at which a key counts, and for what (`Role`).
    struct KeyValidity {
        uint64 from;
        uint64 until;
        uint8 roles;
    }

    /// @notice What is remembered of a provider for ever. One storage slot.
    struct FaultRecord {
        /// Unix seconds of its registration, zero if it has none.
        uint40 registeredAt;
        /// Unix seconds of the latest proven fault, zero if none.
        uint40 lastFaultAt;
        /// Unix seconds of the fault before that.
        uint40 previousFaultAt;
        /// Lifetime number of proven faults.
        uint32 faults;
        /// Token units taken in all; stays at the largest number there is.
        uint104 slashed;
    }

    /// @dev The sender is neither the provider nor one of its keys that are valid now and have the role.
    error SenderNotAuthorised(address sender, address provider);
    error KeyNotValid(address provider, address key, uint64 time);

    /// @notice Opens the record of a provider. Only `providers`. Reverts for: `SenderNotAuthorised`.
    function enlist(address provider) external;

    /// @notice Keeps the validity of a key. Only `providers`, which has checked it.
    /// Reverts for: `SenderNotAuthorised`.
    function setKey(address provider, address key, KeyValidity calldata validity) external;

    /// @notice Where providers register and administer their keys.
    function providers() external view returns (IProviders);

    /// @notice The validity of a key; all zero when it was never added.
    function keyValidity(address provider, address key) external view returns (KeyValidity memory);

    function faultRecord(address provider) external view returns (FaultRecord memory);
}
