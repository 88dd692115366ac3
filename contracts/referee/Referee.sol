// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Access, Body, Instruction, Op, Source, Step} from "../types/Program.sol";
import {Exp32} from "./Exp32.sol";
import {Float32} from "./Float32.sol";
import {Operand, Operands} from "./Operands.sol";

/// @title Referee
/// @notice Recomputes one element of one step, bit for bit as `docs/semantics.md` defines it.
/// @dev Total on data: every byte pattern in the operands has a defined result. It reverts only for
/// a proof that leaves an operand unopened, or for a descriptor that no valid model contains.
/// Twins: `src/engine/reference/evaluate.ts` and the engine.
library Referee {
    using Operands for Operand;

    uint256 private constant NEGATIVE_INFINITY = 0xff800000;

    /// @dev The element is not below the length of the step's output.
    error ElementOutOfRange(uint256 element, uint256 length);

    /// @notice The bit pattern of element `element` of the step's output.
    function evaluate(
        Step memory step,
        uint256 element,
        Operand[] memory operands
    ) internal pure returns (uint256 acc) {
        if (element >= step.output.length) revert ElementOutOfRange(element, step.output.length);
        int256[] memory index = _coordinates(step, element);
        acc = step.body == Body.Read ? _read(step, operands, index) : _reduce(step, operands, index);
        for (uint256 i; i < step.epilogue.length; ++i) {
            Instruction memory instruction = step.epilogue[i];
            uint256 rhs = instruction.value;
            if (instruction.source == Source.Operand) {
                (, rhs) = operands[rhs].read(step.operands[rhs], index);
            }
            acc = _apply(instruction.op, acc, rhs);
        }
    }

    /// @dev Row-major coordinates of the element, followed by zeros for the reduction.
    function _coordinates(Step memory step, uint256 element) private pure returns (int256[] memory index) {
        index = new int256[](step.domain.length + step.reduction.length);
        for (uint256 i = step.domain.length; i-- > 0;) {
            index[i] = int256(element % step.domain[i]);
            element /= step.domain[i];
        }
    }

    function _read(
        Step memory step,
        Operand[] memory operands,
        int256[] memory index
    ) private pure returns (uint256 bits) {
        (, bits) = operands[0].read(step.operands[0], index);
    }

    /// @dev Visits the reduction indices in row-major order.
    function _reduce(
        Step memory step,
        Operand[] memory operands,
        int256[] memory index
    ) private pure returns (uint256 acc) {
        if (step.body == Body.Max) acc = NEGATIVE_INFINITY;
        uint256 count = 1;
        for (uint256 i; i < step.reduction.length; ++i) count *= step.reduction[i];
        for (; count != 0; --count) {
            (bool inside, uint256 a) = operands[0].read(step.operands[0], index);
            if (step.body == Body.Dot) {
                (, uint256 b) = operands[1].read(step.operands[1], index);
                acc = Float32.add(acc, Float32.mul(a, b));
            } else if (inside) {
                acc = step.body == Body.Max ? Float32.maximum(acc, a) : Float32.add(acc, a);
            }
            _advance(step, index);
        }
    }

    /// @dev The next reduction index, last dimension fastest.
    function _advance(Step memory step, int256[] memory index) private pure {
        for (uint256 i = step.reduction.length; i-- > 0;) {
            uint256 at_ = step.domain.length + i;
            if (++index[at_] < int256(uint256(step.reduction[i]))) return;
            index[at_] = 0;
        }
    }

    function _apply(Op op, uint256 acc, uint256 rhs) private pure returns (uint256) {
        if (op == Op.Add) return Float32.add(acc, rhs);
        if (op == Op.Sub) return Float32.sub(acc, rhs);
        if (op == Op.Mul) return Float32.mul(acc, rhs);
        if (op == Op.Div) return Float32.div(acc, rhs);
        if (op == Op.Max) return Float32.maximum(acc, rhs);
        return Exp32.exp(acc);
    }
}
