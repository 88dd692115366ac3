// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Role
/// @notice What a key may do for its provider; a key holds any sum of them.
library Role {
    /// @dev Sign receipts. Whoever steals it can have the provider excluded, but reserves nothing.
    uint8 internal constant SIGN = 1;
    /// @dev Anchor receipts and post trace roots. Whoever steals it can anchor receipts that it made up and convict them:
    /// what is anchored needs no signature.
    uint8 internal constant ANCHOR = 2;
    uint8 internal constant ALL = SIGN | ANCHOR;
}
