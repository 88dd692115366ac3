// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Decay
/// @notice Exponential decay with a half-life of 30 days, evaluated lazily.
library Decay {
    uint256 internal constant HALF_LIFE = 30 days;
    /// @dev One, in the fixed-point format of factors and ratios.
    uint256 internal constant WAD = 1e18;
    /// @dev The natural logarithm of two in WAD.
    uint256 private constant LN_2 = 693_147_180_559_945_309;
    /// @dev The natural logarithm of two times 2^96.
    int256 private constant LN_2_96 = 54916777467707473351141471128;

    /// @notice `2^(-elapsed / HALF_LIFE)` in WAD: 1e18 at zero, 5e17 after 30 days; `elapsed` in seconds.
    /// Never grows with time; exact to one unit of its last place.
    function factor(uint256 elapsed) internal pure returns (uint256) {
        // Beyond 60 half-lives less than one part in 1e18 is left.
        if (elapsed >= 60 * HALF_LIFE) return 0;
        unchecked {
            return _exp(-int256((elapsed * LN_2) / HALF_LIFE));
        }
    }

    /// @dev `e^x` in WAD for `x` of -42 WAD to zero: `expWad` of Remco Bloemen (https://2π.com/22/exp-ln, MIT), with
    /// the constants of Solady 0.1.26. That package itself is not used: it compiles with 72 warnings.
    function _exp(int256 x) private pure returns (uint256) {
        unchecked {
            // From a basis of 1e18 to one of 2^96: 1e18 / 2^96 = 5^18 / 2^78.
            x = (x << 78) / 5 ** 18;
            // x = k ln 2 + x' with |x'| <= ln 2 / 2, so that e^x = 2^k e^x'.
            int256 k = ((x << 96) / LN_2_96 + 2 ** 95) >> 96;
            uint256 r = _ratio(x - k * LN_2_96);
            // The scale of the ratio, 2^k and the way back to 1e18 at once; k is -60 to 0.
            return (r * 3822833074963236453042738258902158003155416615667) >> uint256(195 - k);
        }
    }

    /// @dev A rational approximation with 6 and 7 terms of `e^x`, times 2^96 and divided by about 6.03.
    function _ratio(int256 x) private pure returns (uint256) {
        unchecked {
            int256 y = x + 1346386616545796478920950773328;
            y = ((y * x) >> 96) + 57155421227552351082224309758442;
            int256 p = y + x - 94201549194550492254356042504812;
            p = ((p * y) >> 96) + 28719021644029726153956944680412240;
            p = p * x + (4385272521454847904659076985693276 << 96);

            int256 q = x - 2855989394907223263936484059900;
            q = ((q * x) >> 96) + 50020603652535783019961831881945;
            q = ((q * x) >> 96) - 533845033583426703283633433725380;
            q = ((q * x) >> 96) + 3604857256930695427073651918091429;
            q = ((q * x) >> 96) - 14423608567350463180887372962807573;
            q = ((q * x) >> 96) + 26449188498355588339934803723976023;
            // All roots of the denominator are complex. The numerator is 2^96 too large already.
            return uint256(p / q);
        }
    }
}
