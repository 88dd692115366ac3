// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Compare32} from "./Compare32.sol";
import {Float32} from "./Float32.sol";

/// @title Remainder32
/// @notice The remainder of a truncating division of binary32 numbers. Terms are those of `Float32`.
library Remainder32 {
    /// @notice Returns `a - b * q` for the integer q that is `a / b` without its fraction: `fmod` of C. It is
    /// exact and has the sign of `a`, also if it is zero.
    /// @dev The canonical NaN if `a` is infinite, `b` is zero or one of them is NaN.
    function rem(uint256 a, uint256 b) internal pure returns (uint256 c) {
        uint256 x = a & Float32.MAGNITUDE;
        uint256 y = b & Float32.MAGNITUDE;
        if (x >= Float32.INFINITY || y == 0 || Compare32.isNaN(b)) return Float32.NAN;
        if (x < y) return a;
        assembly ("memory-safe") {
            let e := sub(shr(23, x), gt(x, 0x7fffff)) // scale of a
            let f := sub(shr(23, y), gt(y, 0x7fffff)) // scale of b, which is not larger
            // What the significand of a, in units of b's, leaves: exact, since mulmod has no overflow.
            let m := mulmod(sub(x, shl(23, e)), shl(sub(e, f), 1), sub(y, shl(23, f)))
            // How far the leading bit is below bit 23. The number is subnormal if its scale ends at 0.
            let k := sub(clz(m), 232)
            if gt(k, f) {
                k := f
            }
            // A zero has clz 256, so k is at most 24 or f, and takes its scale with it.
            c := mul(add(shl(23, sub(f, k)), shl(k, m)), gt(m, 0))
            c := or(c, and(a, 0x80000000)) // they share no bit
        }
    }
}
