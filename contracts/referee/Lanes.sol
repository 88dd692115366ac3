// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {Access, ElementType, Guard, Lookup} from "../types/Program.sol";
import {Form, Forms} from "./Forms.sol";
import {Frame} from "./Frame.sol";
import {Operand, Operands} from "./Operands.sol";

/// @notice One access while the reduction loops run. The innermost loop is a *run*: it is read at once.
struct Lane {
    /// Where the run starts, but for what the probes add.
    Form position;
    /// True if the probes read the same coordinates all along a run.
    bool uniform;
    Fence[] fences;
    Probe[] probes;
    Operand operand;
    uint256 tensorId;
    int256 length;
    ElementType elementType;
    uint256 width;
    /// The chunk that was read last: its first byte within the tensor, and the memory address of that.
    uint256 first;
    uint256 pointer;
}

/// @notice A guard.
struct Fence {
    Form coordinate;
    int256 size;
}

/// @notice A lookup: the lane that reads the coordinate.
struct Probe {
    Lane lane;
    int256 stride;
    int256 size;
}

/// @title Lanes
/// @notice Reads the operands of one element in the order of the reduction.
library Lanes {
    using Forms for Form;
    using Operands for Operand;

    uint256 private constant CHUNK_BYTES = 1024;

    /// @dev No chunk starts here: any position is far from it.
    uint256 private constant NOWHERE = 1 << 255;

    /// @dev The descriptor reads outside of its tensor: no valid model does.
    error AccessOutOfRange(uint256 tensorId, int256 position);
    /// @dev The operand of a lookup has lookups of its own or is no integer: in no valid model.
    error LookupInvalid(uint256 operand);

    /// @notice Places operand `number` at the first reduction index of the element.
    function open(
        Frame memory frame,
        uint256 number,
        uint32[] memory reduction
    ) internal pure returns (Lane memory lane) {
        Access memory access = frame.step.operands[number];
        lane.operand = frame.operands[number];
        lane.tensorId = access.tensor.id;
        lane.length = int256(uint256(access.tensor.length));
        lane.elementType = access.tensor.elementType;
        lane.width = Elements.width(lane.elementType);
        lane.first = NOWHERE;
        lane.position = Forms.place(access.base, access.strides, frame.index, reduction);
        lane.uniform = true;
        lane.fences = new Fence[](access.guards.length);
        for (uint256 i; i < access.guards.length; ++i) {
            Guard memory guard = access.guards[i];
            Form memory coordinate = Forms.place(guard.offset, guard.coefficients, frame.index, reduction);
            lane.fences[i] = Fence(coordinate, guard.size);
        }
        lane.probes = new Probe[](access.lookups.length);
        for (uint256 i; i < access.lookups.length; ++i) {
            lane.probes[i] = _probe(access.lookups[i], frame, reduction);
            if (!_isConstant(lane.probes[i].lane)) lane.uniform = false;
        }
    }

    /// @notice Operand `number` with all reduction indices 0, as a register; zero on padding.
    function valueOf(Frame memory frame, uint256 number) internal pure returns (uint256 value) {
        (, value) = read(open(frame, number, new uint32[](0)), 0);
    }

    /// @notice Element `i` of the current run, as a register.
    /// @return inside False if the read falls on padding; `value` is zero then.
    function read(Lane memory lane, uint256 i) internal pure returns (bool inside, uint256 value) {
        int256 position;
        if (!_holds(lane, i)) return (false, 0);
        (inside, position) = _locate(lane, i);
        if (!inside) return (false, 0);
        _requireInside(lane, position);
        uint256 offset = _seek(lane, uint256(position) * lane.width);
        return (true, Elements.load(lane.pointer + offset, lane.elementType));
    }

    /// @notice Reads the current run from element `start` on, as many elements as `values` holds, with `padding`
    /// for what is on padding.
    function readRun(
        Lane memory lane,
        uint256 start,
        uint256[] memory values,
        uint256 padding
    ) internal pure {
        if (!lane.uniform) return _readEach(lane, start, values, padding);
        unchecked {
            (uint256 from, uint256 to) = _inside(lane, start, start + values.length);
            int256 position;
            bool inside;
            if (from < to) (inside, position) = _locate(lane, from);
            if (!inside || to - from < values.length) {
                for (uint256 i; i < values.length; ++i) values[i] = padding;
            }
            if (inside) _copy(lane, position, values, from - start, to - start);
        }
    }

    /// @notice Goes on by one in reduction loop `loop`, not the innermost; the loops inside of it start again.
    function advance(Lane memory lane, uint256 loop) internal pure {
        lane.position.advance(loop);
        unchecked {
            for (uint256 i; i < lane.fences.length; ++i) lane.fences[i].coordinate.advance(loop);
            for (uint256 i; i < lane.probes.length; ++i) advance(lane.probes[i].lane, loop);
        }
    }

    /// @dev Reads elements whose coordinates change along the run.
    function _readEach(
        Lane memory lane,
        uint256 start,
        uint256[] memory values,
        uint256 padding
    ) private pure {
        for (uint256 i; i < values.length; ++i) {
            (bool inside, uint256 value) = read(lane, start + i);
            values[i] = inside ? value : padding;
        }
    }

    /// @dev Reads `values` from index `from` to below `to`, chunk by chunk; `position` is the first one's.
    function _copy(
        Lane memory lane,
        int256 position,
        uint256[] memory values,
        uint256 from,
        uint256 to
    ) private pure {
        unchecked {
            // All others are between the first and the last one.
            _requireInside(lane, position);
            _requireInside(lane, position + lane.position.stride * int256(to - from - 1));
            uint256 start = uint256(position) * lane.width;
            int256 stride = lane.position.stride * int256(lane.width);
            while (from < to) {
                uint256 offset = _seek(lane, start);
                uint256 count = _reach(offset, stride, to - from);
                uint256 target;
                assembly ("memory-safe") {
                    // The words are behind the one with the length.
                    target := add(add(values, 32), shl(5, from))
                }
                Elements.copy(lane.pointer + offset, uint256(stride), lane.elementType, target, count);
                start += uint256(stride) * count;
                from += count;
            }
        }
    }

    /// @dev How many of `count` elements `stride` bytes apart are in the chunk that has the first one at `offset`.
    function _reach(uint256 offset, int256 stride, uint256 count) private pure returns (uint256) {
        unchecked {
            // Wraps to something large if the last one is in a chunk before.
            if (offset + uint256(stride) * (count - 1) < CHUNK_BYTES) return count;
            if (stride < 0) return offset / uint256(-stride) + 1;
            return (CHUNK_BYTES - 1 - offset) / uint256(stride) + 1;
        }
    }

    /// @dev Where element `i` of the run is, unless a coordinate is out of range. Coordinates are read in order,
    /// and only while those before were in range.
    function _locate(Lane memory lane, uint256 i) private pure returns (bool, int256 position) {
        position = lane.position.valueAt(i);
        unchecked {
            for (uint256 k; k < lane.probes.length; ++k) {
                Probe memory probe = lane.probes[k];
                (, uint256 value) = read(probe.lane, i);
                int256 coordinate = int256(value);
                if (coordinate < 0 || coordinate >= probe.size) return (false, 0);
                // At most 2^126.
                position += probe.stride * coordinate;
            }
        }
        return (true, position);
    }

    /// @dev Whether all guards hold for element `i` of the run.
    function _holds(Lane memory lane, uint256 i) private pure returns (bool) {
        unchecked {
            for (uint256 k; k < lane.fences.length; ++k) {
                Fence memory fence = lane.fences[k];
                int256 coordinate = fence.coordinate.valueAt(i);
                if (coordinate < 0 || coordinate >= fence.size) return false;
            }
        }
        return true;
    }

    /// @dev Narrows the elements from `start` to below `end` of the run to those for which all guards hold.
    function _inside(
        Lane memory lane,
        uint256 start,
        uint256 end
    ) private pure returns (uint256 from, uint256 to) {
        from = start;
        to = end;
        unchecked {
            for (uint256 k; k < lane.fences.length; ++k) {
                Fence memory fence = lane.fences[k];
                (uint256 first, uint256 last) = fence.coordinate.span(fence.size, end);
                if (first > from) from = first;
                if (last < to) to = last;
            }
        }
    }

    /// @dev Whether a lane reads the same all along a run.
    function _isConstant(Lane memory lane) private pure returns (bool) {
        if (lane.position.stride != 0) return false;
        for (uint256 k; k < lane.fences.length; ++k) {
            if (lane.fences[k].coordinate.stride != 0) return false;
        }
        return true;
    }

    function _requireInside(Lane memory lane, int256 position) private pure {
        if (position < 0 || position >= lane.length) revert AccessOutOfRange(lane.tensorId, position);
    }

    /// @dev Makes the chunk that holds byte `start` the current one; returns the offset within it.
    function _seek(Lane memory lane, uint256 start) private pure returns (uint256 offset) {
        unchecked {
            // Wraps to something large when the byte lies before the chunk.
            offset = start - lane.first;
            if (offset < CHUNK_BYTES) return offset;
            uint256 chunk = start / CHUNK_BYTES;
            lane.pointer = lane.operand.find(lane.tensorId, chunk);
            lane.first = chunk * CHUNK_BYTES;
            return start - lane.first;
        }
    }

    function _probe(
        Lookup memory lookup,
        Frame memory frame,
        uint32[] memory reduction
    ) private pure returns (Probe memory) {
        Access memory access = frame.step.operands[lookup.operand];
        ElementType t = access.tensor.elementType;
        bool isInteger = t != ElementType.Float32 && t != ElementType.Bool;
        if (!isInteger || access.lookups.length != 0) revert LookupInvalid(lookup.operand);
        return Probe(open(frame, lookup.operand, reduction), lookup.stride, lookup.size);
    }
}
