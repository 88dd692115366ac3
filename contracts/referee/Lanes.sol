// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Access} from "../types/Program.sol";
import {Operand, Operands} from "./Operands.sol";

/// @notice One access while the reduction loops run: it moves by additions only.
struct Lane {
    /// The element that is read now.
    int256 position;
    /// What to add when reduction loop `i` goes on by one and all loops inside of it start again.
    int256[] steps;
    Fence[] fences;
    Operand operand;
    uint256 tensorId;
    int256 length;
    /// Elements of the chunk that was read last: from `first` on, at memory address `pointer`.
    uint256 first;
    uint256 pointer;
}

/// @notice A guard while the reduction loops run.
struct Fence {
    int256 coordinate;
    int256 size;
    int256[] steps;
}

/// @title Lanes
/// @notice Reads the operands of one element in the order of the reduction.
library Lanes {
    using Operands for Operand;

    uint256 private constant CHUNK_ELEMENTS = 256;

    /// @dev The descriptor reads outside of its tensor: no valid model does.
    error AccessOutOfRange(uint256 tensorId, int256 position);

    /// @notice Places an access at domain coordinates `index`, before the first reduction index.
    function open(
        Access memory access,
        Operand memory operand,
        uint256[] memory index,
        uint32[] memory reduction
    ) internal pure returns (Lane memory lane) {
        lane.operand = operand;
        lane.tensorId = access.tensor.id;
        lane.length = int256(uint256(access.tensor.length));
        (lane.position, lane.steps) = _place(access.base, access.strides, index, reduction);
        lane.fences = new Fence[](access.guards.length);
        for (uint256 i; i < lane.fences.length; ++i) {
            Fence memory fence = lane.fences[i];
            fence.size = access.guards[i].size;
            (fence.coordinate, fence.steps) = _place(
                access.guards[i].offset,
                access.guards[i].coefficients,
                index,
                reduction
            );
        }
    }

    /// @notice The bit pattern of the current element.
    /// @return inside False when a guard fails: the read falls on padding and `bits` is +0.
    function read(Lane memory lane) internal pure returns (bool inside, uint256 bits) {
        for (uint256 i; i < lane.fences.length; ++i) {
            Fence memory fence = lane.fences[i];
            if (fence.coordinate < 0 || fence.coordinate >= fence.size) return (false, 0);
        }
        int256 position = lane.position;
        if (position < 0 || position >= lane.length) revert AccessOutOfRange(lane.tensorId, position);
        unchecked {
            // Wraps to something large when the element lies before the chunk.
            uint256 offset = uint256(position) - lane.first;
            if (offset >= CHUNK_ELEMENTS || lane.pointer == 0) offset = _seek(lane, uint256(position));
            return (true, _load(lane.pointer + 4 * offset));
        }
    }

    /// @notice Goes on by one in reduction loop `loop`; the loops inside of it start again.
    function advance(Lane memory lane, uint256 loop) internal pure {
        unchecked {
            // At most 2^32 steps of 64-bit strides: far from 256 bits.
            lane.position += lane.steps[loop];
            for (uint256 i; i < lane.fences.length; ++i) {
                Fence memory fence = lane.fences[i];
                fence.coordinate += fence.steps[loop];
            }
        }
    }

    /// @dev Start and steps of an affine form whose factors are those of the domain, then the reduction.
    function _place(
        int256 start,
        int64[] memory factors,
        uint256[] memory index,
        uint32[] memory reduction
    ) private pure returns (int256, int256[] memory steps) {
        for (uint256 i; i < index.length; ++i) start += factors[i] * int256(index[i]);
        steps = new int256[](reduction.length);
        // What the loops inside have added by the time they start again.
        int256 inner;
        for (uint256 i = reduction.length; i > 0; --i) {
            int256 factor = factors[index.length + i - 1];
            steps[i - 1] = factor - inner;
            inner += factor * (int256(uint256(reduction[i - 1])) - 1);
        }
        return (start, steps);
    }

    /// @dev Makes the chunk that holds `position` the current one; returns the offset within it.
    function _seek(Lane memory lane, uint256 position) private pure returns (uint256) {
        uint256 chunk = position / CHUNK_ELEMENTS;
        lane.pointer = lane.operand.find(lane.tensorId, chunk);
        lane.first = chunk * CHUNK_ELEMENTS;
        return position - lane.first;
    }

    /// @dev The little-endian 32-bit word at a memory address.
    function _load(uint256 pointer) private pure returns (uint256 bits) {
        assembly ("memory-safe") {
            // The four bytes at `pointer`, the first one uppermost.
            bits := shr(224, mload(pointer))
            // Swap the bytes of each half, then the halves.
            bits := or(shl(8, and(bits, 0x00ff00ff)), and(shr(8, bits), 0x00ff00ff))
            bits := or(shl(16, and(bits, 0xffff)), shr(16, bits))
        }
    }
}
