// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ElementType} from "../types/Program.sol";

/// @title Dot8
/// @notice Sums of products of bytes that lie one behind the other in memory, 32 at a time.
/// @dev A signed byte with its sign flipped is the unsigned byte that is 128 more. With bytes a and b that are shifted so,
/// and their zero points s and t as well, a sum of products is
///
/// ```
///   sum (a - s) * (b - t)  =  sum a * b  -  t * sum a  -  s * sum b  +  count * s * t
/// ```
library Dot8 {
    /// @dev The sign bits of 32 bytes.
    uint256 private constant SIGNS = 0x8080808080808080808080808080808080808080808080808080808080808080;

    /// @notice The sum of `(a - zeroA) * (b - zeroB)` for `count` bytes from the memory addresses `a` and `b` on, less
    /// than 2^16 of them, modulo 2^256.
    function sum(
        uint256 a,
        ElementType typeA,
        uint256 zeroA,
        uint256 b,
        ElementType typeB,
        uint256 zeroB,
        uint256 count
    ) internal pure returns (uint256) {
        uint256 flipA = typeA == ElementType.Int8 ? SIGNS : 0;
        uint256 flipB = typeB == ElementType.Int8 ? SIGNS : 0;
        (uint256 products, uint256 sumA, uint256 sumB) = _sums(a, flipA, b, flipB, count);
        unchecked {
            zeroA += flipA & 128;
            zeroB += flipB & 128;
            return products - zeroB * sumA - zeroA * sumB + count * zeroA * zeroB;
        }
    }

    /// @dev The sums of products and of factors, with some bits flipped.
    ///
    /// A word has eight groups of four bytes. One byte of each group is a number of eight digits in base 2^32, lowest
    /// first; the product of two such numbers has, as its eighth digit, the sum of the products of digits k and 7 - k.
    /// No digit carries into another one, since 2^16 products of bytes are less than 2^32.
    function _sums(
        uint256 a,
        uint256 flipA,
        uint256 b,
        uint256 flipB,
        uint256 count
    ) private pure returns (uint256 products, uint256 sumA, uint256 sumB) {
        assembly ("memory-safe") {
            let digits := 0x000000ff000000ff000000ff000000ff000000ff000000ff000000ff000000ff
            for {} count {
                a := add(a, 32)
                b := add(b, 32)
            } {
                let x := xor(mload(a), flipA)
                let y := xor(mload(b), flipB)
                if lt(count, 32) {
                    // The first `count` bytes of the word; what is behind them becomes zero.
                    let keep := not(shr(shl(3, count), not(0)))
                    x := and(x, keep)
                    y := and(y, keep)
                    count := 32
                }
                count := sub(count, 32)
                // The groups of b from last to first: swaps halves, then quarters, then groups.
                y := or(shl(128, y), shr(128, y))
                y := or(
                    shl(64, and(y, 0xffffffffffffffff0000000000000000ffffffffffffffff)),
                    and(shr(64, y), 0xffffffffffffffff0000000000000000ffffffffffffffff)
                )
                y := or(
                    shl(32, and(y, 0xffffffff00000000ffffffff00000000ffffffff00000000ffffffff)),
                    and(shr(32, y), 0xffffffff00000000ffffffff00000000ffffffff00000000ffffffff)
                )
                for {
                    let k := 0
                } lt(k, 32) {
                    k := add(k, 8)
                } {
                    let u := and(shr(k, x), digits) // one byte of each group
                    let v := and(shr(k, y), digits)
                    products := add(products, mul(u, v)) // what is above the eighth digit falls away
                    sumA := add(sumA, u)
                    sumB := add(sumB, v)
                }
            }
            // The eighth digits. Times 1 in every digit, that is the sum of the digits.
            let ones := 0x0000000100000001000000010000000100000001000000010000000100000001
            products := shr(224, products)
            sumA := shr(224, mul(sumA, ones))
            sumB := shr(224, mul(sumB, ones))
        }
    }
}
