// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConvictions} from "../interfaces/IConvictions.sol";
import {Fault} from "../interfaces/IFault.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {OffenceId} from "../types/OffenceId.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {RequestKey} from "../types/RequestKey.sol";
import {Receipts} from "./Receipts.sol";

/// @title Payouts
/// @notice What convictions took, until it is paid: one record each, three parts that leave once, or all of it back.
abstract contract Payouts is IConvictions, Receipts {
    using ReceiptLib for Receipt;

    /// @dev The challenger gets one part in this many of everything taken.
    uint256 private constant REWARD_DIVISOR = 5;

    /// @dev Flags: what became of a part, and in the two highest bits which fault within 90 days an offence was.
    uint8 private constant PAYABLE = 1;
    uint8 private constant RESTITUTED = 2;
    uint8 private constant REWARDED = 4;
    uint8 private constant BURNED = 8;
    uint8 private constant RETURNED = 16;
    uint8 private constant ORDINAL_SHIFT = 6;

    /// @dev Two storage slots: all shares follow from what was taken. An offence that only bonds were taken for has a
    /// record of its ordinal, and no challenger.
    struct Record {
        address challenger;
        uint40 maturesAt;
        uint40 since;
        uint8 flags;
        Fault fault;
        uint128 bond;
        uint128 punitive;
    }

    mapping(bytes32 payoutId => Record) private _records;
    mapping(address provider => uint256) private _restituted;

    /// @inheritdoc IConvictions
    function claimRestitution(Receipt calldata receipt) external {
        bytes32 payoutId = ReceiptId.unwrap(receiptIdOf(receipt));
        uint128 amount = _shares(_claim(payoutId, RESTITUTED)).restitution;
        if (amount == 0) revert PayoutEmpty(payoutId);
        _restituted[receipt.provider] += amount;
        emit PayoutClaimed(payoutId, receipt.consumer, amount);
        _pay(receipt.consumer, amount);
    }

    /// @inheritdoc IConvictions
    function claimReward(bytes32 payoutId) external {
        Record memory due = _claim(payoutId, REWARDED);
        uint128 amount = _shares(due).reward;
        if (amount == 0) revert PayoutEmpty(payoutId);
        emit PayoutClaimed(payoutId, due.challenger, amount);
        _pay(due.challenger, amount);
    }

    /// @inheritdoc IConvictions
    function burn(bytes32 payoutId) external {
        uint128 amount = _burnShare(_claim(payoutId, BURNED));
        if (amount == 0) revert PayoutEmpty(payoutId);
        emit PayoutBurned(payoutId, amount);
        _burn(amount);
    }

    /// @inheritdoc IConvictions
    function returnPayout(bytes32 payoutId, Receipt calldata receipt) external onlyGovernance {
        Record storage due = _records[payoutId];
        if (
            payoutId != ReceiptId.unwrap(receiptIdOf(receipt)) &&
            payoutId != OffenceId.unwrap(_offenceId(receipt.requestKey(), due.fault))
        ) revert PayoutMismatch(payoutId);
        if (due.challenger == address(0)) revert PayoutEmpty(payoutId);
        if (!_isMovable(due, _clock())) revert PayoutSettled(payoutId);
        due.flags |= RETURNED;
        uint256 amount = uint256(due.bond) + due.punitive;
        emit PayoutReturned(payoutId, receipt.provider, amount);
        _giveBack(receipt.provider, amount);
    }

    /// @inheritdoc IConvictions
    function payout(bytes32 payoutId) external view returns (Payout memory due) {
        Record memory r = _records[payoutId];
        (due.challenger, due.maturesAt, due.since, due.fault) = (r.challenger, r.maturesAt, r.since, r.fault);
        due.returned = r.flags & RETURNED != 0;
        if (due.returned) return due;
        Taken memory shares = _shares(r);
        if (r.flags & RESTITUTED == 0) due.restitution = shares.restitution;
        if (r.flags & REWARDED == 0) due.reward = shares.reward;
        if (r.flags & BURNED == 0) due.burnable = _burnShare(r);
    }

    /// @inheritdoc IConvictions
    function faultsOf(RequestKey key) external view returns (uint256 ordinals) {
        for (uint256 f; f <= uint256(type(Fault).max); ++f) {
            ordinals |= _ordinalOf(_offenceId(key, Fault(f))) << (8 * f);
        }
    }

    /// @inheritdoc IConvictions
    function restituted(address provider) external view returns (uint256) {
        return _restituted[provider];
    }

    /// @dev Books what was taken, and fills in how it is divided.
    function _book(
        bytes32 payoutId,
        Fault fault,
        uint64 since,
        uint256 escrow,
        Receipt calldata receipt,
        Taken memory taken
    ) internal {
        Record memory due = Record({
            challenger: msg.sender,
            maturesAt: uint40(_clock() + escrow),
            since: uint40(since),
            flags: _records[payoutId].flags | (_isPayable(receipt.consumer) ? PAYABLE : 0),
            fault: fault,
            bond: taken.bond,
            punitive: taken.punitive
        });
        _records[payoutId] = due;
        Taken memory shares = _shares(due);
        (taken.restitution, taken.reward) = (shares.restitution, shares.reward);
    }

    /// @dev Gives the reward to the sender if it knew before the one who has shown it.
    function _takeOver(Record storage paid, uint64 since, ReceiptId receiptId, OffenceId id) internal {
        if (since >= paid.since) revert AlreadyConvicted(id, receiptId);
        emit RewardMoved(receiptId, id, paid.challenger, msg.sender);
        (paid.challenger, paid.since) = (msg.sender, uint40(since));
    }

    /// @dev Whether nothing of it could have been paid yet, and it was not given back.
    function _isMovable(Record storage due, uint256 nowClock) internal view returns (bool) {
        return nowClock < due.maturesAt && due.flags & RETURNED == 0;
    }

    /// @dev Where the reward for an offence is booked that the sender might take over: under itself, or under the receipt
    /// whose bond it took, unless the sender has that one.
    function _recordFor(
        ReceiptId receiptId,
        Fault fault,
        OffenceId id
    ) internal view returns (Record storage due) {
        due = _records[OffenceId.unwrap(id)];
        Record storage bonded = _records[ReceiptId.unwrap(receiptId)];
        address taker = bonded.challenger;
        if (taker != address(0) && taker != msg.sender && bonded.fault == fault) due = bonded;
    }

    /// @dev Which fault within 90 days an offence was, zero if it was not proven.
    function _ordinalOf(OffenceId id) internal view returns (uint256) {
        return _records[OffenceId.unwrap(id)].flags >> ORDINAL_SHIFT;
    }

    /// @dev Books an offence as the `ordinal`th within 90 days: 1, 2 or 3.
    function _setOrdinal(OffenceId id, uint256 ordinal) internal {
        _records[OffenceId.unwrap(id)].flags = uint8(ordinal << ORDINAL_SHIFT);
    }

    /// @dev Whether the bond of a receipt was taken.
    function _isPaid(ReceiptId receiptId) internal view returns (bool) {
        return _records[ReceiptId.unwrap(receiptId)].challenger != address(0);
    }

    function _offenceId(RequestKey key, Fault fault) internal pure returns (OffenceId) {
        return OffenceId.wrap(keccak256(abi.encode(key, fault)));
    }

    /// @dev Marks one part as paid.
    function _claim(bytes32 payoutId, uint8 part) private returns (Record memory due) {
        due = _records[payoutId];
        if (due.challenger == address(0) || due.flags & (part | RETURNED) != 0) revert PayoutEmpty(payoutId);
        if (_runningClock() < due.maturesAt) revert PayoutNotMatured(payoutId, due.maturesAt);
        _records[payoutId].flags = due.flags | part;
    }

    function _shares(Record memory due) private pure returns (Taken memory shares) {
        (shares.bond, shares.punitive) = (due.bond, due.punitive);
        if (due.flags & PAYABLE != 0) shares.restitution = uint128(due.bond / BOND_FACTOR);
        shares.reward = uint128((uint256(due.bond) + due.punitive) / REWARD_DIVISOR);
    }

    function _burnShare(Record memory due) private pure returns (uint128) {
        Taken memory shares = _shares(due);
        return uint128(uint256(due.bond) + due.punitive - shares.restitution - shares.reward);
    }

    /// @dev Nobody could claim for the zero address or the registry itself: their part is burned.
    function _isPayable(address consumer) private view returns (bool) {
        return consumer != address(0) && consumer != address(this);
    }
}
