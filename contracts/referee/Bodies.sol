// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {Body, ElementType, Op} from "../types/Program.sol";
import {Dot32} from "./Dot32.sol";
import {Dot8} from "./Dot8.sol";
import {Float32} from "./Float32.sol";
import {Frame, requireType} from "./Frame.sol";
import {Lane, Lanes} from "./Lanes.sol";
import {Scalars} from "./Scalars.sol";
import {Walk, Walks} from "./Walk.sol";

/// @title Bodies
/// @notice What an element starts from: a candidate, a sum of products, or a fold.
/// @dev Sums and folds go through a part of their terms at a time.
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
            Lane memory lane = Lanes.open(frame, i, frame.still);
            requireType(lane.elementType, t);
            if (raw && Elements.isBool(t)) lane.elementType = ElementType.Uint8;
            (found, value) = lane.read(0);
        }
    }

    /// @notice What a sum or a fold starts from, and its type.
    function start(Frame memory frame) internal pure returns (uint256 value, ElementType t) {
        t = frame.step.operands[0].tensor.elementType;
        if (frame.step.body == Body.Fold) return (_neutral(frame.step.mode, t), t);
        ElementType other = frame.step.operands[1].tensor.elementType;
        if (Elements.isByte(t) && Elements.isByte(other)) return (0, ElementType.Int32);
        requireType(other, t);
        if (Elements.isByte(t) || Elements.isBool(t)) revert DotInvalid(t);
    }

    /// @notice Adds the terms from `from` to below `until` to a sum of products, in order.
    /// @dev Padding counts as the zero point, which makes the term zero; it is +0 in Float32, and takes part.
    /// Integers are right modulo 2^64.
    function dot(
        Frame memory frame,
        uint256 sum,
        uint256 from,
        uint256 until
    ) internal pure returns (uint256) {
        Walk memory walk = Walks.start(frame, 2, from, until);
        ElementType t = frame.step.operands[0].tensor.elementType;
        if (Elements.isFloat(t)) return _floatProducts(walk, Elements.fromBits(sum, t));
        if (!Elements.isByte(t)) return _integerProducts(walk, sum, 0, 0);
        return _integerProducts(walk, sum, _zeroPoint(frame, 0), _zeroPoint(frame, 1));
    }

    /// @notice `acc = op(acc, x)` for the terms from `from` to below `until`, in order.
    /// @dev Sums and products of integers are right modulo 2^64.
    function fold(
        Frame memory frame,
        uint256 acc,
        uint256 from,
        uint256 until
    ) internal pure returns (uint256) {
        Walk memory walk = Walks.start(frame, 1, from, until);
        ElementType t = frame.step.operands[0].tensor.elementType;
        function(uint256, uint256) pure returns (uint256) f = Scalars.binary(Op(frame.step.mode), t);
        acc = Elements.fromBits(acc, t);
        while (walk.next()) {
            if (walk.lanes[0].isPadding()) continue;
            uint256[] memory x = walk.values(0);
            for (uint256 i; i < x.length; ++i) acc = f(acc, x[i]);
        }
        return acc;
    }

    function _floatProducts(Walk memory walk, uint256 sum) private pure returns (uint256) {
        while (walk.next()) {
            Lane memory a = walk.lanes[0];
            Lane memory b = walk.lanes[1];
            sum = Dot32.accumulate(sum, a.next, a.stride, b.next, b.stride, walk.count);
        }
        return sum;
    }

    function _integerProducts(
        Walk memory walk,
        uint256 sum,
        uint256 zeroA,
        uint256 zeroB
    ) private pure returns (uint256) {
        while (walk.next()) {
            Lane memory a = walk.lanes[0];
            Lane memory b = walk.lanes[1];
            if (a.isPadding() || b.isPadding()) continue;
            unchecked {
                sum +=
                    Elements.isByte(a.elementType) && a.stride == 1 && b.stride == 1
                        ? Dot8.sum(a.next, a.elementType, zeroA, b.next, b.elementType, zeroB, walk.count)
                        : _products(walk.values(0), walk.values(1), zeroA, zeroB);
            }
        }
        return sum;
    }

    function _products(
        uint256[] memory a,
        uint256[] memory b,
        uint256 zeroA,
        uint256 zeroB
    ) private pure returns (uint256 sum) {
        unchecked {
            for (uint256 i; i < a.length; ++i) sum += (a[i] - zeroA) * (b[i] - zeroB);
        }
    }

    /// @dev The zero point of operand `number`, which has its type.
    function _zeroPoint(Frame memory frame, uint256 number) private pure returns (uint256) {
        ElementType t = frame.step.operands[number].tensor.elementType;
        requireType(frame.step.operands[number + 2].tensor.elementType, t);
        return Lanes.valueOf(frame, number + 2);
    }

    /// @dev What a fold starts from.
    function _neutral(uint256 op, ElementType t) private pure returns (uint256) {
        bool isFloat = Elements.isFloat(t);
        (int256 low, int256 high) = Elements.bounds(t);
        if (op == uint256(Op.Add)) return 0;
        if (op == uint256(Op.Mul)) return isFloat ? ONE : 1;
        if (op == uint256(Op.Min)) return isFloat ? Float32.INFINITY : uint256(high);
        if (op == uint256(Op.Max)) return isFloat ? NEGATIVE_INFINITY : uint256(low);
        revert FoldInvalid(Op(op));
    }
}
