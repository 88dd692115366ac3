// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ElementProof} from "../interfaces/IReferee.sol";
import {IResumption} from "../interfaces/IResumption.sol";
import {ElementProofs} from "../libraries/ElementProofs.sol";
import {Inclusion} from "../types/Batch.sol";
import {Partial} from "../types/Partial.sol";
import {ModelHeader} from "../types/Program.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {Roots} from "../types/Roots.sol";
import {Disclosure} from "./Disclosure.sol";

/// @title Resumption
/// @notice Keeps the accumulators of proofs that take several transactions.
abstract contract Resumption is IResumption, Disclosure {
    mapping(bytes32 proofId => Partial) private _partials;

    /// @inheritdoc IResumption
    function advance(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ModelHeader calldata header,
        bytes32 traceRoot,
        bytes calldata proof
    ) external payable {
        ReceiptId id = _registry().receiptIdOf(receipt);
        bytes32 proofId = _proofId(id, msg.sender, proof);
        Partial memory before = _partials[proofId];
        Partial memory current = _referee.advance(
            header,
            _rootsOf(receipt, id, header, traceRoot),
            before,
            proof
        );
        if (current.terms <= before.terms) revert NothingAdvanced(current.terms);
        _partials[proofId] = current;
        if (before.terms == 0) _openUpload(receipt, id, proofId);
        else if (msg.value != 0) revert BondNotDue(msg.value);
        _prolongUpload(receipt, inclusion, id);
        emit Advanced(id, proofId, msg.sender, current.terms);
    }

    /// @inheritdoc IResumption
    function proofIdOf(
        ReceiptId receiptId,
        address challenger,
        uint32 stepIndex,
        uint256 element,
        uint256 hint
    ) public pure returns (bytes32) {
        return keccak256(abi.encode(receiptId, challenger, stepIndex, element, hint));
    }

    /// @inheritdoc IResumption
    function partialOf(bytes32 proofId) external view returns (Partial memory) {
        return _partials[proofId];
    }

    /// @dev What a challenger has of the element that a proof is about.
    function _partialFor(
        ReceiptId receiptId,
        address challenger,
        bytes calldata proof
    ) internal view returns (Partial memory) {
        return _partials[_proofId(receiptId, challenger, proof)];
    }

    /// @dev The roots that a receipt commits to, if model and trace root are its.
    function _rootsOf(
        Receipt calldata receipt,
        ReceiptId id,
        ModelHeader calldata header,
        bytes32 traceRoot
    ) internal view returns (Roots memory) {
        _requireModel(receipt, header);
        _requireTraceRoot(receipt, id, traceRoot);
        return Roots(receipt.inputCommitment, traceRoot, receipt.outputCommitment);
    }

    function _proofId(
        ReceiptId receiptId,
        address challenger,
        bytes calldata proof
    ) private pure returns (bytes32) {
        ElementProof calldata p = ElementProofs.decode(proof);
        return proofIdOf(receiptId, challenger, p.stepIndex, p.element, p.hint);
    }
}
