// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFault} from "../interfaces/IFault.sol";
import {Elements} from "../libraries/Elements.sol";
import {ModelLib} from "../libraries/ModelLib.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {TensorTree} from "../libraries/TensorTree.sol";
import {TreeDepth} from "../libraries/TreeDepth.sol";
import {Frames} from "../referee/Frame.sol";
import {Operand, Operands} from "../referee/Operands.sol";
import {Referee} from "../referee/Referee.sol";
import {ModelId} from "../types/ModelId.sol";
import {ModelHeader, Space, Step, Tensor} from "../types/Program.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title WrongExecution
/// @notice One element of the provider's own trace differs from what its own operands give.
/// @dev Evidence: `abi.encode(Evidence)`. The element is recomputed from what the provider committed
/// to, so no opinion about the right answer enters: if the answer is wrong, some element is
/// inconsistent with its operands, and if every element is consistent, the answer is right.
contract WrongExecution is IFault {
    using Operands for Operand;
    using ReceiptLib for Receipt;

    bytes32 private constant TRACE_DOMAIN = keccak256("onus.trace.v1");

    /// @notice One chunk of one operand.
    struct Opening {
        /// Index into the step's operands.
        uint32 operand;
        /// Index of the chunk within the operand's tensor.
        uint32 chunk;
        bytes data;
        bytes32[] path;
    }

    struct Evidence {
        ModelHeader header;
        /// Root of the trace tree, before it is bound to the request.
        bytes32 traceRoot;
        uint32 stepIndex;
        /// `abi.encode(Step)`.
        bytes step;
        bytes32[] stepPath;
        /// Which element of the step's output.
        uint256 element;
        /// The chunk that holds the provider's value of it.
        bytes outputData;
        bytes32[] outputPath;
        Opening[] openings;
    }

    error ModelMismatch(ModelId receipt, ModelId evidence);
    /// @dev The trace root is not the one that the receipt commits to.
    error TraceMismatch(bytes32 receipt, bytes32 evidence);
    error StepOutOfRange(uint256 step, uint256 count);
    error OperandOutOfRange(uint256 operand, uint256 count);

    /// @inheritdoc IFault
    function judge(
        Receipt calldata receipt,
        ReceiptId,
        bytes calldata evidence
    ) external view returns (bool) {
        Evidence calldata e = _decode(evidence);
        _verifyContext(receipt, e);
        Step memory step = abi.decode(e.step, (Step));
        uint256 claimed = _claimed(receipt, e, step.output);
        return Referee.evaluate(step, e.element, _open(receipt, e, step)) != claimed;
    }

    /// @dev The descriptor is one of the model that the receipt names, the trace root is the receipt's.
    function _verifyContext(Receipt calldata receipt, Evidence calldata e) private view {
        ModelId modelId = ModelLib.id(e.header);
        if (ModelId.unwrap(modelId) != ModelId.unwrap(receipt.modelId))
            revert ModelMismatch(receipt.modelId, modelId);
        // The registry calls, so the caller is the contract that the trace is bound to.
        bytes32 context = receipt.traceContext(msg.sender);
        bytes32 commitment = keccak256(abi.encode(TRACE_DOMAIN, context, e.traceRoot));
        if (commitment != receipt.traceCommitment) revert TraceMismatch(receipt.traceCommitment, commitment);
        if (e.stepIndex >= e.header.stepCount) revert StepOutOfRange(e.stepIndex, e.header.stepCount);
        uint256 depth = TreeDepth.forLeaves(e.header.stepCount);
        TensorTree.verifyDescriptor(e.header.programRoot, depth, e.stepIndex, e.step, e.stepPath);
    }

    /// @dev The bits of the element as the provider committed to it.
    function _claimed(
        Receipt calldata receipt,
        Evidence calldata e,
        Tensor memory tensor
    ) private pure returns (uint256 bits) {
        if (e.element >= tensor.length) revert Frames.ElementOutOfRange(e.element, tensor.length);
        uint256 width = Elements.width(tensor.elementType);
        uint256 start = e.element * width;
        (bytes32 root, uint256 depth) = _tree(receipt, e, tensor.space);
        uint256 chunk = start / TensorTree.CHUNK_BYTES;
        TensorTree.verifyChunk(root, depth, tensor, chunk, e.outputData, e.outputPath);
        bytes calldata element = e.outputData[start % TensorTree.CHUNK_BYTES:];
        for (uint256 i; i < width; ++i) bits |= uint256(uint8(element[i])) << (8 * i);
    }

    /// @dev Verifies every opening and copies it to memory.
    function _open(
        Receipt calldata receipt,
        Evidence calldata e,
        Step memory step
    ) private pure returns (Operand[] memory operands) {
        operands = _allocate(e.openings, step.operands.length);
        for (uint256 i; i < e.openings.length; ++i) {
            Opening calldata opening = e.openings[i];
            Tensor memory tensor = step.operands[opening.operand].tensor;
            (bytes32 root, uint256 depth) = _tree(receipt, e, tensor.space);
            TensorTree.verifyChunk(root, depth, tensor, opening.chunk, opening.data, opening.path);
            operands[opening.operand].push(opening.chunk, opening.data);
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

    /// @dev Input and output trees are the receipt's, weights the model's, the rest the trace's.
    function _tree(
        Receipt calldata receipt,
        Evidence calldata e,
        Space space
    ) private pure returns (bytes32 root, uint256 depth) {
        if (space == Space.Input) return (receipt.inputCommitment, e.header.inputDepth);
        if (space == Space.Weights) return (e.header.weightsRoot, e.header.weightsDepth);
        if (space == Space.Trace) return (e.traceRoot, e.header.traceDepth);
        return (receipt.outputCommitment, e.header.outputDepth);
    }

    function _decode(bytes calldata evidence) private pure returns (Evidence calldata e) {
        assembly ("memory-safe") {
            // `abi.encode` of one dynamic struct: a word with the offset of its first member, then the
            // struct. Members are bounds-checked by the compiler when they are read.
            e := add(evidence.offset, calldataload(evidence.offset))
        }
    }
}
