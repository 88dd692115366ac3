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
/// @dev Operations are looked up as numbers: the compiler checks the range of an enum each time it is compared.
library Scalars {
    /// @dev There is no such operation of this type: no valid model has it.
    error OperationInvalid(Op op, ElementType t);

    /// @notice The operation on two registers of type `t`, Add to Max and And to Lt.
    /// @dev The result is to be wrapped to its type: Bool for Eq and Lt, otherwise `t`.
    function binary(
        Op op,
        ElementType t
    ) internal pure returns (function(uint256, uint256) pure returns (uint256)) {
        return Elements.isFloat(t) ? _float(uint256(op)) : _integer(uint256(op), t);
    }

    /// @notice The operation on one register, Round to FromBits, whose result has the type `t`.
    /// @return f The operation.
    /// @return source The type of its operand.
    function unary(
        Op op,
        ElementType t
    ) internal pure returns (function(uint256) pure returns (uint256) f, ElementType source) {
        uint256 number = uint256(op);
        if (t == ElementType.Int32 && number == uint256(Op.Bits)) return (_bits, ElementType.Float32);
        if (!Elements.isFloat(t)) revert OperationInvalid(op, t);
        if (number == uint256(Op.FromBits)) return (_fromBits, ElementType.Int32);
        if (number == uint256(Op.Round)) return (Convert32.round, t);
        if (number == uint256(Op.Sqrt)) return (Sqrt32.sqrt, t);
        if (number == uint256(Op.Exp)) return (Exp32.exp, t);
        revert OperationInvalid(op, t);
    }

    /// @notice The value of a register of type `source` in type `t`.
    function cast(uint256 value, ElementType source, ElementType t) internal pure returns (uint256) {
        bool isFloat = Elements.isFloat(source);
        if (source == t) return value;
        if (Elements.isBool(t)) return (isFloat ? value & Float32.MAGNITUDE : value) == 0 ? 0 : 1;
        if (Elements.isFloat(t)) return Convert32.fromInteger(int256(value));
        if (isFloat) {
            ElementType wide = t == ElementType.Int64 ? t : ElementType.Int32;
            (int256 low, int256 high) = Elements.bounds(wide);
            value = uint256(Convert32.toInteger(value, low, high));
        }
        return Elements.fromBits(value, t);
    }

    function _float(uint256 op) private pure returns (function(uint256, uint256) pure returns (uint256)) {
        if (op == uint256(Op.Add)) return Float32.add;
        if (op == uint256(Op.Sub)) return Float32.sub;
        if (op == uint256(Op.Mul)) return Float32.mul;
        if (op == uint256(Op.Div)) return Float32.div;
        if (op == uint256(Op.Rem)) return Remainder32.rem;
        if (op == uint256(Op.Min)) return Compare32.minimum;
        if (op == uint256(Op.Max)) return Compare32.maximum;
        if (op == uint256(Op.Eq)) return Compare32.equal;
        if (op == uint256(Op.Lt)) return Compare32.less;
        revert OperationInvalid(Op(op), ElementType.Float32);
    }

    function _integer(
        uint256 op,
        ElementType t
    ) private pure returns (function(uint256, uint256) pure returns (uint256)) {
        if (op == uint256(Op.Min)) return Integers.min;
        if (op == uint256(Op.Max)) return Integers.max;
        if (op == uint256(Op.And)) return Integers.and;
        if (op == uint256(Op.Xor)) return Integers.xor;
        if (op == uint256(Op.Eq)) return Integers.equal;
        if (op == uint256(Op.Lt)) return Integers.less;
        if (op == uint256(Op.Shr) && Elements.width(t) > 1) return Integers.shr;
        if (Elements.isBool(t)) revert OperationInvalid(Op(op), t);
        if (op == uint256(Op.Add)) return Integers.add;
        if (op == uint256(Op.Sub)) return Integers.sub;
        if (op == uint256(Op.Mul)) return Integers.mul;
        if (op == uint256(Op.Div)) return Integers.div;
        if (op == uint256(Op.Rem)) return Integers.rem;
        revert OperationInvalid(Op(op), t);
    }

    /// @dev The pattern of a number as an integer; all NaN are one.
    function _bits(uint256 x) private pure returns (uint256) {
        return Elements.fromBits(Compare32.isNaN(x) ? Float32.NAN : x, ElementType.Int32);
    }

    function _fromBits(uint256 x) private pure returns (uint256) {
        return Elements.fromBits(x, ElementType.Float32);
    }
}
