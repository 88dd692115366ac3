// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {Access, ElementType, Guard, Lookup, Tensor} from "../types/Program.sol";
import {Form, Forms, Loops} from "./Forms.sol";
import {Frame} from "./Frame.sol";
import {Operand, Operands} from "./Operands.sol";

/// @notice One access while the reduction loops run. The innermost loop is a *run*; a *stretch* is a part of a run
/// that is in one chunk, or on padding.
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
    /// The current stretch: the memory address of its next element, the bytes from one element to the next, in two's
    /// complement, and how many elements are left. On padding, it is zeros.
    uint256 next;
    uint256 stride;
    uint256 left;
    /// Room for the registers of a stretch, from when it is first needed.
    uint256[] registers;
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

    /// @dev Where Solidity keeps a word of zeros: no chunk is there.
    uint256 private constant ZEROS = 0x60;

    /// @dev No chunk starts here: any position is far from it.
    uint256 private constant NOWHERE = 1 << 255;

    /// @dev The descriptor reads outside of its tensor: no valid model does.
    error AccessOutOfRange(uint256 tensorId, int256 position);
    /// @dev The operand of a lookup has lookups of its own or is no integer: in no valid model.
    error LookupInvalid(uint256 operand);

    /// @notice Places operand `number` at the start of the run that `loops` are in.
    function open(
        Frame memory frame,
        uint256 number,
        Loops memory loops
    ) internal pure returns (Lane memory lane) {
        Access memory access = frame.step.operands[number];
        Tensor memory tensor = access.tensor;
        lane.operand = frame.operands[number];
        lane.tensorId = tensor.id;
        lane.length = int256(uint256(tensor.length));
        lane.elementType = tensor.elementType;
        lane.width = Elements.width(tensor.elementType);
        lane.first = NOWHERE;
        lane.position = Forms.place(access.base, access.strides, loops);
        lane.uniform = true;
        if (access.guards.length != 0) lane.fences = _fences(access.guards, loops);
        if (access.lookups.length != 0) _addProbes(lane, access.lookups, frame, loops);
    }

    /// @notice Operand `number` with all reduction indices 0, as a register; zero on padding.
    function valueOf(Frame memory frame, uint256 number) internal pure returns (uint256 value) {
        (, value) = read(open(frame, number, frame.still), 0);
    }

    /// @notice Element `i` of the current run, as a register.
    /// @return inside False if the read falls on padding; `value` is zero then.
    function read(Lane memory lane, uint256 i) internal pure returns (bool inside, uint256 value) {
        uint256 source;
        (inside, source) = _find(lane, i);
        if (inside) value = Elements.load(source, lane.elementType);
    }

    /// @notice Goes on by `count` elements in the current stretch, or to the next one: it starts with element `start`
    /// of the current run and ends below `end` at most. Returns how many elements are left in it.
    function goOn(
        Lane memory lane,
        uint256 count,
        uint256 start,
        uint256 end
    ) internal pure returns (uint256 left) {
        unchecked {
            left = lane.left - count;
            if (left == 0) left = _findStretch(lane, start, end);
            else lane.next += lane.stride * count;
            lane.left = left;
        }
    }

    /// @notice Whether the current stretch is on padding.
    function isPadding(Lane memory lane) internal pure returns (bool) {
        return lane.next == ZEROS;
    }

    /// @notice Goes on by one in reduction loop `loop`, not the innermost; the loops inside of it start again.
    function advance(Lane memory lane, uint256 loop) internal pure {
        Fence[] memory fences = lane.fences;
        Probe[] memory probes = lane.probes;
        lane.position.advance(loop);
        unchecked {
            for (uint256 i; i < fences.length; ++i) fences[i].coordinate.advance(loop);
            for (uint256 i; i < probes.length; ++i) advance(probes[i].lane, loop);
        }
    }

    /// @dev Finds the stretch that starts with element `start` of the current run and ends below `end` at most.
    /// Returns how many elements it has.
    function _findStretch(Lane memory lane, uint256 start, uint256 end) private pure returns (uint256 left) {
        if (!lane.uniform) return _findOne(lane, start);
        uint256 from = start;
        lane.next = ZEROS;
        lane.stride = 0;
        unchecked {
            left = end - start;
            if (lane.fences.length != 0) (from, end) = _inside(lane, start, end);
            if (from >= end) return left;
            (bool inside, int256 position) = _locate(lane, from);
            if (!inside) return left;
            if (from > start) return from - start;
            int256 stride = lane.position.stride;
            // All others are between the first and the last one.
            _requireInside(lane, position);
            _requireInside(lane, position + stride * int256(end - from - 1));
            uint256 width = lane.width;
            uint256 offset = _seek(lane, uint256(position) * width);
            stride *= int256(width);
            lane.next = lane.pointer + offset;
            lane.stride = uint256(stride);
            return _reach(offset, stride, end - from);
        }
    }

    /// @dev A stretch of one element, since coordinates change along the run.
    function _findOne(Lane memory lane, uint256 i) private pure returns (uint256) {
        (bool inside, uint256 source) = _find(lane, i);
        lane.next = inside ? source : ZEROS;
        lane.stride = 0;
        return 1;
    }

    /// @dev The memory address of element `i` of the current run, unless it is on padding.
    function _find(Lane memory lane, uint256 i) private pure returns (bool inside, uint256 source) {
        int256 position;
        if (!_holds(lane, i)) return (false, 0);
        (inside, position) = _locate(lane, i);
        if (!inside) return (false, 0);
        _requireInside(lane, position);
        uint256 offset = _seek(lane, uint256(position) * lane.width);
        return (true, lane.pointer + offset);
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
        Probe[] memory probes = lane.probes;
        unchecked {
            for (uint256 k; k < probes.length; ++k) {
                Probe memory probe = probes[k];
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

    function _fences(Guard[] memory guards, Loops memory loops) private pure returns (Fence[] memory fences) {
        fences = new Fence[](guards.length);
        for (uint256 i; i < guards.length; ++i) {
            Guard memory guard = guards[i];
            fences[i] = Fence(Forms.place(guard.offset, guard.coefficients, loops), guard.size);
        }
    }

    function _addProbes(
        Lane memory lane,
        Lookup[] memory lookups,
        Frame memory frame,
        Loops memory loops
    ) private pure {
        lane.probes = new Probe[](lookups.length);
        for (uint256 i; i < lookups.length; ++i) {
            lane.probes[i] = _probe(lookups[i], frame, loops);
            if (!_isConstant(lane.probes[i].lane)) lane.uniform = false;
        }
    }

    function _probe(
        Lookup memory lookup,
        Frame memory frame,
        Loops memory loops
    ) private pure returns (Probe memory) {
        Access memory access = frame.step.operands[lookup.operand];
        ElementType t = access.tensor.elementType;
        bool isInteger = !Elements.isFloat(t) && !Elements.isBool(t);
        if (!isInteger || access.lookups.length != 0) revert LookupInvalid(lookup.operand);
        return Probe(open(frame, lookup.operand, loops), lookup.stride, lookup.size);
    }
}
