// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {Forms, Loops} from "./Forms.sol";
import {Frame} from "./Frame.sol";
import {Lane, Lanes} from "./Lanes.sol";

/// @notice Where a walk through the reduction indices of a step is, and what its lanes have there.
struct Walk {
    Loops loops;
    /// Reduction indices of one run.
    uint256 length;
    /// The first one of the current stretch within its run, how many the stretch has, and how many are left behind it.
    uint256 start;
    uint256 count;
    uint256 left;
    Lane[] lanes;
}

/// @title Walks
/// @notice Goes through operands 0 and up of an element in row-major order of the reduction, by stretches: parts of a
/// run in which each operand is in one chunk, or on padding.
library Walks {
    using Lanes for Lane;

    /// @dev Stretches are short, because memory gets expensive where there is much of it.
    uint256 private constant BLOCK = 256;

    /// @notice A walk through the terms from `from` to below `until` of `lanes` operands.
    function start(
        Frame memory frame,
        uint256 lanes,
        uint256 from,
        uint256 until
    ) internal pure returns (Walk memory walk) {
        if (from >= until) return walk;
        uint32[] memory reduction = frame.step.reduction;
        uint256 loops = reduction.length;
        walk.left = until - from;
        walk.length = loops == 0 ? 1 : reduction[loops - 1];
        walk.start = from % walk.length;
        uint256[] memory outer = Forms.coordinates(from / walk.length, reduction, loops == 0 ? 0 : loops - 1);
        walk.loops = Loops(frame.still.index, reduction, outer);
        walk.lanes = new Lane[](lanes);
        for (uint256 i; i < lanes; ++i) walk.lanes[i] = Lanes.open(frame, i, walk.loops);
    }

    /// @notice Goes on to the next stretch. False if there is none.
    function next(Walk memory walk) internal pure returns (bool) {
        if (walk.left == 0) return false;
        unchecked {
            uint256 done = walk.count;
            uint256 from = walk.start + done;
            if (from == walk.length) from = _nextRun(walk);
            uint256 count = walk.length - from;
            if (count > walk.left) count = walk.left;
            uint256 end = from + count;
            if (count > BLOCK) count = BLOCK;
            Lane[] memory lanes = walk.lanes;
            for (uint256 i; i < lanes.length; ++i) {
                uint256 left = lanes[i].goOn(done, from, end);
                if (left < count) count = left;
            }
            walk.start = from;
            walk.count = count;
            walk.left -= count;
        }
        return true;
    }

    /// @notice The registers of the current stretch of lane `number`.
    function values(Walk memory walk, uint256 number) internal pure returns (uint256[] memory registers) {
        Lane memory lane = walk.lanes[number];
        uint256 count = walk.count;
        if (lane.registers.length == 0) {
            lane.registers = new uint256[](walk.length < BLOCK ? walk.length : BLOCK);
        }
        registers = lane.registers;
        uint256 target;
        assembly ("memory-safe") {
            mstore(registers, count) // the array's length; it never grows beyond what was allocated
            target := add(registers, 32) // the words are behind it
        }
        Elements.copy(lane.next, lane.stride, lane.elementType, target, count);
    }

    /// @dev Goes on to the start of the next run, which there is: one loop goes on by one, all inside of it start again.
    function _nextRun(Walk memory walk) private pure returns (uint256) {
        uint256[] memory outer = walk.loops.outer;
        uint32[] memory reduction = walk.loops.reduction;
        Lane[] memory lanes = walk.lanes;
        unchecked {
            uint256 loop = outer.length - 1;
            while (++outer[loop] == reduction[loop]) outer[loop--] = 0;
            for (uint256 i; i < lanes.length; ++i) lanes[i].advance(loop);
        }
        return 0;
    }
}
