// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOnus} from "../../interfaces/IOnus.sol";
import {AccountabilityPolicy} from "../../types/AccountabilityPolicy.sol";
import {Inclusion} from "../../types/Batch.sol";
import {Receipt} from "../../types/Receipt.sol";
import {AccountableConsumer} from "../AccountableConsumer.sol";
import {Output} from "../Output.sol";

/// @title Notebook
/// @notice The smallest example: questions of one owner, and the accountable answers to them.
contract Notebook is AccountableConsumer {
    address public immutable owner = msg.sender;
    mapping(bytes32 requestId => bytes32 inputCommitment) public questions;
    mapping(bytes32 requestId => bytes answer) public answers;

    error SenderNotOwner(address sender);

    constructor(IOnus onus_) AccountableConsumer(onus_) {}

    function ask(bytes32 requestId, bytes32 inputCommitment) external {
        if (msg.sender != owner) revert SenderNotOwner(msg.sender);
        questions[requestId] = inputCommitment;
    }

    function write(Receipt calldata receipt, Inclusion calldata inclusion, bytes calldata answer) external {
        requireFinal(receipt, inclusion, questions[receipt.requestId], 0);
        _useOnce(receipt);
        Output.requireCommitted(receipt, answer);
        answers[receipt.requestId] = answer;
    }

    function accountabilityPolicy() public pure override returns (AccountabilityPolicy memory policy) {
        policy.minCoverage = 100e18;
        policy.minScore = 0.6e18;
        policy.maxAge = 30 days;
    }
}
