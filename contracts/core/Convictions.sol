// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IConvictions} from "../interfaces/IConvictions.sol";
import {Fault, IFault, IWrongExecution} from "../interfaces/IFault.sol";
import {IReceipts} from "../interfaces/IReceipts.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {Inclusion} from "../types/Batch.sol";
import {Lock} from "../types/Lock.sol";
import {OffenceId} from "../types/OffenceId.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {RequestKey} from "../types/RequestKey.sol";
import {Receipts} from "./Receipts.sol";

/// @title Convictions
/// @notice Asks the judge, then moves the money. Nothing on this path calls the token.
abstract contract Convictions is IConvictions, Receipts {
    using ReceiptLib for Receipt;

    /// @dev The challenger gets one part in this many of everything taken.
    uint256 private constant REWARD_DIVISOR = 5;
    /// @dev The punitive part is at least one part in this many of the stake.
    uint256 private constant STAKE_DIVISOR = 100;

    uint256 private immutable _escrow;
    IFault private immutable _equivocation;
    IWrongExecution private immutable _wrongExecution;

    /// @dev One byte per fault: which fault within 90 days it was (1, 2 or 3), zero if none was proven.
    mapping(RequestKey key => uint256 ordinals) private _faults;
    mapping(bytes32 payoutId => Payout) private _payouts;

    /// @dev What a conviction is about. Without collateral everything but the first two is zero: what a
    /// receipt promises by signature alone, a thief of a key could have written, so it counts for nothing.
    struct Case {
        Fault fault;
        ReceiptId receiptId;
        bytes32 lockId;
        uint256 window;
        /// What was reserved for the receipt when it was anchored.
        uint256 reserved;
        /// What is still there of it.
        uint128 bond;
        /// From when on the challenger's claim counts.
        uint64 since;
    }

    constructor(uint256 escrow_, IFault equivocation, IWrongExecution wrongExecution) {
        _escrow = escrow_;
        _equivocation = equivocation;
        _wrongExecution = wrongExecution;
    }

    /// @inheritdoc IConvictions
    function convict(
        Fault fault,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes calldata evidence
    ) external returns (OffenceId) {
        (bytes32 lockId, Lock memory lock, uint256 window, ) = locate(receipt, inclusion);
        _requireOpen(lockId, lock, window);
        ReceiptId receiptId = receiptIdOf(receipt);
        uint256 reserved = BOND_FACTOR * uint256(receipt.coverage);
        uint128 bond;
        if (!_isPaid(receiptId)) bond = uint128(Math.min(reserved, lock.bond));
        return _convict(Case(fault, receiptId, lockId, window, reserved, bond, 0), receipt, evidence);
    }

    /// @inheritdoc IConvictions
    function convictSigned(
        Fault fault,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata evidence
    ) external returns (OffenceId) {
        if (fault != Fault.Equivocation) revert CollateralRequired(fault);
        ReceiptId receiptId = verifySigned(receipt, signature);
        return _convict(Case(fault, receiptId, 0, 0, 0, 0, 0), receipt, evidence);
    }

    /// @inheritdoc IReceipts
    function detain(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        uint256 until,
        uint256 fromBlock
    ) external {
        if (msg.sender != address(_wrongExecution)) revert SenderNotAuthorised(msg.sender, receipt.provider);
        // Its bond is gone; what is left in the batch belongs to other receipts.
        ReceiptId receiptId = receiptIdOf(receipt);
        if (_isPaid(receiptId))
            revert AlreadyConvicted(_offenceId(receipt.requestKey(), Fault.WrongExecution), receiptId);
        _detain(receipt, inclusion, until, fromBlock);
    }

    /// @inheritdoc IConvictions
    function claimRestitution(bytes32 payoutId) external {
        Payout storage due = _payouts[payoutId];
        uint128 amount = due.restitution;
        due.restitution = 0;
        _claim(payoutId, due.maturesAt, due.consumer, amount);
    }

    /// @inheritdoc IConvictions
    function claimReward(bytes32 payoutId) external {
        Payout storage due = _payouts[payoutId];
        uint128 amount = due.reward;
        due.reward = 0;
        _claim(payoutId, due.maturesAt, due.challenger, amount);
    }

    /// @inheritdoc IConvictions
    function faultsOf(RequestKey key) external view returns (uint256) {
        return _faults[key];
    }

    /// @inheritdoc IConvictions
    function requestKeyOf(Receipt calldata receipt) external pure returns (RequestKey) {
        return receipt.requestKey();
    }

    /// @inheritdoc IConvictions
    function payout(bytes32 payoutId) external view returns (Payout memory) {
        return _payouts[payoutId];
    }

    /// @inheritdoc IConvictions
    function escrow() external view returns (uint256) {
        return _escrow;
    }

    /// @inheritdoc IConvictions
    function faultModule(Fault fault) public view returns (IFault) {
        return fault == Fault.Equivocation ? _equivocation : _wrongExecution;
    }

    function _convict(
        Case memory c,
        Receipt calldata receipt,
        bytes calldata evidence
    ) private returns (OffenceId id) {
        RequestKey key = receipt.requestKey();
        id = _offenceId(key, c.fault);
        uint256 ordinal = (_faults[key] >> (8 * uint256(c.fault))) & 0xff;
        Payout storage paid = _paidFor(c, id);
        bool again = ordinal != 0 && c.bond == 0;
        // The cheap questions first: who comes too late should not pay for the judge.
        if (again && block.timestamp >= paid.maturesAt) revert AlreadyConvicted(id, c.receiptId);
        // Excluded already: a thief of a key could otherwise repeat the percent with made-up requests.
        if (!again && c.lockId == 0) _requireInGoodStanding(receipt.provider);
        bool guilty;
        (guilty, c.since) = faultModule(c.fault).judge(receipt, c.receiptId, msg.sender, evidence);
        if (!guilty) revert NotGuilty(c.receiptId, c.fault);
        if (again) _takeOver(paid, c, id);
        else _punish(c, id, receipt, key, ordinal);
    }

    /// @dev Gives the reward to the sender if it knew before the one who has shown it.
    function _takeOver(Payout storage paid, Case memory c, OffenceId id) private {
        if (c.since >= paid.since) revert AlreadyConvicted(id, c.receiptId);
        emit RewardMoved(c.receiptId, id, paid.challenger, msg.sender);
        (paid.challenger, paid.since) = (msg.sender, c.since);
    }

    function _punish(
        Case memory c,
        OffenceId id,
        Receipt calldata receipt,
        RequestKey key,
        uint256 ordinal
    ) private {
        uint256 base = c.bond;
        uint256 keep = KEEP_ALL;
        if (ordinal == 0) {
            base = Math.max(c.reserved, _wholeStake(receipt.provider) / STAKE_DIVISOR);
            (ordinal, keep) = _remember(c.fault, key, receipt.provider);
        }
        _damageReputation(receipt.provider, receipt.modelId, c.bond, c.window, keep);
        // A further bond of the same offence weighs as much as the offence did.
        _settle(c, id, receipt, _seize(receipt.provider, c.bond, base << (ordinal - 1)));
    }

    /// @dev Books an offence that is proven for the first time: which one it is in 90 days, and how many
    /// percent of the provider's seasoned mass it leaves.
    function _remember(
        Fault fault,
        RequestKey key,
        address provider
    ) private returns (uint256 ordinal, uint256 keep) {
        bool tombstoned;
        (ordinal, tombstoned) = _recordFault(provider, fault == Fault.Equivocation);
        _faults[key] |= ordinal << (8 * uint256(fault));
        keep = ordinal == 1 && !tombstoned ? KEEP_AFTER_FAULT : 0;
    }

    /// @dev Divides what was taken. The bond pays under the receipt's id, so that it pays once; a
    /// conviction without one pays under the offence's.
    function _settle(Case memory c, OffenceId id, Receipt calldata receipt, uint256 punitive) private {
        if (c.bond != 0) _takeFromLock(c.lockId, c.bond);
        uint256 taken = c.bond + punitive;
        uint256 restitution = _isPayable(receipt.consumer) ? c.bond / BOND_FACTOR : 0;
        uint256 reward = taken / REWARD_DIVISOR;
        _addBurnable(taken - restitution - reward);
        _addTotals(receipt.provider, taken, restitution);

        bytes32 payoutId = c.bond != 0 ? ReceiptId.unwrap(c.receiptId) : OffenceId.unwrap(id);
        Payout storage due = _payouts[payoutId];
        due.challenger = msg.sender;
        due.since = c.since;
        due.fault = c.fault;
        due.maturesAt = uint64(block.timestamp + _escrow);
        due.reward = uint128(reward);
        if (restitution != 0) {
            due.consumer = receipt.consumer;
            due.restitution = uint128(restitution);
        }
        emit Convicted(
            c.receiptId,
            receipt.provider,
            msg.sender,
            c.fault,
            id,
            payoutId,
            c.bond,
            punitive,
            restitution,
            reward
        );
    }

    /// @dev Where the reward for an offence is booked: under the receipt whose bond it took, else under itself.
    function _paidFor(Case memory c, OffenceId id) private view returns (Payout storage due) {
        due = _payouts[ReceiptId.unwrap(c.receiptId)];
        if (due.challenger == address(0) || due.fault != c.fault) due = _payouts[OffenceId.unwrap(id)];
    }

    /// @dev Whether the bond of a receipt was taken.
    function _isPaid(ReceiptId receiptId) private view returns (bool) {
        return _payouts[ReceiptId.unwrap(receiptId)].challenger != address(0);
    }

    function _claim(bytes32 payoutId, uint64 maturesAt, address to, uint128 amount) private {
        if (amount == 0) revert PayoutEmpty(payoutId);
        if (block.timestamp < maturesAt) revert PayoutNotMatured(payoutId, maturesAt);
        emit PayoutClaimed(payoutId, to, amount);
        _pay(to, amount);
    }

    /// @dev Nobody could claim for the zero address or the registry itself: their part is burned.
    function _isPayable(address consumer) private view returns (bool) {
        return consumer != address(0) && consumer != address(this);
    }

    function _offenceId(RequestKey key, Fault fault) private pure returns (OffenceId) {
        return OffenceId.wrap(keccak256(abi.encode(key, fault)));
    }
}
