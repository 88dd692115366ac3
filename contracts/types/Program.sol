// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Which commitment a tensor lives under.
enum Space {
    Input,
    Weights,
    Trace,
    Output
}

/// @notice What the elements of a tensor or a register are: 4, 1, 1, 4, 8 and 1 bytes, little-endian.
enum ElementType {
    Float32,
    Int8,
    Uint8,
    Int32,
    Int64,
    Bool
}

/// @notice A flat array in one of the four trees. Layout is a matter of the accesses.
struct Tensor {
    Space space;
    ElementType elementType;
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

/// @notice A coordinate that is data: the value of another operand, an integer, at the same loop indices.
struct Lookup {
    /// Index of the operand with the coordinate; that operand has no lookups of its own.
    uint32 operand;
    int64 stride;
    /// Coordinates outside of `0 <= value < size` fall on padding.
    int64 size;
}

/// @notice A read: element `base + sum(strides[i] * index[i]) + sum(lookup.stride * value(lookup.operand))`
/// of `tensor`.
/// @dev The loop indices are those of the domain followed by those of the reduction. When a guard does
/// not hold or a coordinate is out of range, the read falls on padding and touches nothing.
struct Access {
    Tensor tensor;
    int64 base;
    int64[] strides;
    Guard[] guards;
    Lookup[] lookups;
}

/// @notice How an element starts; the reduction indices run in row-major order.
/// - `Read`: the first of `mode` candidates that is not on padding, or zero.
/// - `Dot`: zero, then `acc = acc + a * b`; operands 2 and 3 of an 8-bit product are its zero points.
/// - `Fold`: `acc = op(acc, operand 0)` for the operation `mode`; padding is skipped.
/// - `Rank`: which reduction index has `r` others before it, for the last domain coordinate `r`.
enum Body {
    Read,
    Dot,
    Fold,
    Rank
}

/// @notice A scalar operation.
enum Op {
    Load,
    Const,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Min,
    Max,
    Round,
    Sqrt,
    Exp,
    Bits,
    FromBits,
    And,
    Xor,
    Shr,
    Eq,
    Lt,
    Select,
    Cast
}

/// @notice Makes a new register from earlier ones. Unused fields are zero.
struct Instruction {
    Op op;
    /// Of the result; but for `Eq` and `Lt`, whose result is Bool, of the registers that are compared.
    ElementType elementType;
    /// Register numbers; for `Load`, `a` is the operand that is read.
    uint16 a;
    uint16 b;
    uint16 c;
    /// For `Const`: the bytes of the element, least significant byte first, as one integer.
    uint64 value;
}

/// @notice One descriptor of a program: how every element of one tensor is computed.
/// @dev Element `i` of `output` belongs to the row-major coordinates of `i` in `domain`.
struct Step {
    Tensor output;
    uint32[] domain;
    uint32[] reduction;
    Body body;
    /// Read: number of candidates. Fold: the operation, an `Op`. Rank: flags. Dot: 0.
    uint8 mode;
    /// Those of the body first, then those that the epilogue loads and lookups use.
    Access[] operands;
    /// Register 0 is what the body gives, register i + 1 what instruction i gives; the last is the element.
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
