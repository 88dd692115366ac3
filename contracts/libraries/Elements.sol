// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ElementType} from "../types/Program.sol";

/// @title Elements
/// @notice What an element is in a tree (bytes) and what it is in a register (a word).
/// @dev Registers, by type:
///
/// ```
///   Float32             the 32-bit pattern; the upper bits are zero
///   Int8, Int32, Int64  the integer, in two's complement of 256 bits
///   Uint8               the integer
///   Bool                0 or 1
/// ```
///
/// The *bits* of an element are its bytes as one integer, the first byte being the least significant one.
library Elements {
    /// @dev Byte `t` from the right is the width of type `t`.
    uint256 private constant WIDTHS = 0x010804010104;

    /// @dev Byte `t` from the right is the byte, from the lowest on, that has the sign of type `t`; 31 for none.
    uint256 private constant SIGNS = 0x1f07031f001f;

    /// @notice Bytes of one element.
    function width(ElementType t) internal pure returns (uint256 bytesInAll) {
        assembly ("memory-safe") {
            bytesInAll := byte(31, shr(shl(3, t), WIDTHS)) // the byte of the type
        }
    }

    /// @notice Whether elements are Float32.
    function isFloat(ElementType t) internal pure returns (bool) {
        return t == ElementType.Float32;
    }

    /// @notice Whether elements are Int8 or Uint8.
    function isByte(ElementType t) internal pure returns (bool) {
        return t == ElementType.Int8 || t == ElementType.Uint8;
    }

    /// @notice Whether elements are Bool.
    function isBool(ElementType t) internal pure returns (bool) {
        return t == ElementType.Bool;
    }

    /// @notice The smallest and the largest integer of a type; those of Int32 for Float32.
    function bounds(ElementType t) internal pure returns (int256 low, int256 high) {
        unchecked {
            if (isBool(t)) return (0, 1);
            if (t == ElementType.Uint8) return (0, 255);
            high = int256((1 << (8 * width(t) - 1)) - 1);
            low = -high - 1;
        }
    }

    /// @notice The register of an element whose bits are the lowest ones of `bits`, whatever is above.
    /// @dev This wraps an integer to its type, too.
    function fromBits(uint256 bits, ElementType t) internal pure returns (uint256 value) {
        value = toBits(bits, t);
        if (isBool(t)) return value == 0 ? 0 : 1;
        assembly ("memory-safe") {
            // Copies the sign, if there is one, into everything above its byte.
            value := signextend(byte(31, shr(shl(3, t), SIGNS)), value)
        }
    }

    /// @notice The bits that stand for a register.
    function toBits(uint256 value, ElementType t) internal pure returns (uint256) {
        unchecked {
            return value & ((1 << (8 * width(t))) - 1);
        }
    }

    /// @notice Reads `count` elements, the first one at memory address `source` and each of the others `stride`
    /// bytes further, in two's complement; writes them as registers to `target`, one word each.
    function copy(
        uint256 source,
        uint256 stride,
        ElementType t,
        uint256 target,
        uint256 count
    ) internal pure {
        uint256 size = width(t);
        bool truth = isBool(t);
        assembly ("memory-safe") {
            let last := byte(31, shr(shl(3, t), SIGNS)) // the byte with the sign
            let end := add(target, shl(5, count)) // behind the last word
            switch size
            case 1 {
                for {} lt(target, end) {} {
                    // The element is the uppermost byte of the word at its address.
                    let x := signextend(last, byte(0, mload(source)))
                    if truth {
                        x := gt(x, 0) // any byte but zero is true
                    }
                    mstore(target, x)
                    target := add(target, 32) // the next word
                    source := add(source, stride) // the next element
                }
            }
            case 4 {
                for {} lt(target, end) {} {
                    // The element is the uppermost four bytes, the first one on top. Swap the bytes of each half,
                    // then the halves.
                    let x := shr(224, mload(source))
                    x := or(shl(8, and(x, 0x00ff00ff)), and(shr(8, x), 0x00ff00ff))
                    x := or(shl(16, and(x, 0xffff)), shr(16, x))
                    mstore(target, signextend(last, x))
                    target := add(target, 32) // the next word
                    source := add(source, stride) // the next element
                }
            }
            default {
                for {} lt(target, end) {} {
                    // The element is the uppermost eight bytes: likewise, then the halves of eight.
                    let x := shr(192, mload(source))
                    x := or(shl(8, and(x, 0x00ff00ff00ff00ff)), and(shr(8, x), 0x00ff00ff00ff00ff))
                    x := or(shl(16, and(x, 0x0000ffff0000ffff)), and(shr(16, x), 0x0000ffff0000ffff))
                    x := or(shl(32, and(x, 0xffffffff)), shr(32, x))
                    mstore(target, signextend(last, x))
                    target := add(target, 32) // the next word
                    source := add(source, stride) // the next element
                }
            }
        }
    }

    /// @notice The register of the element at a memory address.
    function load(uint256 source, ElementType t) internal pure returns (uint256) {
        uint256 x;
        assembly ("memory-safe") {
            // The first eight bytes, in reverse: swaps bytes, then pairs, then halves.
            x := shr(192, mload(source))
            x := or(shl(8, and(x, 0x00ff00ff00ff00ff)), and(shr(8, x), 0x00ff00ff00ff00ff))
            x := or(shl(16, and(x, 0x0000ffff0000ffff)), and(shr(16, x), 0x0000ffff0000ffff))
            x := or(shl(32, and(x, 0xffffffff)), shr(32, x))
        }
        return fromBits(x, t);
    }
}
