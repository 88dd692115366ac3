// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICallbacks} from "../../interfaces/ICallbacks.sol";
import {AccountabilityPolicy} from "../../types/AccountabilityPolicy.sol";
import {Inclusion} from "../../types/Batch.sol";
import {Receipt} from "../../types/Receipt.sol";
import {ReceiptId} from "../../types/ReceiptId.sol";
import {AccountableConsumer} from "../AccountableConsumer.sol";
import {CallbackReceiver} from "../CallbackReceiver.sol";
import {Output} from "../Output.sol";

/// @title LendingDesk
/// @notice Example: lends to whom a model gives a low risk, if somebody is accountable for that number.
/// @dev The desk is who is harmed by a wrong number, so it is who the receipts owe restitution to. What the borrower's
/// data are, the officer says by the commitment to them. Repayment, interest and the recall's terms are left out.
contract LendingDesk is AccountableConsumer, CallbackReceiver {
    using SafeERC20 for IERC20;

    struct Loan {
        address borrower;
        /// It was paid out.
        bool paid;
        /// The number that it was paid out on was proven wrong, or a rival of it was signed.
        bool recalled;
        uint128 amount;
        bytes32 inputCommitment;
    }

    IERC20 public immutable token;
    address public immutable officer;
    /// @notice The highest risk that is lent on: the bits of a finite float32.
    uint256 public immutable maxRisk;

    AccountabilityPolicy private _policy;
    mapping(bytes32 requestId => Loan) private _loans;

    error SenderNotOfficer(address sender);
    error SenderNotBorrower(address sender);
    error LoanExists(bytes32 requestId);
    error LoanInvalid(string what);
    /// @dev The risk is infinite or not a number, or the answer is not one number.
    error RiskNotANumber(bytes32 requestId);
    /// @dev Bits of float32.
    error RiskTooHigh(uint256 risk, uint256 limit);

    event LoanOffered(bytes32 indexed requestId, address indexed borrower, uint256 amount);
    event LoanPaid(bytes32 indexed requestId, address indexed borrower, uint256 amount, uint256 risk);
    event LoanRecalled(bytes32 indexed requestId, ReceiptId indexed receiptId);

    constructor(
        ICallbacks callbacks_,
        IERC20 token_,
        address officer_,
        uint256 maxRisk_,
        AccountabilityPolicy memory policy_
    ) AccountableConsumer(callbacks_.onus()) CallbackReceiver(callbacks_) {
        if (!Output.isFinite(maxRisk_)) revert LoanInvalid("maxRisk");
        (token, officer, maxRisk, _policy) = (token_, officer_, maxRisk_, policy_);
    }

    /// @notice Offers a loan on the risk that a model gives to the data behind `inputCommitment`.
    /// Reverts for: `SenderNotOfficer`, `LoanExists`, `LoanInvalid`. Emits: `LoanOffered`.
    function offer(bytes32 requestId, address borrower, uint128 amount, bytes32 inputCommitment) external {
        if (msg.sender != officer) revert SenderNotOfficer(msg.sender);
        if (_loans[requestId].borrower != address(0)) revert LoanExists(requestId);
        if (borrower == address(0)) revert LoanInvalid("borrower");
        _loans[requestId] = Loan(borrower, false, false, amount, inputCommitment);
        emit LoanOffered(requestId, borrower, amount);
    }

    /// @notice Pays the sender its loan, if the risk is low and somebody accountable for it.
    /// @param risk The output tensor: one little-endian float32 value.
    /// Reverts for: `SenderNotBorrower`, `AnswerRefused`, `RequestUsed`, `OutputMismatch`, `RiskNotANumber`,
    /// `RiskTooHigh`. Emits: `LoanPaid`.
    function borrow(Receipt calldata receipt, Inclusion calldata inclusion, bytes calldata risk) external {
        Loan storage loan = _loans[receipt.requestId];
        if (msg.sender != loan.borrower) revert SenderNotBorrower(msg.sender);
        _requireAccountable(receipt, inclusion, loan.inputCommitment);
        _useOnce(receipt);
        uint256 bits = _requireLowRisk(receipt, risk);
        loan.paid = true;
        emit LoanPaid(receipt.requestId, msg.sender, loan.amount, bits);
        token.safeTransfer(msg.sender, loan.amount);
    }

    function loanOf(bytes32 requestId) external view returns (Loan memory) {
        return _loans[requestId];
    }

    /// @inheritdoc AccountableConsumer
    function accountabilityPolicy() public view override returns (AccountabilityPolicy memory) {
        return _policy;
    }

    /// @dev Only the answer that was used counts: providers can sign others, of which nobody has heard.
    function _onConvicted(ReceiptId receiptId, Receipt calldata receipt, uint256) internal override {
        ReceiptId used = usedAnswer(address(this), receipt.requestId);
        if (ReceiptId.unwrap(used) != ReceiptId.unwrap(receiptId)) return;
        _loans[receipt.requestId].recalled = true;
        emit LoanRecalled(receipt.requestId, receiptId);
    }

    function _requireLowRisk(
        Receipt calldata receipt,
        bytes calldata risk
    ) private view returns (uint256 bits) {
        Output.requireCommitted(receipt, risk);
        if (risk.length != 4) revert RiskNotANumber(receipt.requestId);
        bits = Output.float32At(risk, 0);
        if (!Output.isFinite(bits)) revert RiskNotANumber(receipt.requestId);
        if (Output.isAbove(bits, maxRisk)) revert RiskTooHigh(bits, maxRisk);
    }
}
