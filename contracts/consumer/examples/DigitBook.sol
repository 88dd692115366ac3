// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOnus} from "../../interfaces/IOnus.sol";
import {TensorTree} from "../../libraries/TensorTree.sol";
import {AccountabilityPolicy} from "../../types/AccountabilityPolicy.sol";
import {Inclusion} from "../../types/Batch.sol";
import {Space} from "../../types/Program.sol";
import {Receipt} from "../../types/Receipt.sol";
import {AccountableConsumer} from "../AccountableConsumer.sol";
import {Output} from "../Output.sol";

/// @title DigitBook
/// @notice Example: writes down a digit that a model read, if somebody can be held to account for it.
/// @dev The first accountable answer to a request stays. Any provider that meets the policy may give it:
/// an application that wants a particular one adds a clause of its own.
contract DigitBook is AccountableConsumer {
    uint256 private constant CLASSES = 10;
    uint256 private constant INFINITY = 0x7f800000;

    address private immutable _beneficiary;
    AccountabilityPolicy private _policy;

    /// @notice Commitment to the input of a question, zero if it was not asked.
    mapping(bytes32 requestId => bytes32) public questions;

    /// @notice The digit written down for a request, plus one; zero means none.
    mapping(bytes32 requestId => uint256) public entries;

    error SenderNotBeneficiary(address sender);
    error QuestionExists(bytes32 requestId);
    error EntryExists(bytes32 requestId);
    /// @dev The bytes are not the answer that the receipt commits to.
    error AnswerMismatch(bytes32 committed, bytes32 given);

    /// @dev The most probable class is not a number.
    error AnswerNotANumber(bytes32 requestId);

    event QuestionAsked(bytes32 indexed requestId, bytes32 inputCommitment);
    event DigitRecorded(bytes32 indexed requestId, address indexed provider, uint256 digit);

    constructor(
        IOnus onus_,
        address beneficiary_,
        AccountabilityPolicy memory policy_
    ) AccountableConsumer(onus_) {
        _beneficiary = beneficiary_;
        _policy = policy_;
    }

    /// @notice Asks for the digit in the picture that `inputCommitment` commits to.
    /// Reverts for: `SenderNotBeneficiary`, `QuestionExists`. Emits: `QuestionAsked`.
    function ask(bytes32 requestId, bytes32 inputCommitment) external {
        if (msg.sender != _beneficiary) revert SenderNotBeneficiary(msg.sender);
        if (questions[requestId] != 0) revert QuestionExists(requestId);
        questions[requestId] = inputCommitment;
        emit QuestionAsked(requestId, inputCommitment);
    }

    /// @notice Writes down the most probable digit of an accountable answer.
    /// @param probabilities The output tensor: ten little-endian float32 values.
    /// Reverts for: `AnswerRefused`, `EntryExists`, `AnswerMismatch`, `AnswerNotANumber`. Emits: `DigitRecorded`.
    function record(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes calldata probabilities
    ) external {
        _requireAccountable(receipt, inclusion, questions[receipt.requestId]);
        if (entries[receipt.requestId] != 0) revert EntryExists(receipt.requestId);
        // An output of one chunk: the leaf is the root.
        bytes32 root = TensorTree.leaf(uint8(Space.Output), 0, 0, probabilities);
        if (probabilities.length != 4 * CLASSES || root != receipt.outputCommitment) {
            revert AnswerMismatch(receipt.outputCommitment, root);
        }
        uint256 digit = _largest(receipt.requestId, probabilities);
        entries[receipt.requestId] = digit + 1;
        emit DigitRecorded(receipt.requestId, receipt.provider, digit);
    }

    /// @inheritdoc AccountableConsumer
    function accountabilityPolicy() public view override returns (AccountabilityPolicy memory) {
        return _policy;
    }

    /// @inheritdoc AccountableConsumer
    function beneficiary() public view override returns (address) {
        return _beneficiary;
    }

    /// @dev Probabilities are not negative, and such float32 values order like their bit patterns.
    function _largest(bytes32 requestId, bytes calldata probabilities) private pure returns (uint256 best) {
        uint256 bestBits;
        for (uint256 i; i < CLASSES; ++i) {
            uint256 bits = Output.float32At(probabilities, i);
            if (bits > bestBits) (best, bestBits) = (i, bits);
        }
        // NaN and negative numbers are above infinity as bit patterns.
        if (bestBits > INFINITY) revert AnswerNotANumber(requestId);
    }
}
