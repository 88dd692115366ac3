// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Compare32} from "./Compare32.sol";
import {Float32} from "./Float32.sol";

/// @title Convert32
/// @notice Between binary32 numbers and integers. Terms are those of `Float32`.
library Convert32 {
    /// @dev 2^23: from here on every number is an integer, and up to 2^24 every integer is a number.
    uint256 private constant INTEGERS = 0x4b000000;

    /// @notice Returns the integer nearest to `x`, the even one of two, with the sign of `x` even if it is zero.
    function round(uint256 x) internal pure returns (uint256) {
        uint256 magnitude = x & Float32.MAGNITUDE;
        if (Compare32.isNaN(x)) return Float32.NAN;
        if (magnitude >= INTEGERS) return x;
        // The sum rounds to an integer, the difference is exact.
        return Float32.sub(Float32.add(magnitude, INTEGERS), INTEGERS) | (x & Float32.SIGN);
    }

    /// @notice Returns the integer `x`, of magnitude below 2^127, rounded to binary32.
    function fromInteger(int256 x) internal pure returns (uint256 c) {
        assembly ("memory-safe") {
            let negative := slt(x, 0)
            let m := xor(sub(0, negative), sub(x, negative)) // magnitude of x: ~(x - 1) if it is negative
            let k := sub(clz(m), 1) // how far the leading bit is below bit 254
            let r := shl(k, m) // the leading bit goes to bit 254
            if m {
                // Rounds to even at bit 231 and packs; the unit of r is 2^-k, so the scale is 149 + 231 - k.
                c := add(
                    shl(23, sub(380, k)),
                    shr(
                        231,
                        add(
                            add(r, 0x3fffffffffffffffffffffffffffffffffffffffffffffffffffffffff),
                            and(shr(231, r), 1)
                        )
                    )
                )
            }
            c := or(c, shl(31, negative)) // they share no bit
        }
    }

    /// @notice Returns `x` without its fraction, but at least `low` and at most `high`; 0 for NaN.
    function toInteger(uint256 x, int256 low, int256 high) internal pure returns (int256 y) {
        if (Compare32.isNaN(x)) return 0;
        assembly ("memory-safe") {
            let magnitude := and(x, 0x7fffffff)
            let e := sub(shr(23, magnitude), gt(magnitude, 0x7fffff)) // scale
            y := sub(magnitude, shl(23, e)) // significand, in units of 2^(e - 149)
            // Either shift is right; the other one, by a number below zero or rather far above, gives zero or
            // the same. An infinity counts as 2^128.
            y := or(shl(sub(e, 149), y), shr(sub(149, e), y))
            if shr(31, x) {
                y := sub(0, y)
            }
        }
        if (y < low) return low;
        return y > high ? high : y;
    }
}
