// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Decay
/// @notice Exponential decay with a half-life of 30 days, evaluated lazily.
library Decay {
    uint256 internal constant HALF_LIFE = 30 days;
    /// @dev One, in the fixed-point format of factors and ratios.
    uint256 internal constant WAD = 1e18;
    /// @dev One, in the format of what is computed on the way.
    int256 private constant ONE = 2 ** 96;
    /// @dev The natural logarithm of two times 2^96.
    int256 private constant LN_2 = 54_916_777_467_707_473_351_141_471_128;
    /// @dev Terms of the exponential series: the next would be below 1e-18 for all that is left to compute.
    int256 private constant TERMS = 15;

    /// @notice `2^(-elapsed / HALF_LIFE)` in WAD: 1e18 at zero, 5e17 after 30 days; `elapsed` in seconds.
    /// Never grows with time; exact to one unit of its last place.
    function factor(uint256 elapsed) internal pure returns (uint256) {
        // Beyond 60 half-lives less than one part in 1e18 is left.
        if (elapsed >= 60 * HALF_LIFE) return 0;
        unchecked {
            // Whole half-lives, rounded, and a rest of at most half of one: 2^-(n + r) = e^(-r ln 2) / 2^n.
            uint256 n = (2 * elapsed + HALF_LIFE) / (2 * HALF_LIFE);
            int256 x = ((int256(n * HALF_LIFE) - int256(elapsed)) * LN_2) / int256(HALF_LIFE);
            // 1 + x (1 + x/2 (1 + x/3 (...)))
            int256 series = ONE;
            for (int256 k = TERMS; k != 0; --k) series = ONE + ((x * series) >> 96) / k;
            return (uint256(series) * WAD) >> (96 + n);
        }
    }
}
