// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOnus} from "../../interfaces/IOnus.sol";
import {TensorTree} from "../../libraries/TensorTree.sol";
import {AccountabilityPolicy} from "../../types/AccountabilityPolicy.sol";
import {Inclusion} from "../../types/Batch.sol";
import {Space} from "../../types/Program.sol";
import {Receipt} from "../../types/Receipt.sol";
import {AccountableConsumer} from "../AccountableConsumer.sol";

/// @title DigitBook
/// @notice Example: writes down a digit that a model read, if somebody can be held to account for it.
/// @dev The first accountable answer to a request stays. Any provider that meets the policy may give it:
/// an application that wants a particular one adds a clause of its own.
contract DigitBook is AccountableConsumer {
    uint256 private constant CLASSES = 10;

    address private immutable _beneficiary;
    AccountabilityPolicy private _policy;

    /// @notice The digit written down for a request, plus one; zero means none.
    mapping(bytes32 requestId => uint256) public entries;

    error EntryExists(bytes32 requestId);
    /// @dev The bytes are not the answer that the receipt commits to.
    error AnswerMismatch(bytes32 committed, bytes32 given);

    event DigitRecorded(bytes32 indexed requestId, address indexed provider, uint256 digit);

    constructor(
        IOnus onus_,
        address beneficiary_,
        AccountabilityPolicy memory policy_
    ) AccountableConsumer(onus_) {
        _beneficiary = beneficiary_;
        _policy = policy_;
    }

    /// @notice Writes down the most probable digit of an accountable answer.
    /// @param probabilities The output tensor: ten little-endian float32 values.
    /// Reverts for: `AnswerRefused`, `EntryExists`, `AnswerMismatch`. Emits: `DigitRecorded`.
    function record(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes calldata probabilities
    ) external {
        _requireAccountable(receipt, inclusion);
        if (entries[receipt.requestId] != 0) revert EntryExists(receipt.requestId);
        // An output of one chunk: the leaf is the root.
        bytes32 root = TensorTree.leaf(uint8(Space.Output), 0, 0, probabilities);
        if (probabilities.length != 4 * CLASSES || root != receipt.outputCommitment) {
            revert AnswerMismatch(receipt.outputCommitment, root);
        }
        uint256 digit = _largest(probabilities);
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
    function _largest(bytes calldata probabilities) private pure returns (uint256 best) {
        uint256 bestBits;
        for (uint256 i; i < CLASSES; ++i) {
            uint256 bits;
            for (uint256 j; j < 4; ++j) bits |= uint256(uint8(probabilities[4 * i + j])) << (8 * j);
            if (bits > bestBits) (best, bestBits) = (i, bits);
        }
    }
}
