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
    /// @dev The rest of an exponent is divided by two to this power, for a short series.
    uint256 private constant HALVINGS = 6;

    /// @notice `2^(-elapsed / HALF_LIFE)` in WAD: 1e18 at zero, 5e17 after 30 days; `elapsed` in seconds.
    /// Never grows with time; exact to one unit of its last place.
    function factor(uint256 elapsed) internal pure returns (uint256) {
        if (elapsed == 0) return WAD;
        // Beyond 60 half-lives less than one part in 1e18 is left.
        if (elapsed >= 60 * HALF_LIFE) return 0;
        unchecked {
            // Whole half-lives, rounded, and a rest of at most half of one: 2^-(n + r) = (e^(-r ln 2 / 64))^64 / 2^n.
            uint256 n = (2 * elapsed + HALF_LIFE) / (2 * HALF_LIFE);
            int256 rest = int256(n * HALF_LIFE) - int256(elapsed);
            int256 power = _exp((rest * LN_2) / int256(HALF_LIFE << HALVINGS));
            for (uint256 i; i < HALVINGS; ++i) power = (power * power) >> 96;
            return (uint256(power) * WAD) >> (96 + n);
        }
    }

    /// @dev `e^x` for at most 1/184 in magnitude: 1 + x (1 + x/2 (1 + x/3 (...))). The next term would be below 1e-22.
    function _exp(int256 x) private pure returns (int256 sum) {
        unchecked {
            sum = ONE + x / 7;
            sum = ONE + ((x * sum) >> 96) / 6;
            sum = ONE + ((x * sum) >> 96) / 5;
            sum = ONE + ((x * sum) >> 96) / 4;
            sum = ONE + ((x * sum) >> 96) / 3;
            sum = ONE + ((x * sum) >> 96) / 2;
            sum = ONE + ((x * sum) >> 96);
        }
    }
}
