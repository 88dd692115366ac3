// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRules} from "../interfaces/IRules.sol";
import {Terms} from "../types/Terms.sol";

/// @title TermsLib
/// @notice The bounds of terms, the same when they are proposed and when they begin to hold.
library TermsLib {
    /// @dev In minutes. Who knew a lie first has so long to show it when somebody else was faster.
    uint256 private constant LEAST_ESCROW = 1 hours / 1 minutes;
    uint256 private constant LONGEST_ESCROW = 30 days / 1 minutes;
    /// @dev 14 days of 12 seconds.
    uint256 private constant MOST_WINDOW_BLOCKS = 100_800;
    uint256 private constant LEAST_STAKE = 1e9;

    /// @notice Reverts with `ParameterInvalid` for terms outside of their bounds.
    function requireValid(Terms memory terms) internal pure {
        if (terms.minStake < LEAST_STAKE) revert IRules.ParameterInvalid("minStake");
        if (terms.minWindowBlocks > MOST_WINDOW_BLOCKS) revert IRules.ParameterInvalid("minWindowBlocks");
        if (terms.escrow < LEAST_ESCROW || terms.escrow > LONGEST_ESCROW)
            revert IRules.ParameterInvalid("escrow");
    }
}
