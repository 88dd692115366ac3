// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Which commitment a tensor lives under.
enum Space {
    Input,
    Weights,
    Trace,
    Output
}

/// @notice A float32 tensor: a flat array in one of the four trees. Layout is a matter of the accesses.
struct Tensor {
    Space space;
    /// Unique within its space.
    uint32 id;
    /// Index of the tensor's first chunk among the leaves of its space.
    uint32 firstLeaf;
    /// Number of elements.
    uint32 length;
}

/// @notice A condition on the loop indices: `0 <= offset + sum(coefficients[i] * index[i]) < size`.
struct Guard {
    int64[] coefficients;
    int64 offset;
    int64 size;
}

/// @notice An affine read: element `base + sum(strides[i] * index[i])` of `tensor`.
/// @dev The loop indices are those of the domain followed by those of the reduction. When a guard
/// does not hold, the read falls on padding and touches nothing.
struct Access {
    Tensor tensor;
    int64 base;
    int64[] strides;
    Guard[] guards;
}

/// @notice How an element starts.
/// - `Read`: operand 0, bit for bit (padding reads +0).
/// - `Dot`: +0, then for every reduction index in row-major order `acc = acc + a * b` (padding reads +0).
/// - `Max`: -inf, then `acc = maximum(acc, operand 0)` (padding is skipped).
/// - `Sum`: +0, then `acc = acc + operand 0` (padding is skipped).
enum Body {
    Read,
    Dot,
    Max,
    Sum
}

/// @notice A scalar operation on the accumulator.
enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Max,
    Exp
}

/// @notice Where the right-hand side of a scalar operation comes from.
enum Source {
    /// Unary operation.
    None,
    /// `value` is an index into the step's operands.
    Operand,
    /// `value` is a binary32 bit pattern.
    Immediate
}

/// @notice `acc = op(acc, rhs)`.
struct Instruction {
    Op op;
    Source source;
    uint32 value;
}

/// @notice One descriptor of a program: how every element of one tensor is computed.
/// @dev Element `i` of `output` belongs to the row-major coordinates of `i` in `domain`.
struct Step {
    Tensor output;
    uint32[] domain;
    uint32[] reduction;
    Body body;
    /// Operand 0 (and 1 for `Dot`) belong to the body, the others to the epilogue.
    Access[] operands;
    Instruction[] epilogue;
}

/// @notice What `ModelId` is the hash of.
struct ModelHeader {
    /// Version of `docs/semantics.md`.
    uint32 semantics;
    /// Adjudication method: the fault module that recomputes elements of this model.
    uint32 method;
    /// Number of steps; the program tree holds step `i` at leaf `i`.
    uint32 stepCount;
    bytes32 programRoot;
    bytes32 weightsRoot;
    /// Depths of the trees, from the number of leaves that each space needs.
    uint8 inputDepth;
    uint8 weightsDepth;
    uint8 traceDepth;
    uint8 outputDepth;
}
