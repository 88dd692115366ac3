// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFault, ITimedFault} from "../interfaces/IFault.sol";
import {IReferee} from "../interfaces/IReferee.sol";
import {ModelHeader, Tensor} from "../types/Program.sol";
import {Question} from "../types/Question.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {Disclosure} from "./Disclosure.sol";
import {Resumption} from "./Resumption.sol";

/// @title WrongExecution
/// @notice One element of the provider's own trace differs from what its own operands give, or the provider does
/// not show what it committed to.
/// @dev Evidence: `abi.encode(Evidence)`. The element is recomputed from what the provider committed
/// to, so no opinion about the right answer enters: if the answer is wrong, some element is
/// inconsistent with its operands, and if every element is consistent, the answer is right.
contract WrongExecution is ITimedFault, Resumption {
    struct Evidence {
        /// A demand that was not answered in time; then nothing else counts. Zero for a proof.
        bytes32 question;
        ModelHeader header;
        /// Root of the trace tree, before it is bound to the request.
        bytes32 traceRoot;
        /// `abi.encode(ElementProof)`.
        bytes proof;
    }

    /// @dev One word with the offset of the struct, and the twelve of its head.
    uint256 private constant LEAST_BYTES = 13 * 32;

    /// @dev The evidence is not `abi.encode(Evidence)`.
    error EvidenceMalformed();

    constructor(
        IReferee referee,
        Clocks memory clocks_,
        uint256 gasPriceFloor
    ) Disclosure(referee, clocks_, gasPriceFloor) {}

    /// @inheritdoc ITimedFault
    function bind() external {
        _bind();
    }

    /// @inheritdoc IFault
    function judge(
        Receipt calldata receipt,
        ReceiptId receiptId,
        address challenger,
        bytes calldata evidence
    ) external view returns (bool guilty, uint64 since) {
        Evidence calldata e = _decode(evidence);
        bytes32 question = e.question;
        if (question != 0) {
            guilty = _isWithheld(receiptId, question);
        } else {
            Tensor memory tensor;
            uint32 chunk;
            (guilty, tensor, chunk) = _referee.isWrong(
                e.header,
                _rootsOf(receipt, receiptId, e.header, e.traceRoot),
                _partialFor(receiptId, challenger, e.proof),
                e.proof
            );
            question = questionIdOf(Question(tensor.space, 0, tensor.firstLeaf + chunk, tensor));
        }
        uint64 asked = _askedSince(receiptId, question, challenger);
        since = _knownSince(receiptId, challenger, evidence);
        if (asked < since) since = asked;
    }

    /// @inheritdoc ITimedFault
    function longestGame() external view returns (uint256) {
        return _longestGame();
    }

    /// @dev What was committed to is what is read: the head lies where `abi.encode` puts it, in the evidence.
    function _decode(bytes calldata evidence) private pure returns (Evidence calldata e) {
        if (evidence.length < LEAST_BYTES || bytes32(evidence) != bytes32(uint256(32)))
            revert EvidenceMalformed();
        assembly ("memory-safe") {
            // The struct begins behind the word with its offset. Members behind its head are bounds-checked by the
            // compiler when they are read.
            e := add(evidence.offset, 32)
        }
    }
}
