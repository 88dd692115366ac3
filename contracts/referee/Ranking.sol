// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {ElementType} from "../types/Program.sol";
import {Compare32} from "./Compare32.sol";
import {Frame} from "./Frame.sol";
import {Walk, Walks} from "./Walk.sol";

/// @title Ranking
/// @notice Finds the candidate that has a given number of others before it, or counts how many a given one has.
/// @dev Keys are mapped to unsigned integers whose order is the wanted one, smallest first. The key of a
/// rank is found a few bits at a time from the top, by counting: work grows with the number of candidates only,
/// whatever the keys are.
library Ranking {
    using Walks for Walk;

    uint256 private constant SMALLEST = 1;
    uint256 private constant LAST_INDEX = 2;

    /// @dev -1.
    uint256 private constant NONE = type(uint256).max;

    /// @dev The candidate of the hint is none, or is not the one with the wanted rank.
    error HintWrong(uint256 hint);

    /// @notice The candidate that has the wanted rank; -1 if there is none.
    function search(Frame memory frame) internal pure returns (uint256) {
        (uint256 rank, bool exists) = _wanted(frame);
        if (!exists) return NONE;
        uint256[] memory keys = _allKeys(frame);
        (uint256 key, uint256 before) = _select(keys, rank);
        return _find(keys, key, before, frame.step.mode & LAST_INDEX != 0);
    }

    /// @notice `before` and as many more as there are candidates from `from` to below `until` that come before
    /// candidate `hint`. If none has the wanted rank, nothing is counted.
    function count(
        Frame memory frame,
        uint256 hint,
        uint256 before,
        uint256 from,
        uint256 until
    ) internal pure returns (uint256) {
        (, bool exists) = _wanted(frame);
        if (!exists) return before;
        if (hint >= frame.terms) revert HintWrong(hint);
        Walk memory walk = Walks.start(frame, 1, hint, hint + 1);
        walk.next();
        uint256 key = _keys(walk, frame)[0];
        bool last = frame.step.mode & LAST_INDEX != 0;
        walk = Walks.start(frame, 1, from, until);
        while (walk.next()) {
            uint256[] memory keys = _keys(walk, frame);
            unchecked {
                for (uint256 i; i < keys.length; ++i) {
                    // An equal key is enough on the side of the hint that the order favours.
                    bool favoured = last ? from + i > hint : from + i < hint;
                    if (keys[i] < (favoured ? key + 1 : key)) ++before;
                }
                from += keys.length;
            }
        }
        return before;
    }

    /// @notice The candidate that has the wanted rank, which is the hint if `before` others are before it; -1 if there
    /// is none.
    function confirm(Frame memory frame, uint256 hint, uint256 before) internal pure returns (uint256) {
        (uint256 rank, bool exists) = _wanted(frame);
        if (!exists) return NONE;
        if (before != rank) revert HintWrong(hint);
        return hint;
    }

    /// @dev The rank that is wanted, the last coordinate of the domain, and whether there are so many candidates.
    function _wanted(Frame memory frame) private pure returns (uint256 rank, bool exists) {
        uint256[] memory index = frame.still.index;
        rank = index[index.length - 1];
        exists = rank < frame.terms;
    }

    /// @dev The keys of all candidates in order.
    function _allKeys(Frame memory frame) private pure returns (uint256[] memory all) {
        Walk memory walk = Walks.start(frame, 1, 0, frame.terms);
        all = new uint256[](frame.terms);
        uint256 target;
        assembly ("memory-safe") {
            target := add(all, 32) // behind the word with the length
        }
        while (walk.next()) {
            uint256[] memory keys = _keys(walk, frame);
            assembly ("memory-safe") {
                let size := shl(5, mload(keys)) // 32 bytes each
                mcopy(target, add(keys, 32), size)
                target := add(target, size)
            }
        }
    }

    /// @dev The keys of the current stretch. NaN precedes everything: its key is 0, and those of numbers are from
    /// 0x007fffff on.
    function _keys(Walk memory walk, Frame memory frame) private pure returns (uint256[] memory keys) {
        ElementType t = frame.step.operands[0].tensor.elementType;
        bool smallest = frame.step.mode & SMALLEST != 0;
        bool isFloat = Elements.isFloat(t);
        (int256 low, int256 high) = Elements.bounds(t);
        keys = walk.values(0);
        unchecked {
            for (uint256 i; i < keys.length; ++i) {
                uint256 value = keys[i];
                int256 x = isFloat ? Compare32.ordinal(value) : int256(value);
                bool isNaN = isFloat && Compare32.isNaN(value);
                keys[i] = isNaN ? 0 : uint256(smallest ? x - low : high - x);
            }
        }
    }

    /// @dev The key with rank `before`, and how many candidates with the same key are before it.
    function _select(uint256[] memory keys, uint256 before) private pure returns (uint256 key, uint256) {
        unchecked {
            // Bits at a time: all counts are in one word.
            uint256 bits = keys.length < 1 << 16 ? 4 : 3;
            uint256 width = 256 >> bits;
            uint256 mask = (1 << width) - 1;
            uint256 shift = _commonBit(keys, bits);
            key = keys[0] >> shift;
            while (shift > 0) {
                shift -= bits;
                uint256 counts = _count(keys, key, shift, bits);
                key <<= bits;
                for (; before >= counts & mask; ++key) {
                    before -= counts & mask;
                    counts >>= width;
                }
            }
        }
        return (key, before);
    }

    /// @dev A multiple of `bits`, such that the keys do not differ in this bit or above.
    function _commonBit(uint256[] memory keys, uint256 bits) private pure returns (uint256 shift) {
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
        while (difference >> shift != 0) shift += bits;
    }

    /// @dev How often each value of the `bits` bits from `shift` on follows among the keys that start with `prefix`:
    /// 2^bits numbers that share a word, the first one lowest.
    function _count(
        uint256[] memory keys,
        uint256 prefix,
        uint256 shift,
        uint256 bits
    ) private pure returns (uint256 counts) {
        assembly ("memory-safe") {
            let width := shr(bits, 256)
            let lowest := sub(shl(bits, 1), 1)
            let end := add(add(keys, 32), shl(5, mload(keys))) // behind the last key
            for {
                let pointer := add(keys, 32)
            } lt(pointer, end) {
                pointer := add(pointer, 32)
            } {
                let key := shr(shift, mload(pointer)) // some bits, under those that must be the prefix
                if eq(shr(bits, key), prefix) {
                    counts := add(counts, shl(mul(width, and(key, lowest)), 1)) // one more at this place
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
