// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {ElementType, Instruction, Op} from "../types/Program.sol";
import {Frame, requireType} from "./Frame.sol";
import {Lanes} from "./Lanes.sol";
import {Scalars} from "./Scalars.sol";

/// @notice The registers of an element, in the order in which they are made.
struct Registers {
    uint256[] values;
    ElementType[] types;
    uint256 count;
}

/// @title Epilogue
/// @notice The scalar instructions behind a body.
/// @dev Operations are looked up as numbers, as in `Scalars`.
library Epilogue {
    /// @dev The instruction uses a register that is not made yet: no valid model does.
    error RegisterInvalid(uint256 register, uint256 count);

    /// @notice Runs the step's instructions, with what the body gave as register 0.
    /// @return The last register and its type.
    function run(
        Frame memory frame,
        uint256 value,
        ElementType t
    ) internal pure returns (uint256, ElementType) {
        Instruction[] memory instructions = frame.step.epilogue;
        uint256 size = instructions.length + 1;
        Registers memory registers = Registers(new uint256[](size), new ElementType[](size), 0);
        for (uint256 i; i < instructions.length; ++i) {
            _push(registers, value, t);
            (value, t) = _execute(frame, registers, instructions[i]);
        }
        return (value, t);
    }

    function _execute(
        Frame memory frame,
        Registers memory registers,
        Instruction memory i
    ) private pure returns (uint256, ElementType t) {
        uint256 op = uint256(i.op);
        t = i.elementType;
        if (op == uint256(Op.Load)) return (_load(frame, i.a, t), t);
        if (op == uint256(Op.Const)) return (Elements.fromBits(i.value, t), t);
        if (op == uint256(Op.Select)) return (_select(registers, i), t);
        if (op == uint256(Op.Cast)) {
            (uint256 value, ElementType source) = _get(registers, i.a);
            return (Scalars.cast(value, source, t), t);
        }
        if (op >= uint256(Op.Round) && op <= uint256(Op.FromBits)) return (_unary(registers, i), t);
        uint256 result = Scalars.binary(i.op, t)(_typed(registers, i.a, t), _typed(registers, i.b, t));
        if (op == uint256(Op.Eq) || op == uint256(Op.Lt)) t = ElementType.Bool;
        return (Elements.fromBits(result, t), t);
    }

    function _load(Frame memory frame, uint256 operand, ElementType t) private pure returns (uint256) {
        requireType(frame.step.operands[operand].tensor.elementType, t);
        return Lanes.valueOf(frame, operand);
    }

    function _select(Registers memory registers, Instruction memory i) private pure returns (uint256) {
        uint256 yes = _typed(registers, i.b, i.elementType);
        uint256 no = _typed(registers, i.c, i.elementType);
        return _typed(registers, i.a, ElementType.Bool) == 0 ? no : yes;
    }

    function _unary(Registers memory registers, Instruction memory i) private pure returns (uint256) {
        (function(uint256) pure returns (uint256) f, ElementType source) = Scalars.unary(i.op, i.elementType);
        return f(_typed(registers, i.a, source));
    }

    function _push(Registers memory registers, uint256 value, ElementType t) private pure {
        uint256 count = registers.count++;
        registers.values[count] = value;
        registers.types[count] = t;
    }

    /// @dev The value of a register that must have the type `t`.
    function _typed(
        Registers memory registers,
        uint256 register,
        ElementType t
    ) private pure returns (uint256) {
        (uint256 value, ElementType actual) = _get(registers, register);
        requireType(actual, t);
        return value;
    }

    function _get(Registers memory registers, uint256 register) private pure returns (uint256, ElementType) {
        if (register >= registers.count) revert RegisterInvalid(register, registers.count);
        return (registers.values[register], registers.types[register]);
    }
}
