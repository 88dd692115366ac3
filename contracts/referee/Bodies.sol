// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {ElementType, Op} from "../types/Program.sol";
import {Float32} from "./Float32.sol";
import {Frame, requireType} from "./Frame.sol";
import {Lane, Lanes} from "./Lanes.sol";
import {Scalars} from "./Scalars.sol";
import {Walk, Walks} from "./Walk.sol";

/// @title Bodies
/// @notice What an element starts from: a candidate, a sum of products, or a fold.
library Bodies {
    using Lanes for Lane;
    using Walks for Walk;

    uint256 private constant ONE = 0x3f800000;
    uint256 private constant NEGATIVE_INFINITY = 0xff800000;

    /// @dev There are no products of elements of this type: in no valid model.
    error DotInvalid(ElementType t);
    /// @dev Only Add, Mul, Min and Max fold: no valid model has another operation there.
    error FoldInvalid(Op op);

    /// @notice The first candidate that is not on padding, or zero.
    /// @param raw Whether the bytes of a Bool are to be kept, as those of a Uint8.
    function read(Frame memory frame, bool raw) internal pure returns (uint256 value, ElementType t) {
        t = frame.step.operands[0].tensor.elementType;
        bool found;
        for (uint256 i; i < frame.step.mode && !found; ++i) {
            Lane memory lane = Lanes.open(frame, i, new uint32[](0));
            requireType(lane.elementType, t);
            if (raw && t == ElementType.Bool) lane.elementType = ElementType.Uint8;
            (found, value) = lane.read(0);
        }
    }

    /// @notice The sum of products from zero on, in order.
    /// @dev Padding counts as the zero point, which makes the term zero; it is +0 in Float32, and takes part.
    function dot(Frame memory frame) internal pure returns (uint256 value, ElementType t) {
        uint256[] memory zero = new uint256[](2);
        t = frame.step.operands[0].tensor.elementType;
        ElementType other = frame.step.operands[1].tensor.elementType;
        if (_isByte(t) && _isByte(other)) {
            zero[0] = _zeroPoint(frame, 2, t);
            zero[1] = _zeroPoint(frame, 3, other);
            t = ElementType.Int32;
        } else {
            requireType(other, t);
            if (_isByte(t) || t == ElementType.Bool) revert DotInvalid(t);
        }
        Walk memory walk = Walks.start(frame, zero);
        while (walk.next()) {
            value = t == ElementType.Float32 ? _floatProducts(value, walk) : _integerProducts(value, walk);
        }
        value = Elements.fromBits(value, t);
    }

    /// @notice `acc = op(acc, x)` from the operation's neutral value on, in order.
    /// @dev Padding counts as the neutral value: that is the same as skipping it, since a sum that starts
    /// from +0 is never -0.
    function fold(Frame memory frame) internal pure returns (uint256 value, ElementType t) {
        Op op = Op(frame.step.mode);
        t = frame.step.operands[0].tensor.elementType;
        value = _neutral(op, t);
        uint256[] memory padding = new uint256[](1);
        padding[0] = value;
        function(uint256, uint256) pure returns (uint256) f = Scalars.binary(op, t);
        Walk memory walk = Walks.start(frame, padding);
        while (walk.next()) {
            uint256[] memory x = walk.values[0];
            for (uint256 i; i < x.length; ++i) value = f(value, x[i]);
        }
        // Sums and products of integers may wrap as late as here.
        value = Elements.fromBits(value, t);
    }

    /// @dev Two roundings per term.
    function _floatProducts(uint256 acc, Walk memory walk) private pure returns (uint256) {
        uint256[] memory x = walk.values[0];
        uint256[] memory y = walk.values[1];
        unchecked {
            for (uint256 i; i < x.length; ++i) acc = Float32.add(acc, Float32.mul(x[i], y[i]));
        }
        return acc;
    }

    /// @dev Right modulo 2^64.
    function _integerProducts(uint256 acc, Walk memory walk) private pure returns (uint256) {
        uint256[] memory x = walk.values[0];
        uint256[] memory y = walk.values[1];
        uint256 zeroX = walk.padding[0];
        uint256 zeroY = walk.padding[1];
        unchecked {
            for (uint256 i; i < x.length; ++i) acc += (x[i] - zeroX) * (y[i] - zeroY);
        }
        return acc;
    }

    function _isByte(ElementType t) private pure returns (bool) {
        return t == ElementType.Int8 || t == ElementType.Uint8;
    }

    /// @dev A zero point has the type of the operand that it belongs to.
    function _zeroPoint(Frame memory frame, uint256 number, ElementType t) private pure returns (uint256) {
        requireType(frame.step.operands[number].tensor.elementType, t);
        return Lanes.valueOf(frame, number);
    }

    /// @dev What a fold starts from.
    function _neutral(Op op, ElementType t) private pure returns (uint256) {
        bool isFloat = t == ElementType.Float32;
        (int256 low, int256 high) = Elements.bounds(t);
        if (op == Op.Add) return 0;
        if (op == Op.Mul) return isFloat ? ONE : 1;
        if (op == Op.Min) return isFloat ? Float32.INFINITY : uint256(high);
        if (op == Op.Max) return isFloat ? NEGATIVE_INFINITY : uint256(low);
        revert FoldInvalid(op);
    }
}
