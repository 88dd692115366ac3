// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ElementType, Step} from "../types/Program.sol";
import {Operand} from "./Operands.sol";

/// @notice One element that is recomputed: of which step, from which opened chunks, and where.
struct Frame {
    Step step;
    Operand[] operands;
    /// Row-major coordinates of the element in the step's domain.
    uint256[] index;
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
        uint32[] memory domain = step.domain;
        uint256[] memory index = new uint256[](domain.length);
        for (uint256 i = domain.length; i > 0; --i) {
            index[i - 1] = element % domain[i - 1];
            element /= domain[i - 1];
        }
        _trim(step.reduction);
        return Frame(step, operands, index);
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
