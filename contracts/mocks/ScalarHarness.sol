// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {Float32} from "../referee/Float32.sol";
import {Scalars} from "../referee/Scalars.sol";
import {ElementType, Op} from "../types/Program.sol";

/// @title ScalarHarness
/// @notice Lets tests call the scalar operations in bulk and measure their gas.
/// @dev Operands and results are packed elements, in the byte order of tensors.
contract ScalarHarness {
    /// @notice Applies an operation to each pair of elements in `pairs`.
    function binary(Op op, ElementType t, bytes calldata pairs) external pure returns (bytes memory results) {
        bytes memory data = pairs;
        ElementType kind = op == Op.Eq || op == Op.Lt ? ElementType.Bool : t;
        results = new bytes((data.length / Elements.width(t) / 2) * Elements.width(kind));
        for (uint256 i = 0; i * Elements.width(kind) < results.length; ++i) {
            _store(results, i, _apply(op, t, data, i), kind);
        }
    }

    /// @notice Applies an operation to each element in `operands`.
    function unary(
        Op op,
        ElementType t,
        bytes calldata operands
    ) external pure returns (bytes memory results) {
        (function(uint256) pure returns (uint256) f, ElementType source) = Scalars.unary(op, t);
        bytes memory data = operands;
        uint256 count = data.length / Elements.width(source);
        results = new bytes(count * Elements.width(t));
        for (uint256 i = 0; i < count; ++i) _store(results, i, f(_load(data, i, source)), t);
    }

    /// @notice The elements in `operands` in another type.
    function cast(
        ElementType source,
        ElementType t,
        bytes calldata operands
    ) external pure returns (bytes memory results) {
        bytes memory data = operands;
        uint256 count = data.length / Elements.width(source);
        results = new bytes(count * Elements.width(t));
        for (uint256 i = 0; i < count; ++i) {
            _store(results, i, Scalars.cast(_load(data, i, source), source, t), t);
        }
    }

    /// @notice The result of an operation on two registers, and its gas.
    function measureBinary(
        Op op,
        ElementType t,
        uint256 a,
        uint256 b
    ) external view returns (uint256 result, uint256 used) {
        function(uint256, uint256) pure returns (uint256) f = Scalars.binary(op, t);
        uint256 before = gasleft();
        result = f(a, b);
        used = before - gasleft();
    }

    /// @notice The result of an operation on one register, and its gas.
    function measureUnary(
        Op op,
        ElementType t,
        uint256 a
    ) external view returns (uint256 result, uint256 used) {
        (function(uint256) pure returns (uint256) f, ) = Scalars.unary(op, t);
        uint256 before = gasleft();
        result = f(a);
        used = before - gasleft();
    }

    /// @notice A register in another type, and the gas of that.
    function measureCast(
        ElementType source,
        ElementType t,
        uint256 a
    ) external view returns (uint256 result, uint256 used) {
        uint256 before = gasleft();
        result = Scalars.cast(a, source, t);
        used = before - gasleft();
    }

    /// @notice Returns `accumulator + a * b` in Float32, rounded twice, and the gas of the two calls.
    function measureMultiplyAdd(
        uint256 accumulator,
        uint256 a,
        uint256 b
    ) external view returns (uint256 result, uint256 used) {
        uint256 before = gasleft();
        result = Float32.add(accumulator, Float32.mul(a, b));
        used = before - gasleft();
    }

    /// @dev The operation on pair `index`.
    function _apply(Op op, ElementType t, bytes memory data, uint256 index) private pure returns (uint256) {
        function(uint256, uint256) pure returns (uint256) f = Scalars.binary(op, t);
        return f(_load(data, 2 * index, t), _load(data, 2 * index + 1, t));
    }

    /// @dev Reads element `index` of packed elements.
    function _load(bytes memory data, uint256 index, ElementType t) private pure returns (uint256) {
        uint256 pointer;
        assembly ("memory-safe") {
            // Behind the length word.
            pointer := add(data, 32)
        }
        return Elements.load(pointer + index * Elements.width(t), t);
    }

    /// @dev Writes element `index` of packed elements. Wraps it as an epilogue does.
    function _store(bytes memory data, uint256 index, uint256 value, ElementType t) private pure {
        uint256 width = Elements.width(t);
        uint256 bits = Elements.toBits(Elements.fromBits(value, t), t);
        for (uint256 k = 0; k < width; ++k) data[index * width + k] = bytes1(uint8(bits >> (8 * k)));
    }
}
