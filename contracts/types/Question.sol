// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Space, Tensor} from "./Program.sol";

/// @notice What a challenger asks for: a node of a tree that a run committed to.
struct Question {
    /// Trace or Output.
    Space space;
    /// Levels above the leaves. At 0 the chunk itself is asked for.
    uint8 height;
    /// Number of the node among those of its height.
    uint32 index;
    /// At height 0: the tensor that the chunk is of. Else zeros.
    Tensor tensor;
}
