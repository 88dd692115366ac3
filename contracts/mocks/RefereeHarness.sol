// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Elements} from "../libraries/Elements.sol";
import {Operand, Operands} from "../referee/Operands.sol";
import {Referee} from "../referee/Referee.sol";
import {Step} from "../types/Program.sol";

/// @title RefereeHarness
/// @notice Lets tests recompute many elements of one step from whole tensors, without trees and proofs.
contract RefereeHarness {
    using Operands for Operand;

    uint256 private constant CHUNK_BYTES = 1024;

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

    /// @dev Opens every chunk of every tensor.
    function _open(bytes[] calldata tensors) private pure returns (Operand[] memory operands) {
        operands = new Operand[](tensors.length);
        for (uint256 i; i < tensors.length; ++i) {
            bytes calldata data = tensors[i];
            operands[i] = Operands.allocate((data.length + CHUNK_BYTES - 1) / CHUNK_BYTES);
            for (uint256 start; start < data.length; start += CHUNK_BYTES) {
                uint256 end = start + CHUNK_BYTES;
                operands[i].push(start / CHUNK_BYTES, data[start:end < data.length ? end : data.length]);
            }
        }
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
