// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Space, Tensor} from "./Program.sol";

/// @notice What a challenger asks for: a node of a tree that a run committed to.
struct Question {
    /// Trace or Output.
    Space space;
    /// Levels above the leaves. At 0 it is asked what the leaf is there for, or for the chunk itself.
    uint8 height;
    /// Number of the node among those of its height.
    uint32 index;
    /// The tensor of the chunk that is asked for. Else zeros.
    Tensor tensor;
}
