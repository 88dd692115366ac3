// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32} from "./Float32.sol";

/// @title Exp32
/// @notice The exponential function on binary32 bit patterns, as one fixed sequence of `Float32` operations.
/// @dev With n the integer nearest to x * log2(e), exp(x) = 2^n * exp(r) for r = x - n * ln(2), so that
/// |r| <= 0.35. ln(2) is subtracted in two parts, of which the first has nine significant bits: its product
/// with n is exact. exp(r) is 1 + r + r^2 * P(r).
///
/// Reduction constants and the polynomial P are those of `expf` in the Cephes library by Stephen L. Moshier
/// (single/expf.c, https://www.netlib.org/cephes). Errors, thresholds and the normative text are in section 2
/// of docs/semantics.md.
library Exp32 {
    /// @dev log2(e) = 1.44269502162933349609375.
    uint256 private constant LOG2_E = 0x3fb8aa3b;

    /// @dev 1.5 * 2^23. Adding it to a number below 2^22 rounds that to an integer, ties to even.
    uint256 private constant SHIFTER = 0x4b400000;

    /// @dev 0.693359375, the leading bits of ln(2).
    uint256 private constant LN2_HIGH = 0x3f318000;

    /// @dev ln(2) - 0.693359375, about -2.12194440e-4.
    uint256 private constant LN2_LOW = 0xb95e8083;

    // Coefficients of P, from r^5 down to r^0.
    uint256 private constant P5 = 0x39506967; // 1.9875691500e-4
    uint256 private constant P4 = 0x3ab743ce; // 1.3981999507e-3
    uint256 private constant P3 = 0x3c088908; // 8.3334519073e-3
    uint256 private constant P2 = 0x3d2aa9c1; // 4.1665795894e-2
    uint256 private constant P1 = 0x3e2aaaaa; // 1.6666665459e-1
    uint256 private constant P0 = 0x3f000000; // 5.0000001201e-1, which rounds to 0.5

    uint256 private constant ONE = 0x3f800000;

    /// @dev The smallest number whose exponential overflows, about 88.7228394.
    uint256 private constant OVERFLOW = 0x42b17218;

    /// @dev The magnitude of -104. The exponential of -104 and below rounds to zero.
    uint256 private constant UNDERFLOW = 0x42d00000;

    /// @notice Returns e^x, for any bit pattern: +infinity for x >= 88.7228394, +0 for x <= -103.972084.
    function exp(uint256 x) internal pure returns (uint256) {
        if (x & Float32.MAGNITUDE > Float32.INFINITY) return Float32.NAN;
        if (x < Float32.SIGN && x >= OVERFLOW) return Float32.INFINITY;
        if (x >= Float32.SIGN + UNDERFLOW) return 0;

        uint256 shifted = Float32.add(Float32.mul(x, LOG2_E), SHIFTER);
        uint256 n = Float32.sub(shifted, SHIFTER);
        uint256 r = Float32.sub(x, Float32.mul(n, LN2_HIGH));
        r = Float32.sub(r, Float32.mul(n, LN2_LOW));
        unchecked {
            // The integer n is the difference of the bit patterns: the unit of `shifted` is one.
            return _scale(_polynomial(r), int256(shifted) - int256(SHIFTER));
        }
    }

    /// @dev Returns 1 + (r + r^2 * P(r)), with P evaluated by Horner's rule.
    function _polynomial(uint256 r) private pure returns (uint256 y) {
        y = Float32.add(Float32.mul(P5, r), P4);
        y = Float32.add(Float32.mul(y, r), P3);
        y = Float32.add(Float32.mul(y, r), P2);
        y = Float32.add(Float32.mul(y, r), P1);
        y = Float32.add(Float32.mul(y, r), P0);
        y = Float32.add(Float32.mul(y, Float32.mul(r, r)), r);
        y = Float32.add(y, ONE);
    }

    /// @dev Returns y * 2^n, for y from 0.5 to below 2 and n from -150 to 128. The specification multiplies by
    /// 2^floor(n / 2), which is exact, and then by 2^(n - floor(n / 2)), which rounds if the result is subnormal
    /// or overflows. From n = -125 to 127 the second product is exact too, and only the exponent changes.
    function _scale(uint256 y, int256 n) private pure returns (uint256) {
        unchecked {
            if (n >= -125 && n <= 127) return uint256(int256(y) + n * 0x800000);
            int256 half = n >> 1;
            return Float32.mul(Float32.mul(y, _powerOfTwo(half)), _powerOfTwo(n - half));
        }
    }

    /// @dev Returns 2^n for n from -126 to 127.
    function _powerOfTwo(int256 n) private pure returns (uint256) {
        unchecked {
            return uint256(n + 127) << 23;
        }
    }
}
