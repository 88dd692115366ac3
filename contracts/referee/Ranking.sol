// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {ElementType} from "../types/Program.sol";
import {Compare32} from "./Compare32.sol";
import {Frame} from "./Frame.sol";
import {Walk, Walks} from "./Walk.sol";

/// @title Ranking
/// @notice Finds the candidate that has a given number of others before it.
/// @dev Keys are mapped to unsigned integers whose order is the wanted one, smallest first. The key of a
/// rank is found four bits at a time from the top, by counting: work grows with the number of candidates only,
/// whatever the keys are.
library Ranking {
    using Walks for Walk;

    uint256 private constant SMALLEST = 1;
    uint256 private constant LAST_INDEX = 2;

    /// @notice The index among all reduction indices of the candidate whose rank is the last coordinate of
    /// the domain; -1 if there are not as many.
    function rank(Frame memory frame) internal pure returns (uint256 value, ElementType) {
        uint256 mode = frame.step.mode;
        uint256[] memory keys = _keys(frame, mode & SMALLEST != 0);
        uint256 before = frame.index[frame.index.length - 1];
        value = type(uint256).max;
        if (before < keys.length) {
            uint256 key;
            (key, before) = _select(keys, before);
            value = _find(keys, key, before, mode & LAST_INDEX != 0);
        }
        return (value, ElementType.Int64);
    }

    /// @dev The keys of all candidates in order.
    function _keys(Frame memory frame, bool smallest) private pure returns (uint256[] memory keys) {
        ElementType t = frame.step.operands[0].tensor.elementType;
        Walk memory walk = Walks.start(frame, new uint256[](1));
        keys = new uint256[](walk.terms);
        for (uint256 i; walk.next(); i += walk.values[0].length) _map(walk.values[0], keys, i, t, smallest);
    }

    /// @dev Maps values to the keys from number `start` on. NaN precedes everything: its key is 0, and
    /// those of numbers are from 0x007fffff on.
    function _map(
        uint256[] memory values,
        uint256[] memory keys,
        uint256 start,
        ElementType t,
        bool smallest
    ) private pure {
        bool isFloat = t == ElementType.Float32;
        (int256 low, int256 high) = Elements.bounds(t);
        for (uint256 i; i < values.length; ++i) {
            uint256 value = values[i];
            if (isFloat && Compare32.isNaN(value)) continue;
            int256 x = isFloat ? Compare32.ordinal(value) : int256(value);
            unchecked {
                keys[start + i] = uint256(smallest ? x - low : high - x);
            }
        }
    }

    /// @dev The key with rank `before`, and how many candidates with the same key are before it.
    function _select(uint256[] memory keys, uint256 before) private pure returns (uint256 key, uint256) {
        unchecked {
            uint256 shift = _commonBit(keys);
            key = keys[0] >> shift;
            while (shift > 0) {
                shift -= 4;
                uint256 counts = _count(keys, key, shift);
                key <<= 4;
                for (; before >= counts & 0xffff; ++key) {
                    before -= counts & 0xffff;
                    counts >>= 16;
                }
            }
        }
        return (key, before);
    }

    /// @dev A multiple of four, such that the keys do not differ in this bit or above.
    function _commonBit(uint256[] memory keys) private pure returns (uint256 shift) {
        uint256 difference;
        assembly ("memory-safe") {
            let first := mload(add(keys, 32)) // behind the word with the length
            let end := add(add(keys, 32), shl(5, mload(keys))) // behind the last key
            for {
                let key := add(keys, 32)
            } lt(key, end) {
                key := add(key, 32)
            } {
                // Collects all bits in which a key differs from the first one.
                difference := or(difference, xor(first, mload(key)))
            }
        }
        while (difference >> shift != 0) shift += 4;
    }

    /// @dev How often each of the 16 values of the four bits from `shift` on follows among the keys that start
    /// with `prefix`: sixteen numbers of 16 bits, the first one lowest. A proof about more than 2^16 - 1
    /// candidates takes more gas than there is in a transaction.
    function _count(
        uint256[] memory keys,
        uint256 prefix,
        uint256 shift
    ) private pure returns (uint256 counts) {
        assembly ("memory-safe") {
            let end := add(add(keys, 32), shl(5, mload(keys))) // behind the last key
            for {
                let pointer := add(keys, 32)
            } lt(pointer, end) {
                pointer := add(pointer, 32)
            } {
                let key := shr(shift, mload(pointer)) // four bits, under those that must be the prefix
                if eq(shr(4, key), prefix) {
                    counts := add(counts, shl(shl(4, and(key, 15)), 1)) // one more at place `key & 15`
                }
            }
        }
    }

    /// @dev The candidate with a key that has `before` others with it in front, or behind if `last`.
    function _find(
        uint256[] memory keys,
        uint256 key,
        uint256 before,
        bool last
    ) private pure returns (uint256 candidate) {
        for (uint256 i; i < keys.length; ++i) {
            candidate = last ? keys.length - 1 - i : i;
            if (keys[candidate] != key) continue;
            if (before == 0) break;
            --before;
        }
    }
}
