// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Float32} from "./Float32.sol";

/// @title Dot32
/// @notice Sums of products of binary32 numbers in memory, term by term: two roundings each, as `Float32.mul` and
/// `Float32.add` make them.
/// @dev Between terms the sum is an integer in two's complement, in units of 2^-150. Every binary32 number is an
/// even one, so that subnormal numbers need no care, and to add is to add. What is too large for that, infinities
/// and NaN are left to `Float32`.
///
/// Scales and significands are those of `Float32`.
library Dot32 {
    /// @dev The bits of 2^73. A sum that a product of at least 2^74 was added to is not smaller: the next attempt waits.
    uint256 private constant LIMIT = 0x64000000;

    /// @notice Returns `sum` plus `count` products, in order. The operands of the first one are at the memory
    /// addresses `a` and `b`, those of each further one `strideA` and `strideB` bytes behind.
    function accumulate(
        uint256 sum,
        uint256 a,
        uint256 strideA,
        uint256 b,
        uint256 strideB,
        uint256 count
    ) internal pure returns (uint256) {
        unchecked {
            while (true) {
                if (sum & Float32.MAGNITUDE < LIMIT) {
                    uint256 rest;
                    (sum, rest) = _small(a, strideA, b, strideB, count, _fixed(sum));
                    sum = _float(sum);
                    a += strideA * (count - rest);
                    b += strideB * (count - rest);
                    count = rest;
                }
                // Nothing makes a number of NaN.
                if (count == 0 || sum & Float32.MAGNITUDE > Float32.INFINITY) break;
                sum = Float32.add(sum, Float32.mul(_load(a), _load(b)));
                a += strideA;
                b += strideB;
                --count;
            }
        }
        return sum;
    }

    /// @dev Adds products as long as they are smaller than 2^75. Returns the sum, and how many are left.
    /// `start` is below 2^73, and there are far less than 2^24 terms: no sum leaves the 256 bits.
    function _small(
        uint256 a,
        uint256 strideA,
        uint256 b,
        uint256 strideB,
        uint256 count,
        uint256 start
    ) private pure returns (uint256 sum, uint256 rest) {
        rest = count;
        sum = start;
        assembly ("memory-safe") {
            for {} rest {
                rest := sub(rest, 1)
                a := add(a, strideA)
                b := add(b, strideB)
            } {
                // Four copies of the element, whose last byte is the lowest, from the bits 24, 56, 88 and 120 on.
                let v := mul(shr(224, mload(a)), 0x01000000010000000100000001000000)
                let w := mul(shr(224, mload(b)), 0x01000000010000000100000001000000)
                // The magnitudes. The first byte is kept in the last copy and so on, without the sign: at the bits
                // 144, 104, 64 and 24. Modulo 2^48 - 1 these are the bits 0, 8, 16 and 24.
                let x := mod(and(v, 0xff00000000ff00000000ff000000007f000000), 0xffffffffffff)
                let y := mod(and(w, 0xff00000000ff00000000ff000000007f000000), 0xffffffffffff)
                if iszero(and(lt(sub(x, 1), 0x7f7fffff), lt(sub(y, 1), 0x7f7fffff))) {
                    if gt(add(x, y), 0x7f7fffff) {
                        break // infinity or NaN
                    }
                    continue // one is zero: that adds nothing, as the sum is never -0
                }
                let e := sub(shr(23, x), gt(x, 0x7fffff)) // scale of a
                let f := sub(shr(23, y), gt(y, 0x7fffff)) // scale of b
                let m := mul(sub(x, shl(23, e)), sub(y, shl(23, f))) // in units of 2^(e + f - 298)
                let k := clz(m)
                // With the leading bit of m at bit 172, bit 149 is the last one to keep, and worth 2^(d - 150).
                let d := sub(add(add(e, f), 84), k)
                // One condition for two: d is from 1 to 200.
                if iszero(lt(sub(d, 1), 200)) {
                    if sgt(d, 0) {
                        break // the product is 2^74 or more
                    }
                    // Subnormal: the last bit to keep is worth 2^-149. There is a place for it, as k + d >= 84.
                    k := sub(add(k, d), 1)
                    d := 1
                }
                let r := shl(sub(k, 83), m)
                // Rounds to even at bit 149. Adds that, or its negation if the signs, which are at bit 31, differ.
                sum := add(
                    sum,
                    shl(
                        d,
                        mul(
                            shr(
                                149,
                                add(add(r, 0xfffffffffffffffffffffffffffffffffffff), and(shr(149, r), 1))
                            ),
                            sub(1, and(shr(30, xor(v, w)), 2))
                        )
                    )
                )
                // 24 bits are to be kept, or those down to 2^-149 if they are fewer: e are to be dropped. The number
                // of leading bits that are alike is one more for the negation of a power of two, which is even then.
                e := sub(232, clz(or(xor(sum, sar(255, sum)), 0x1000000)))
                f := shl(e, not(0)) // the bits to keep
                // Rounds to even: that holds for two's complement as well.
                sum := and(add(add(sum, shr(1, not(f))), and(shr(e, sum), 1)), f)
            }
        }
    }

    /// @dev A number below 2^73 in units of 2^-150.
    function _fixed(uint256 x) private pure returns (uint256 sum) {
        assembly ("memory-safe") {
            let y := and(x, 0x7fffffff) // magnitude
            let e := sub(shr(23, y), gt(y, 0x7fffff)) // scale: the significand is in units of 2^(e - 149)
            // Times 1, or -1 if the sign is set.
            sum := mul(shl(add(e, 1), sub(y, shl(23, e))), sub(1, and(shr(30, x), 2)))
        }
    }

    /// @dev The pattern of a number in units of 2^-150, which it has without rounding.
    function _float(uint256 sum) private pure returns (uint256 x) {
        assembly ("memory-safe") {
            let sign := sar(255, sum) // 0 or -1
            sum := sub(xor(sum, sign), sign) // the absolute value
            let k := sub(232, clz(or(sum, 0x1000000))) // bits below the significand: one more than the scale
            // Packs.
            x := or(add(shl(23, sub(k, 1)), shr(k, sum)), and(sign, 0x80000000))
        }
    }

    /// @dev The element at a memory address: as in `_small`, with its sign.
    function _load(uint256 source) private pure returns (uint256 x) {
        assembly ("memory-safe") {
            x := mul(shr(224, mload(source)), 0x01000000010000000100000001000000)
            x := mod(and(x, 0xff00000000ff00000000ff00000000ff000000), 0xffffffffffff)
        }
    }
}
