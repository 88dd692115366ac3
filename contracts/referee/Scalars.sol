// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {ElementType, Op} from "../types/Program.sol";
import {Compare32} from "./Compare32.sol";
import {Convert32} from "./Convert32.sol";
import {Exp32} from "./Exp32.sol";
import {Float32} from "./Float32.sol";
import {Integers} from "./Integers.sol";
import {Remainder32} from "./Remainder32.sol";
import {Sqrt32} from "./Sqrt32.sol";

/// @title Scalars
/// @notice The scalar operations of `docs/semantics.md` on registers, by operation and type.
library Scalars {
    /// @dev There is no such operation of this type: no valid model has it.
    error OperationInvalid(Op op, ElementType t);

    /// @notice The operation on two registers of type `t`, Add to Max and And to Lt.
    /// @dev The result is to be wrapped to its type: Bool for Eq and Lt, otherwise `t`.
    function binary(
        Op op,
        ElementType t
    ) internal pure returns (function(uint256, uint256) pure returns (uint256)) {
        if (t == ElementType.Float32) return _float(op);
        if (t == ElementType.Bool && op >= Op.Add && op <= Op.Rem) revert OperationInvalid(op, t);
        if (op == Op.Shr && t != ElementType.Int32 && t != ElementType.Int64) revert OperationInvalid(op, t);
        return _integer(op, t);
    }

    /// @notice The operation on one register, Round to FromBits, whose result has the type `t`.
    /// @return f The operation.
    /// @return source The type of its operand.
    function unary(
        Op op,
        ElementType t
    ) internal pure returns (function(uint256) pure returns (uint256) f, ElementType source) {
        if (t == ElementType.Int32 && op == Op.Bits) return (_bits, ElementType.Float32);
        if (t != ElementType.Float32) revert OperationInvalid(op, t);
        if (op == Op.FromBits) return (_fromBits, ElementType.Int32);
        if (op == Op.Round) return (Convert32.round, t);
        if (op == Op.Sqrt) return (Sqrt32.sqrt, t);
        if (op == Op.Exp) return (Exp32.exp, t);
        revert OperationInvalid(op, t);
    }

    /// @notice The value of a register of type `source` in type `t`.
    function cast(uint256 value, ElementType source, ElementType t) internal pure returns (uint256) {
        bool isFloat = source == ElementType.Float32;
        if (source == t) return value;
        if (t == ElementType.Bool) return (isFloat ? value & Float32.MAGNITUDE : value) == 0 ? 0 : 1;
        if (t == ElementType.Float32) return Convert32.fromInteger(int256(value));
        if (isFloat) {
            ElementType wide = t == ElementType.Int64 ? t : ElementType.Int32;
            (int256 low, int256 high) = Elements.bounds(wide);
            value = uint256(Convert32.toInteger(value, low, high));
        }
        return Elements.fromBits(value, t);
    }

    function _float(Op op) private pure returns (function(uint256, uint256) pure returns (uint256)) {
        if (op == Op.Add) return Float32.add;
        if (op == Op.Sub) return Float32.sub;
        if (op == Op.Mul) return Float32.mul;
        if (op == Op.Div) return Float32.div;
        if (op == Op.Rem) return Remainder32.rem;
        if (op == Op.Min) return Compare32.minimum;
        if (op == Op.Max) return Compare32.maximum;
        if (op == Op.Eq) return Compare32.equal;
        if (op == Op.Lt) return Compare32.less;
        revert OperationInvalid(op, ElementType.Float32);
    }

    function _integer(
        Op op,
        ElementType t
    ) private pure returns (function(uint256, uint256) pure returns (uint256)) {
        if (op == Op.Add) return Integers.add;
        if (op == Op.Sub) return Integers.sub;
        if (op == Op.Mul) return Integers.mul;
        if (op == Op.Div) return Integers.div;
        if (op == Op.Rem) return Integers.rem;
        if (op == Op.Min) return Integers.min;
        if (op == Op.Max) return Integers.max;
        if (op == Op.And) return Integers.and;
        if (op == Op.Xor) return Integers.xor;
        if (op == Op.Shr) return Integers.shr;
        if (op == Op.Eq) return Integers.equal;
        if (op == Op.Lt) return Integers.less;
        revert OperationInvalid(op, t);
    }

    /// @dev The pattern of a number as an integer; all NaN are one.
    function _bits(uint256 x) private pure returns (uint256) {
        return Elements.fromBits(Compare32.isNaN(x) ? Float32.NAN : x, ElementType.Int32);
    }

    function _fromBits(uint256 x) private pure returns (uint256) {
        return Elements.fromBits(x, ElementType.Float32);
    }
}
