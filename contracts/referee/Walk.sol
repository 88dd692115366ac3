// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Frame} from "./Frame.sol";
import {Lane, Lanes} from "./Lanes.sol";

/// @notice Where a walk through the reduction indices of a step is, and what its lanes have there.
struct Walk {
    uint32[] reduction;
    /// Indices of all loops but the innermost one, whose indices are one *run*.
    uint256[] counter;
    /// Reduction indices in all, those of one run, and those of the current run that were read.
    uint256 terms;
    uint256 length;
    uint256 done;
    Lane[] lanes;
    /// What each lane has on padding.
    uint256[] padding;
    /// The current block of each lane: at most `BLOCK` registers, of one run.
    uint256[][] values;
}

/// @title Walks
/// @notice Reads operands 0 and up of an element in row-major order of the reduction, block by block.
/// @dev Blocks are short, because memory gets expensive where there is much of it.
library Walks {
    using Lanes for Lane;

    uint256 private constant BLOCK = 256;

    /// @notice Opens one lane for each value in `padding`.
    function start(Frame memory frame, uint256[] memory padding) internal pure returns (Walk memory walk) {
        uint32[] memory reduction = frame.step.reduction;
        uint256 loops = reduction.length;
        walk.reduction = reduction;
        walk.terms = 1;
        for (uint256 i; i < loops; ++i) walk.terms *= reduction[i];
        walk.length = loops == 0 ? 1 : reduction[loops - 1];
        walk.counter = new uint256[](loops == 0 ? 0 : loops - 1);
        walk.padding = padding;
        walk.lanes = new Lane[](padding.length);
        walk.values = new uint256[][](padding.length);
        for (uint256 i; i < padding.length; ++i) {
            walk.lanes[i] = Lanes.open(frame, i, reduction);
            walk.values[i] = new uint256[](walk.length < BLOCK ? walk.length : BLOCK);
        }
        // No index at all: as after the last one.
        if (walk.terms == 0) (walk.length, walk.counter) = (0, new uint256[](0));
    }

    /// @notice Reads the next block. False if there is none.
    function next(Walk memory walk) internal pure returns (bool) {
        uint256 done = walk.done;
        if (done == walk.length) {
            if (!_advance(walk)) return false;
            done = 0;
        }
        unchecked {
            uint256 count = walk.length - done;
            if (count > BLOCK) count = BLOCK;
            for (uint256 i; i < walk.lanes.length; ++i) {
                uint256[] memory values = walk.values[i];
                assembly ("memory-safe") {
                    mstore(values, count) // the array's length; it never grows beyond what was allocated
                }
                walk.lanes[i].readRun(done, values, walk.padding[i]);
            }
            walk.done = done + count;
        }
        return true;
    }

    /// @dev Goes on to the next run: one loop goes on, all loops inside of it start again.
    function _advance(Walk memory walk) private pure returns (bool) {
        uint256[] memory counter = walk.counter;
        unchecked {
            for (uint256 loop = counter.length; loop > 0;) {
                --loop;
                if (++counter[loop] < walk.reduction[loop]) {
                    for (uint256 i; i < walk.lanes.length; ++i) walk.lanes[i].advance(loop);
                    return true;
                }
                counter[loop] = 0;
            }
        }
        return false;
    }
}
