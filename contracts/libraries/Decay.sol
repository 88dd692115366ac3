// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SD59x18, exp2, sd} from "@prb/math/src/SD59x18.sol";

/// @title Decay
/// @notice Exponential decay with a half-life of 30 days, evaluated lazily.
library Decay {
    uint256 internal constant HALF_LIFE = 30 days;
    /// @dev One, in the fixed-point format of factors and ratios.
    uint256 internal constant WAD = 1e18;

    /// @notice `2^(-elapsed / HALF_LIFE)` in WAD: 1e18 at zero, 5e17 after 30 days; `elapsed` in seconds.
    function factor(uint256 elapsed) internal pure returns (uint256) {
        // Beyond 60 half-lives less than one part in 1e18 is left.
        if (elapsed >= 60 * HALF_LIFE) return 0;
        SD59x18 halfLives = sd(-int256((elapsed * WAD) / HALF_LIFE));
        return uint256(exp2(halfLives).unwrap());
    }
}
