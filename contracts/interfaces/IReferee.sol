// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Partial} from "../types/Partial.sol";
import {ModelHeader, Tensor} from "../types/Program.sol";
import {Roots} from "../types/Roots.sol";

/// @notice One element and what it was made of, opened under the roots of a run. Off-chain twin:
/// `src/engine/audit/evidence.ts`.
struct ElementProof {
    uint32 stepIndex;
    /// `abi.encode(Step)`.
    bytes step;
    bytes32[] stepPath;
    /// Which element of the step's output.
    uint256 element;
    /// For a step that ranks, resumed in parts: which reduction index has the rank. Else zero.
    uint256 hint;
    /// For `advance`: up to how many terms. Else zero.
    uint64 until;
    /// The chunk that holds the claimed value.
    bytes outputData;
    bytes32[] outputPath;
    Opening[] openings;
}

/// @notice One or several successive chunks of one operand.
struct Opening {
    /// Index into the step's operands.
    uint32 operand;
    /// Index of the first chunk within the operand's tensor.
    uint32 chunk;
    /// All bytes of the chunks. How many chunks they are follows from how many bytes they are.
    bytes data;
    /// The siblings on both sides of the chunks, as `TensorTree` says.
    bytes32[] path;
}

/// @title IReferee
/// @notice Recomputes one element of a program from what a run committed to. It has no state and no opinion:
/// same model, roots and proof, same result.
/// @dev A bad proof reverts with a named error. Data never makes it revert: every byte pattern has a
/// result. `proof` is `abi.encode(ElementProof)`.
interface IReferee {
    error StepOutOfRange(uint256 step, uint256 count);
    error OperandOutOfRange(uint256 operand, uint256 count);

    /// @notice Whether the committed value of the element differs from what its operands give, and where it is.
    /// @param from What `advance` has made of the element so far; zeros for a proof in one piece.
    function isWrong(
        ModelHeader calldata header,
        Roots calldata roots,
        Partial calldata from,
        bytes calldata proof
    ) external view returns (bool wrong, Tensor memory output, uint32 chunk);

    /// @notice Goes on with the reduction of the element from `from` to `until` terms, whose operands are opened.
    function advance(
        ModelHeader calldata header,
        Roots calldata roots,
        Partial calldata from,
        bytes calldata proof
    ) external view returns (Partial memory);

    /// @notice The tensor that step `stepIndex` makes.
    function outputOf(
        ModelHeader calldata header,
        uint32 stepIndex,
        bytes calldata step,
        bytes32[] calldata stepPath
    ) external view returns (Tensor memory);
}
