// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Body, ElementType, Step} from "../types/Program.sol";
import {Forms, Loops} from "./Forms.sol";
import {Operand} from "./Operands.sol";

/// @notice One element that is recomputed: of which step, from which opened chunks, and where.
struct Frame {
    Step step;
    Operand[] operands;
    /// The element's coordinates, and no reduction: all of its indices are 0.
    Loops still;
    /// The number of terms.
    uint256 terms;
}

/// @dev The descriptor has `actual` where only `expected` makes sense: no valid model does.
error TypeMismatch(ElementType actual, ElementType expected);

/// @dev Reverts unless a descriptor's types agree.
function requireType(ElementType actual, ElementType expected) pure {
    if (actual != expected) revert TypeMismatch(actual, expected);
}

/// @title Frames
/// @notice Places an element in its step.
library Frames {
    /// @dev The element is not below the length of the step's output.
    error ElementOutOfRange(uint256 element, uint256 length);

    function place(
        Step memory step,
        uint256 element,
        Operand[] memory operands
    ) internal pure returns (Frame memory) {
        if (element >= step.output.length) revert ElementOutOfRange(element, step.output.length);
        uint256[] memory index = Forms.coordinates(element, step.domain, step.domain.length);
        _trim(step.reduction);
        return Frame(step, operands, Loops(index, new uint32[](0), new uint256[](0)), termsOf(step));
    }

    /// @notice The number of terms of the body's reduction: 1 if it has no loops. A Read has none.
    function termsOf(Step memory step) internal pure returns (uint256 terms) {
        if (step.body == Body.Read) return 0;
        terms = 1;
        for (uint256 i; i < step.reduction.length; ++i) terms *= step.reduction[i];
    }

    /// @dev Drops innermost loops that run once: their index is 0, and a run is to have more than one element.
    function _trim(uint32[] memory reduction) private pure {
        uint256 length = reduction.length;
        while (length > 0 && reduction[length - 1] == 1) --length;
        assembly ("memory-safe") {
            mstore(reduction, length) // the array's length; it only shrinks
        }
    }
}
