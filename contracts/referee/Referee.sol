// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {Body, ElementType, Step} from "../types/Program.sol";
import {Bodies} from "./Bodies.sol";
import {Compare32} from "./Compare32.sol";
import {Epilogue} from "./Epilogue.sol";
import {Float32} from "./Float32.sol";
import {Frame, Frames, requireType} from "./Frame.sol";
import {Operand} from "./Operands.sol";
import {Ranking} from "./Ranking.sol";

/// @title Referee
/// @notice Recomputes one element of one step, bit for bit as `docs/semantics.md` defines it.
/// @dev Total on data: every byte pattern in the operands has a defined result. It reverts only for
/// a proof that leaves an operand unopened, or for a descriptor that no valid model contains.
/// Twins: `src/engine/reference/evaluate.ts` and the engine.
library Referee {
    /// @notice The bits of element `element` of the step's output: its bytes, the first one lowest.
    function evaluate(
        Step memory step,
        uint256 element,
        Operand[] memory operands
    ) internal pure returns (uint256) {
        Frame memory frame = Frames.place(step, element, operands);
        bool moves = step.body == Body.Read && step.epilogue.length == 0;
        (uint256 value, ElementType t) = moves ? Bodies.read(frame, true) : _start(frame);
        if (!moves) (value, t) = Epilogue.run(frame, value, t);
        requireType(t, step.output.elementType);
        if (!moves && t == ElementType.Float32 && Compare32.isNaN(value)) return Float32.NAN;
        return Elements.toBits(value, t);
    }

    function _start(Frame memory frame) private pure returns (uint256, ElementType) {
        if (frame.step.body == Body.Read) return Bodies.read(frame, false);
        if (frame.step.body == Body.Dot) return Bodies.dot(frame);
        if (frame.step.body == Body.Fold) return Bodies.fold(frame);
        return Ranking.rank(frame);
    }
}
