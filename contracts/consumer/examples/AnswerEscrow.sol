// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IOnus} from "../../interfaces/IOnus.sol";
import {AccountabilityPolicy, Expected} from "../../types/AccountabilityPolicy.sol";
import {Inclusion} from "../../types/Batch.sol";
import {Receipt} from "../../types/Receipt.sol";
import {AccountableConsumer} from "../AccountableConsumer.sol";

/// @title AnswerEscrow
/// @notice Example: a buyer's payment waits until the provider shows the answer, accountable and final.
/// @dev The receipt owes restitution to the buyer, so each order has a beneficiary of its own. A provider looks at
/// the order before it answers: the deadline must leave time to anchor, for the whole challenge window and for the longest
/// game after it, or a buyer could dispute a right answer until the deadline is past, have its price back and the answer.
contract AnswerEscrow is AccountableConsumer {
    struct Order {
        address provider;
        /// Unix seconds until which the answer can be shown.
        uint64 deadline;
        /// It was paid for or given back.
        bool closed;
        /// In wei.
        uint128 price;
        bytes32 inputCommitment;
    }

    AccountabilityPolicy private _policy;
    mapping(address buyer => mapping(bytes32 requestId => Order)) private _orders;

    /// @notice Wei that an account can withdraw.
    mapping(address account => uint256) public credit;

    error OrderExists(address buyer, bytes32 requestId);
    error OrderUnknown(address buyer, bytes32 requestId);
    error OrderClosed(address buyer, bytes32 requestId);
    error OrderInvalid(string what);
    /// @dev The answer is of somebody else than the order names.
    error ProviderMismatch(address ordered, address answered);
    error DeadlinePast(uint64 deadline);
    error DeadlineAhead(uint64 deadline);
    error CreditEmpty(address account);

    event Ordered(address indexed buyer, bytes32 indexed requestId, Order order);
    event Released(address indexed buyer, bytes32 indexed requestId, address indexed provider, uint256 price);
    event Refunded(address indexed buyer, bytes32 indexed requestId, uint256 price);

    constructor(IOnus onus_, AccountabilityPolicy memory policy_) AccountableConsumer(onus_) {
        _policy = policy_;
    }

    /// @notice Orders the answer to a question from one provider, and leaves its price here.
    /// Reverts for: `OrderExists`, `OrderInvalid`. Emits: `Ordered`.
    function order(
        bytes32 requestId,
        bytes32 inputCommitment,
        address provider,
        uint64 deadline
    ) external payable {
        Order storage slot = _orders[msg.sender][requestId];
        if (slot.deadline != 0) revert OrderExists(msg.sender, requestId);
        if (inputCommitment == 0) revert OrderInvalid("question");
        if (deadline <= block.timestamp) revert OrderInvalid("deadline");
        if (msg.value > type(uint128).max) revert OrderInvalid("price");
        (slot.provider, slot.deadline, slot.price) = (provider, deadline, uint128(msg.value));
        slot.inputCommitment = inputCommitment;
        emit Ordered(msg.sender, requestId, slot);
    }

    /// @notice Pays the provider for the answer that was ordered. Anyone may show it.
    /// Reverts for: `OrderUnknown`, `OrderClosed`, `DeadlinePast`, `ProviderMismatch`, `AnswerRefused`.
    /// Emits: `Released`.
    function release(Receipt calldata receipt, Inclusion calldata inclusion) external {
        Order storage slot = _openOrder(receipt.consumer, receipt.requestId);
        if (block.timestamp > slot.deadline) revert DeadlinePast(slot.deadline);
        if (receipt.provider != slot.provider) revert ProviderMismatch(slot.provider, receipt.provider);
        Expected memory expected = Expected(receipt.consumer, slot.inputCommitment);
        _requirePolicy(_finalPolicy(0), receipt, inclusion, expected);
        _close(slot, receipt.provider);
        emit Released(receipt.consumer, receipt.requestId, receipt.provider, slot.price);
    }

    /// @notice Gives the price back to the buyer when nobody has shown the answer in time. Anyone may call.
    /// Reverts for: `OrderUnknown`, `OrderClosed`, `DeadlineAhead`. Emits: `Refunded`.
    function refund(address buyer, bytes32 requestId) external {
        Order storage slot = _openOrder(buyer, requestId);
        if (block.timestamp <= slot.deadline) revert DeadlineAhead(slot.deadline);
        _close(slot, buyer);
        emit Refunded(buyer, requestId, slot.price);
    }

    /// @notice Pays out what an account has. Anyone may call; an account that refuses wei blocks itself only.
    /// Reverts for: `CreditEmpty`, `FailedCall`.
    function withdraw(address payable account) external {
        uint256 amount = credit[account];
        if (amount == 0) revert CreditEmpty(account);
        credit[account] = 0;
        Address.sendValue(account, amount);
    }

    function orderOf(address buyer, bytes32 requestId) external view returns (Order memory) {
        return _orders[buyer][requestId];
    }

    /// @inheritdoc AccountableConsumer
    function accountabilityPolicy() public view override returns (AccountabilityPolicy memory) {
        return _policy;
    }

    function _close(Order storage slot, address payee) private {
        slot.closed = true;
        credit[payee] += slot.price;
    }

    function _openOrder(address buyer, bytes32 requestId) private view returns (Order storage slot) {
        slot = _orders[buyer][requestId];
        if (slot.deadline == 0) revert OrderUnknown(buyer, requestId);
        if (slot.closed) revert OrderClosed(buyer, requestId);
    }
}
