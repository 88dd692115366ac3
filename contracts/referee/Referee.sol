// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {Partial} from "../types/Partial.sol";
import {Body, ElementType, Step} from "../types/Program.sol";
import {Bodies} from "./Bodies.sol";
import {Compare32} from "./Compare32.sol";
import {Epilogue} from "./Epilogue.sol";
import {Float32} from "./Float32.sol";
import {Frame, Frames, requireType} from "./Frame.sol";
import {Operand} from "./Operands.sol";
import {Ranking} from "./Ranking.sol";

/// @title Referee
/// @notice Recomputes one element of one step, bit for bit as `docs/semantics.md` defines it: at once, or in parts,
/// `finish(advance(advance(Partial(0, 0))))`.
/// @dev Total on data: every byte pattern in the operands has a defined result. It reverts only for
/// a proof that leaves an operand unopened or has a wrong hint, or for a descriptor that no valid model contains.
/// Twins: `src/engine/reference/evaluate.ts` and the engine.
///
/// A `hint` is a candidate of a Rank: the one that is said to be the result. It is the same for all parts, and means
/// nothing for other bodies and for ranks that no candidate has.
library Referee {
    /// @dev Terms are missing.
    error PartialUnfinished(uint256 terms, uint256 count);

    /// @notice The bits of element `element` of the step's output: its bytes, the first one lowest.
    function evaluate(
        Step memory step,
        uint256 element,
        Operand[] memory operands
    ) internal pure returns (uint256) {
        if (step.body != Body.Rank) return evaluate(step, element, 0, operands);
        Frame memory frame = Frames.place(step, element, operands);
        return _epilogue(frame, Ranking.search(frame), ElementType.Int64);
    }

    /// @notice The same, with a hint for a Rank, which costs less than to search.
    function evaluate(
        Step memory step,
        uint256 element,
        uint256 hint,
        Operand[] memory operands
    ) internal pure returns (uint256) {
        Frame memory frame = Frames.place(step, element, operands);
        return _finish(frame, hint, _advance(frame, hint, Partial(0, 0), type(uint256).max));
    }

    /// @notice The number of terms of the step's reduction: 1 if it has no loops. A Read has none.
    function termsOf(Step memory step) internal pure returns (uint256) {
        return Frames.termsOf(step);
    }

    /// @notice Goes on from `from` until there are `until` terms, or all.
    /// @dev Needs the chunks of these terms, those of zero points, and that of the hint's key.
    function advance(
        Step memory step,
        uint256 element,
        uint256 hint,
        Partial memory from,
        uint256 until,
        Operand[] memory operands
    ) internal pure returns (Partial memory) {
        return _advance(Frames.place(step, element, operands), hint, from, until);
    }

    /// @notice The bits of an element whose body has all of its terms.
    /// @dev Needs the chunks of the epilogue, and those of a Read.
    function finish(
        Step memory step,
        uint256 element,
        uint256 hint,
        Partial memory whole,
        Operand[] memory operands
    ) internal pure returns (uint256 bits) {
        return _finish(Frames.place(step, element, operands), hint, whole);
    }

    function _advance(
        Frame memory frame,
        uint256 hint,
        Partial memory from,
        uint256 until
    ) private pure returns (Partial memory) {
        if (until > frame.terms) until = frame.terms;
        uint256 start = from.terms;
        if (until <= start) return from;
        (uint256 value, ) = _accumulated(frame, from);
        if (frame.step.body == Body.Dot) value = Bodies.dot(frame, value, start, until);
        else if (frame.step.body == Body.Fold) value = Bodies.fold(frame, value, start, until);
        else value = Ranking.count(frame, hint, value, start, until);
        return Partial(uint64(value), uint64(until));
    }

    function _finish(Frame memory frame, uint256 hint, Partial memory whole) private pure returns (uint256) {
        if (whole.terms != frame.terms) revert PartialUnfinished(whole.terms, frame.terms);
        if (frame.step.body == Body.Read) return _finishRead(frame);
        (uint256 value, ElementType t) = _accumulated(frame, whole);
        if (frame.step.body == Body.Rank) value = Ranking.confirm(frame, hint, value);
        return _epilogue(frame, Elements.fromBits(value, t), t);
    }

    /// @dev What the body has so far, in which only the bits of the type count, and its type.
    function _accumulated(
        Frame memory frame,
        Partial memory current
    ) private pure returns (uint256 value, ElementType t) {
        t = ElementType.Int64;
        if (frame.step.body != Body.Rank) (value, t) = Bodies.start(frame);
        if (current.terms != 0) value = current.accumulator;
    }

    /// @dev A Read alone moves the bits.
    function _finishRead(Frame memory frame) private pure returns (uint256) {
        bool moves = frame.step.epilogue.length == 0;
        (uint256 value, ElementType t) = Bodies.read(frame, moves);
        if (!moves) return _epilogue(frame, value, t);
        requireType(t, frame.step.output.elementType);
        return Elements.toBits(value, t);
    }

    /// @dev The bits of the last register. All NaN are stored as one.
    function _epilogue(Frame memory frame, uint256 value, ElementType t) private pure returns (uint256) {
        (value, t) = Epilogue.run(frame, value, t);
        requireType(t, frame.step.output.elementType);
        if (Elements.isFloat(t) && Compare32.isNaN(value)) return Float32.NAN;
        return Elements.toBits(value, t);
    }
}
