// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ElementProof, IReferee, Opening} from "../interfaces/IReferee.sol";
import {ElementProofs} from "../libraries/ElementProofs.sol";
import {Elements} from "../libraries/Elements.sol";
import {TensorTree} from "../libraries/TensorTree.sol";
import {TreeDepth} from "../libraries/TreeDepth.sol";
import {Frames} from "../referee/Frame.sol";
import {Operand, Operands} from "../referee/Operands.sol";
import {Referee} from "../referee/Referee.sol";
import {Partial} from "../types/Partial.sol";
import {ModelHeader, Space, Step, Tensor} from "../types/Program.sol";
import {Roots} from "../types/Roots.sol";

/// @title ElementReferee
/// @notice Verifies the openings of an element, then has the referee recompute it.
contract ElementReferee is IReferee {
    using Operands for Operand;

    /// @inheritdoc IReferee
    function isWrong(
        ModelHeader calldata header,
        Roots calldata roots,
        Partial calldata from,
        bytes calldata proof
    ) external view returns (bool wrong, Tensor memory output, uint32 chunk) {
        ElementProof calldata p = ElementProofs.decode(proof);
        Step memory step = _step(header, p.stepIndex, p.step, p.stepPath);
        output = step.output;
        uint256 value = _evaluate(step, p, from, _open(header, roots, p, step));
        uint256 claimed;
        (claimed, chunk) = _claimed(header, roots, p, output);
        wrong = value != claimed;
    }

    /// @inheritdoc IReferee
    function advance(
        ModelHeader calldata header,
        Roots calldata roots,
        Partial calldata from,
        bytes calldata proof
    ) external view returns (Partial memory) {
        ElementProof calldata p = ElementProofs.decode(proof);
        Step memory step = _step(header, p.stepIndex, p.step, p.stepPath);
        Operand[] memory operands = _open(header, roots, p, step);
        return Referee.advance(step, p.element, p.hint, from, p.until, operands);
    }

    function _evaluate(
        Step memory step,
        ElementProof calldata p,
        Partial calldata from,
        Operand[] memory operands
    ) private pure returns (uint256) {
        if (from.terms == 0) return Referee.evaluate(step, p.element, operands);
        Partial memory whole = Referee.advance(step, p.element, p.hint, from, type(uint256).max, operands);
        return Referee.finish(step, p.element, p.hint, whole, operands);
    }

    /// @inheritdoc IReferee
    function outputOf(
        ModelHeader calldata header,
        uint32 stepIndex,
        bytes calldata step,
        bytes32[] calldata stepPath
    ) external view returns (Tensor memory) {
        return _step(header, stepIndex, step, stepPath).output;
    }

    /// @dev The descriptor, which is one of the model.
    function _step(
        ModelHeader calldata header,
        uint32 stepIndex,
        bytes calldata step,
        bytes32[] calldata stepPath
    ) private view returns (Step memory) {
        if (stepIndex >= header.stepCount) revert StepOutOfRange(stepIndex, header.stepCount);
        uint256 depth = TreeDepth.forLeaves(header.stepCount);
        TensorTree.verifyDescriptor(header.programRoot, depth, stepIndex, step, stepPath);
        return abi.decode(step, (Step));
    }

    /// @dev The bits of the element as they were committed to, and the chunk that holds them.
    function _claimed(
        ModelHeader calldata header,
        Roots calldata roots,
        ElementProof calldata p,
        Tensor memory tensor
    ) private view returns (uint256 bits, uint32 chunk) {
        if (p.element >= tensor.length) revert Frames.ElementOutOfRange(p.element, tensor.length);
        uint256 width = Elements.width(tensor.elementType);
        uint256 start = p.element * width;
        (bytes32 root, uint256 depth) = _tree(header, roots, tensor.space);
        chunk = uint32(start / TensorTree.CHUNK_BYTES); // fits: firstLeaf + chunk does
        TensorTree.verifyChunk(root, depth, tensor, chunk, p.outputData, p.outputPath);
        bytes calldata element = p.outputData[start % TensorTree.CHUNK_BYTES:];
        for (uint256 i; i < width; ++i) bits |= uint256(uint8(element[i])) << (8 * i);
    }

    /// @dev Copies every opening to memory and verifies it there.
    function _open(
        ModelHeader calldata header,
        Roots calldata roots,
        ElementProof calldata p,
        Step memory step
    ) private view returns (Operand[] memory operands) {
        operands = _allocate(p.openings, step.operands.length);
        for (uint256 i; i < p.openings.length; ++i) {
            Opening calldata opening = p.openings[i];
            Tensor memory tensor = step.operands[opening.operand].tensor;
            (bytes32 root, uint256 depth) = _tree(header, roots, tensor.space);
            bytes memory data = opening.data;
            TensorTree.verifyChunks(root, depth, tensor, opening.chunk, data, opening.path);
            operands[opening.operand].push(opening.chunk, data);
        }
    }

    function _allocate(
        Opening[] calldata openings,
        uint256 count
    ) private pure returns (Operand[] memory operands) {
        uint256[] memory sizes = new uint256[](count);
        for (uint256 i; i < openings.length; ++i) {
            if (openings[i].operand >= count) revert OperandOutOfRange(openings[i].operand, count);
            ++sizes[openings[i].operand];
        }
        operands = new Operand[](count);
        for (uint256 i; i < count; ++i) operands[i] = Operands.allocate(sizes[i]);
    }

    /// @dev Weights are the model's, everything else the run's.
    function _tree(
        ModelHeader calldata header,
        Roots calldata roots,
        Space space
    ) private pure returns (bytes32 root, uint256 depth) {
        if (space == Space.Input) return (roots.input, header.inputDepth);
        if (space == Space.Weights) return (header.weightsRoot, header.weightsDepth);
        if (space == Space.Trace) return (roots.trace, header.traceDepth);
        return (roots.output, header.outputDepth);
    }
}
