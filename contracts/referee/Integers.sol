// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Integers
/// @notice Integer arithmetic on registers of any integer type, and on Bool where it has a meaning.
/// @dev Operands are registers as `Elements` has them. Results are right modulo 2^64: the caller wraps them to
/// their type. Never reverts.
library Integers {
    function add(uint256 a, uint256 b) internal pure returns (uint256) {
        unchecked {
            return a + b;
        }
    }

    function sub(uint256 a, uint256 b) internal pure returns (uint256) {
        unchecked {
            return a - b;
        }
    }

    function mul(uint256 a, uint256 b) internal pure returns (uint256) {
        unchecked {
            return a * b;
        }
    }

    /// @notice The quotient without its fraction; 0 if `b` is 0.
    function div(uint256 a, uint256 b) internal pure returns (uint256 c) {
        assembly ("memory-safe") {
            // Truncates, and gives 0 for a division by 0.
            c := sdiv(a, b)
        }
    }

    /// @notice What `div` leaves, with the sign of `a`; 0 if `b` is 0.
    function rem(uint256 a, uint256 b) internal pure returns (uint256 c) {
        assembly ("memory-safe") {
            // Has the sign of a, and is 0 modulo 0.
            c := smod(a, b)
        }
    }

    function min(uint256 a, uint256 b) internal pure returns (uint256) {
        return int256(a) < int256(b) ? a : b;
    }

    function max(uint256 a, uint256 b) internal pure returns (uint256) {
        return int256(a) > int256(b) ? a : b;
    }

    function and(uint256 a, uint256 b) internal pure returns (uint256) {
        return a & b;
    }

    function xor(uint256 a, uint256 b) internal pure returns (uint256) {
        return a ^ b;
    }

    /// @notice `a` shifted right by `b` bits, but not by less than none, under copies of its sign.
    /// @dev Whatever is beyond the width of the type shifts out all but the sign.
    function shr(uint256 a, uint256 b) internal pure returns (uint256) {
        return int256(b) < 0 ? a : uint256(int256(a) >> b);
    }

    function equal(uint256 a, uint256 b) internal pure returns (uint256) {
        return a == b ? 1 : 0;
    }

    function less(uint256 a, uint256 b) internal pure returns (uint256) {
        return int256(a) < int256(b) ? 1 : 0;
    }
}
