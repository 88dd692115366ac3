// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Body, Instruction, Op, Source, Step} from "../types/Program.sol";
import {Exp32} from "./Exp32.sol";
import {Float32} from "./Float32.sol";
import {Lane, Lanes} from "./Lanes.sol";
import {Operand} from "./Operands.sol";

/// @title Referee
/// @notice Recomputes one element of one step, bit for bit as `docs/semantics.md` defines it.
/// @dev Total on data: every byte pattern in the operands has a defined result. It reverts only for
/// a proof that leaves an operand unopened, or for a descriptor that no valid model contains.
/// Twins: `src/engine/reference/evaluate.ts` and the engine.
library Referee {
    using Lanes for Lane;

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
        uint256[] memory index = _coordinates(step.domain, element);
        Lane memory a = Lanes.open(step.operands[0], operands[0], index, step.reduction);
        if (step.body == Body.Read) {
            (, acc) = a.read();
        } else if (step.body == Body.Dot) {
            acc = _dot(step, a, Lanes.open(step.operands[1], operands[1], index, step.reduction));
        } else {
            acc = _fold(step, a);
        }
        for (uint256 i; i < step.epilogue.length; ++i) {
            acc = _apply(step.epilogue[i], acc, step, operands, index);
        }
    }

    /// @dev Row-major coordinates of an element.
    function _coordinates(
        uint32[] memory domain,
        uint256 element
    ) private pure returns (uint256[] memory index) {
        index = new uint256[](domain.length);
        for (uint256 i = domain.length; i > 0; --i) {
            index[i - 1] = element % domain[i - 1];
            element /= domain[i - 1];
        }
    }

    /// @dev Sum of products in row-major order of the reduction, from +0; padding reads +0.
    function _dot(Step memory step, Lane memory a, Lane memory b) private pure returns (uint256 acc) {
        uint256[] memory counter = new uint256[](step.reduction.length);
        while (true) {
            (, uint256 x) = a.read();
            (, uint256 y) = b.read();
            acc = Float32.add(acc, Float32.mul(x, y));
            (bool more, uint256 loop) = _next(step.reduction, counter);
            if (!more) return acc;
            a.advance(loop);
            b.advance(loop);
        }
    }

    /// @dev Maximum from -inf or sum from +0 in the same order; padding is skipped.
    function _fold(Step memory step, Lane memory a) private pure returns (uint256 acc) {
        uint256[] memory counter = new uint256[](step.reduction.length);
        bool isMax = step.body == Body.Max;
        if (isMax) acc = NEGATIVE_INFINITY;
        while (true) {
            (bool inside, uint256 x) = a.read();
            if (inside) acc = isMax ? Float32.maximum(acc, x) : Float32.add(acc, x);
            (bool more, uint256 loop) = _next(step.reduction, counter);
            if (!more) return acc;
            a.advance(loop);
        }
    }

    /// @dev The loop that goes on, all loops inside of it starting again; `more` is false after the last.
    function _next(
        uint32[] memory reduction,
        uint256[] memory counter
    ) private pure returns (bool more, uint256 loop) {
        unchecked {
            for (loop = counter.length; loop > 0;) {
                --loop;
                if (++counter[loop] < reduction[loop]) return (true, loop);
                counter[loop] = 0;
            }
        }
    }

    function _apply(
        Instruction memory instruction,
        uint256 acc,
        Step memory step,
        Operand[] memory operands,
        uint256[] memory index
    ) private pure returns (uint256) {
        Op op = instruction.op;
        if (op == Op.Exp) return Exp32.exp(acc);
        uint256 rhs = _rightHandSide(instruction, step, operands, index);
        if (op == Op.Add) return Float32.add(acc, rhs);
        if (op == Op.Sub) return Float32.sub(acc, rhs);
        if (op == Op.Mul) return Float32.mul(acc, rhs);
        if (op == Op.Div) return Float32.div(acc, rhs);
        return Float32.maximum(acc, rhs);
    }

    function _rightHandSide(
        Instruction memory instruction,
        Step memory step,
        Operand[] memory operands,
        uint256[] memory index
    ) private pure returns (uint256 bits) {
        if (instruction.source == Source.None) return 0;
        if (instruction.source == Source.Immediate) return instruction.value;
        uint256 operand = instruction.value;
        // No reduction is left: its factors in the access do not count.
        (, bits) = Lanes.open(step.operands[operand], operands[operand], index, new uint32[](0)).read();
    }
}
