// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32} from "./Float32.sol";

/// @title Sqrt32
/// @notice The square root of binary32 numbers. Terms are those of `Float32`.
library Sqrt32 {
    /// @notice Returns the square root of `x`, rounded to binary32; -0 for -0, the canonical NaN below.
    /// @dev The root is never halfway between two numbers: its square would have a significand of 49 or 50 bits.
    function sqrt(uint256 x) internal pure returns (uint256 c) {
        if (x & Float32.MAGNITUDE == 0) return x;
        if (x > Float32.INFINITY) return Float32.NAN;
        if (x == Float32.INFINITY) return x;
        uint256 m;
        uint256 e;
        assembly ("memory-safe") {
            e := sub(shr(23, x), gt(x, 0x7fffff)) // scale
            m := sub(x, shl(23, e)) // significand, in units of 2^(e - 149)
            let k := sub(clz(m), 203) // how far the leading bit is below bit 52
            k := add(k, and(1, not(xor(e, k)))) // one more if that leaves an odd power of two
            m := shl(k, m) // from 2^52 to below 2^54
            // x is m * 2^(e - 149 - k) and its root is sqrt(m) * 2^((e - 149 - k) / 2). What is a unit of the
            // root after a shift right by 3 has the scale (e - 149 - k) / 2 + 3 + 149.
            e := add(sar(1, sub(sub(e, 149), k)), 152)
        }
        unchecked {
            // Newton's method from above. The relative error is at first below 1, then 2^-2, 2^-5, 2^-11, 2^-23, and
            // 2^-47 in the end: less than 1. Rounding down keeps what is above the root at least at its whole part.
            uint256 root = 1 << 27;
            for (uint256 i; i < 5; ++i) root = (root + m / root) >> 1;
            if (root * root > m) --root;
            // The leading bit is bit 26; one more bit says whether something was cut off.
            uint256 r = (root << 1) | (root * root == m ? 0 : 1);
            // Rounds to even at bit 4 and packs.
            return (e << 23) + ((r + 7 + ((r >> 4) & 1)) >> 4);
        }
    }
}
