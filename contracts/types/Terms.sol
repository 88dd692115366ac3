// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What governance may change, within the bounds of `Rules`. A lock keeps the terms that it began with.
struct Terms {
    /// Smallest active stake, in token units, with which a provider can attest.
    uint88 minStake;
    /// Blocks that a challenge window lasts at least.
    uint32 minWindowBlocks;
    /// Seconds between a conviction and its payouts.
    uint32 escrow;
}
