// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32} from "./Float32.sol";

/// @title Compare32
/// @notice The order of binary32 numbers, on bit patterns as `Float32` has them.
library Compare32 {
    /// @notice Returns the larger of `a` and `b`: the operation `maximum` of IEEE 754-2019, in which -0 is
    /// smaller than +0 and a NaN operand makes the result the canonical one.
    function maximum(uint256 a, uint256 b) internal pure returns (uint256 c) {
        assembly ("memory-safe") {
            let s := signextend(3, a) // a as a signed 32-bit integer, negative if its sign bit is set
            let t := signextend(3, b) // b likewise
            // The order of the integers is the order of the numbers, but the opposite if both are negative.
            let first := xor(sgt(s, t), slt(and(s, t), 0))
            c := xor(b, mul(xor(a, b), first)) // a if it comes first, otherwise b
            if or(gt(and(a, 0x7fffffff), 0x7f800000), gt(and(b, 0x7fffffff), 0x7f800000)) {
                c := 0x7fc00000 // an operand is NaN
            }
        }
    }

    /// @notice Returns the smaller of `a` and `b`: the operation `minimum` of IEEE 754-2019.
    function minimum(uint256 a, uint256 b) internal pure returns (uint256 c) {
        assembly ("memory-safe") {
            let s := signextend(3, a) // a as a signed 32-bit integer, negative if its sign bit is set
            let t := signextend(3, b) // b likewise
            // The order of the integers is the order of the numbers, but the opposite if both are negative.
            let first := xor(slt(s, t), slt(and(s, t), 0))
            c := xor(b, mul(xor(a, b), first)) // a if it comes first, otherwise b
            if or(gt(and(a, 0x7fffffff), 0x7f800000), gt(and(b, 0x7fffffff), 0x7f800000)) {
                c := 0x7fc00000 // an operand is NaN
            }
        }
    }

    /// @notice Returns 1 if `a` and `b` are the same number, and 0 otherwise; no NaN is.
    function equal(uint256 a, uint256 b) internal pure returns (uint256) {
        return !isNaN(a) && !isNaN(b) && ordinal(a) == ordinal(b) ? 1 : 0;
    }

    /// @notice Returns 1 if `a` is smaller than `b`, and 0 otherwise; no NaN is.
    function less(uint256 a, uint256 b) internal pure returns (uint256) {
        return !isNaN(a) && !isNaN(b) && ordinal(a) < ordinal(b) ? 1 : 0;
    }

    /// @notice True for any NaN.
    function isNaN(uint256 x) internal pure returns (bool) {
        return x & Float32.MAGNITUDE > Float32.INFINITY;
    }

    /// @notice An integer of at most 31 bits and a sign, in the order of the numbers; zero for both zeros.
    function ordinal(uint256 x) internal pure returns (int256) {
        unchecked {
            int256 magnitude = int256(x & Float32.MAGNITUDE);
            return x & Float32.SIGN == 0 ? magnitude : -magnitude;
        }
    }
}
