// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {Operand, Operands} from "../referee/Operands.sol";
import {Referee} from "../referee/Referee.sol";
import {Partial} from "../types/Partial.sol";
import {Step} from "../types/Program.sol";

/// @title RefereeHarness
/// @notice Lets tests recompute many elements of one step from whole tensors, without trees and proofs.
contract RefereeHarness {
    using Operands for Operand;

    uint256 private constant CHUNK_BYTES = 1024;

    /// @notice A part of an evaluation: how far it goes, and which chunks are opened for it.
    struct Part {
        uint256 until;
        Place[] chunks;
    }

    struct Place {
        uint32 operand;
        uint32 chunk;
    }

    /// @notice Recomputes `elements` of a step.
    /// @param descriptor `abi.encode(Step)`.
    /// @param tensors One per operand: the bytes of all of its elements.
    /// @return results The bytes of the elements.
    function evaluate(
        bytes calldata descriptor,
        uint256[] calldata elements,
        bytes[] calldata tensors
    ) external pure returns (bytes memory results) {
        Step memory step = abi.decode(descriptor, (Step));
        Operand[] memory operands = _open(tensors);
        uint256 width = Elements.width(step.output.elementType);
        results = new bytes(width * elements.length);
        for (uint256 i; i < elements.length; ++i) {
            uint256 free = _freeMemory();
            uint256 bits = Referee.evaluate(step, elements[i], operands);
            _setFreeMemory(free);
            for (uint256 k; k < width; ++k) results[width * i + k] = bytes1(uint8(bits >> (8 * k)));
        }
    }

    /// @notice The gas of recomputing one element, and its bits.
    function measure(
        bytes calldata descriptor,
        uint256 element,
        bytes[] calldata tensors
    ) external view returns (uint256 bits, uint256 used) {
        Step memory step = abi.decode(descriptor, (Step));
        Operand[] memory operands = _open(tensors);
        uint256 before = gasleft();
        bits = Referee.evaluate(step, element, operands);
        used = before - gasleft();
    }

    /// @notice Recomputes one element part by part. The last part finishes it.
    /// @return bits The bits of the element.
    /// @return steps What there is after each of the other parts.
    function evaluateInParts(
        bytes calldata descriptor,
        uint256 element,
        uint256 hint,
        Part[] calldata parts,
        bytes[] calldata tensors
    ) external pure returns (uint256 bits, Partial[] memory steps) {
        Step memory step = abi.decode(descriptor, (Step));
        steps = new Partial[](parts.length - 1);
        Partial memory current;
        for (uint256 i; i < steps.length; ++i) {
            Operand[] memory operands = _open(tensors, parts[i].chunks);
            current = Referee.advance(step, element, hint, current, parts[i].until, operands);
            steps[i] = current;
        }
        bits = Referee.finish(step, element, hint, current, _open(tensors, parts[steps.length].chunks));
    }

    /// @notice What there is after some more terms, whatever there was before.
    function advance(
        bytes calldata descriptor,
        uint256 element,
        uint256 hint,
        Partial calldata from,
        uint256 until,
        bytes[] calldata tensors
    ) external pure returns (Partial memory) {
        Step memory step = abi.decode(descriptor, (Step));
        return Referee.advance(step, element, hint, from, until, _open(tensors));
    }

    /// @notice The bits of one element that is recomputed at once, with a hint.
    function evaluateWithHint(
        bytes calldata descriptor,
        uint256 element,
        uint256 hint,
        bytes[] calldata tensors
    ) external pure returns (uint256) {
        Step memory step = abi.decode(descriptor, (Step));
        return Referee.evaluate(step, element, hint, _open(tensors));
    }

    /// @notice The number of terms of a step.
    function termsOf(bytes calldata descriptor) external pure returns (uint256) {
        return Referee.termsOf(abi.decode(descriptor, (Step)));
    }

    /// @notice The gas of the parts of an element: of half of its terms from the start, of the others, and of the end.
    function measureParts(
        bytes calldata descriptor,
        uint256 element,
        uint256 hint,
        bytes[] calldata tensors
    ) external view returns (uint256[3] memory used) {
        Step memory step = abi.decode(descriptor, (Step));
        Operand[] memory operands = _open(tensors);
        uint256 terms = Referee.termsOf(step);
        Partial memory current;
        uint256 before = gasleft();
        current = Referee.advance(step, element, hint, current, terms / 2, operands);
        used[0] = before - gasleft();
        before = gasleft();
        current = Referee.advance(step, element, hint, current, terms, operands);
        used[1] = before - gasleft();
        before = gasleft();
        Referee.finish(step, element, hint, current, operands);
        used[2] = before - gasleft();
    }

    /// @dev Opens every chunk of every tensor.
    function _open(bytes[] calldata tensors) private pure returns (Operand[] memory operands) {
        operands = new Operand[](tensors.length);
        for (uint256 i; i < tensors.length; ++i) {
            uint256 count = (tensors[i].length + CHUNK_BYTES - 1) / CHUNK_BYTES;
            operands[i] = Operands.allocate(count);
            for (uint256 chunk; chunk < count; ++chunk) _push(operands[i], tensors[i], chunk);
        }
    }

    /// @dev Opens some chunks.
    function _open(
        bytes[] calldata tensors,
        Place[] calldata places
    ) private pure returns (Operand[] memory operands) {
        operands = new Operand[](tensors.length);
        for (uint256 i; i < tensors.length; ++i) operands[i] = Operands.allocate(places.length);
        for (uint256 i; i < places.length; ++i) {
            uint256 operand = places[i].operand;
            _push(operands[operand], tensors[operand], places[i].chunk);
        }
    }

    function _push(Operand memory operand, bytes calldata data, uint256 chunk) private pure {
        uint256 end = (chunk + 1) * CHUNK_BYTES;
        if (end > data.length) end = data.length;
        operand.push(chunk, data[chunk * CHUNK_BYTES:end]);
    }

    function _freeMemory() private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
        }
    }

    /// @dev Gives back what was allocated since: nothing of it is used any more.
    function _setFreeMemory(uint256 pointer) private pure {
        assembly ("memory-safe") {
            mstore(0x40, pointer)
        }
    }
}
