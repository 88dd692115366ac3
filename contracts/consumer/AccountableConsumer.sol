// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOnus} from "../interfaces/IOnus.sol";
import {AccountabilityPolicy, Expected} from "../types/AccountabilityPolicy.sol";
import {Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {PolicyCheck} from "./PolicyCheck.sol";

/// @title AccountableConsumer
/// @notice Base of a contract that acts only on answers with enough accountability behind them.
/// @dev Override `accountabilityPolicy`, and call `_requireAccountable` before using an answer.
abstract contract AccountableConsumer {
    IOnus public immutable onus;

    /// @dev `clause` names the first unmet clause, `unmet` has one bit for each (`Clause`).
    error AnswerRefused(ReceiptId receiptId, string clause, uint256 unmet);

    constructor(IOnus onus_) {
        onus = onus_;
    }

    /// @notice What this contract demands of an answer.
    function accountabilityPolicy() public view virtual returns (AccountabilityPolicy memory);

    /// @notice Who is owed restitution for answers given to this contract.
    function beneficiary() public view virtual returns (address) {
        return address(this);
    }

    /// @notice One bit per clause of the policy that the answer does not meet (`Clause`).
    /// @param inputCommitment Of the question that was asked: without it, an honest answer to another
    /// question would do.
    function unmetClauses(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes32 inputCommitment
    ) public view returns (uint256) {
        Expected memory expected = Expected(beneficiary(), inputCommitment);
        return PolicyCheck.unmet(onus, accountabilityPolicy(), receipt, inclusion, expected);
    }

    /// @dev Reverts with `AnswerRefused` unless every clause is met.
    function _requireAccountable(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes32 inputCommitment
    ) internal view {
        uint256 unmet = unmetClauses(receipt, inclusion, inputCommitment);
        if (unmet != 0) revert AnswerRefused(onus.receiptIdOf(receipt), PolicyCheck.firstName(unmet), unmet);
    }
}
