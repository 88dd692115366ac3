// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What governance may change, within the bounds of `Rules`. A lock keeps the terms that it began with.
struct Terms {
    /// Smallest active stake, in token units, with which a provider can attest; at least 1e9.
    uint88 minStake;
    /// Blocks that a challenge window lasts at least; at most 14 days of 12 seconds each.
    uint24 minWindowBlocks;
    /// Minutes between a conviction and its payouts; from an hour to 30 days.
    uint16 escrow;
}
