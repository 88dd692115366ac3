// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What a run committed to, as roots of `TensorTree`. The weights are the model's.
struct Roots {
    bytes32 input;
    /// Before it is bound to the request.
    bytes32 trace;
    bytes32 output;
}
