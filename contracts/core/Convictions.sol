// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IConvictions} from "../interfaces/IConvictions.sol";
import {Fault, IFault, ITimedFault} from "../interfaces/IFault.sol";
import {IReceipts} from "../interfaces/IReceipts.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {Inclusion} from "../types/Batch.sol";
import {Lock} from "../types/Lock.sol";
import {OffenceId} from "../types/OffenceId.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {Payouts} from "./Payouts.sol";

/// @title Convictions
/// @notice Asks the judge, then moves the money. Nothing on this path calls the token.
abstract contract Convictions is Payouts {
    using ReceiptLib for Receipt;

    /// @dev The punitive part is at least one part in this many of the stake.
    uint256 private constant STAKE_DIVISOR = 100;
    /// @dev The highest factor that the punitive part grows by.
    uint256 private constant WORST_FACTOR = 4;
    /// @dev Percent of the seasoned mass that stays: after a first fault, and when only a bond is taken.
    uint256 private constant KEEP_AFTER_FAULT = 20;
    uint256 private constant KEEP_ALL = 100;

    IFault private immutable _equivocation;
    ITimedFault private immutable _wrongExecution;
    ITimedFault private immutable _omission;

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
        /// Minutes until it pays.
        uint16 escrow;
        /// From when on the challenger's claim counts.
        uint64 since;
    }

    constructor(IFault equivocation, ITimedFault wrongExecution, ITimedFault omission) {
        (_equivocation, _wrongExecution, _omission) = (equivocation, wrongExecution, omission);
    }

    /// @inheritdoc IConvictions
    function convict(
        Fault fault,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes calldata evidence
    ) external returns (OffenceId, Taken memory) {
        if (fault == Fault.Omission) revert CollateralNeedless(fault);
        Case memory c;
        (c.fault, c.receiptId) = (fault, receiptIdOf(receipt));
        Lock memory lock;
        (c.lockId, lock, c.window, ) = locate(receipt, inclusion);
        _requireOpen(c.lockId, lock, c.window);
        c.reserved = BOND_FACTOR * uint256(receipt.coverage);
        c.escrow = lock.escrow;
        if (!_isPaid(c.receiptId)) c.bond = uint128(Math.min(c.reserved, lock.bond));
        return _convict(c, receipt, evidence);
    }

    /// @inheritdoc IConvictions
    function convictSigned(
        Fault fault,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata evidence
    ) external returns (OffenceId, Taken memory) {
        if (fault == Fault.WrongExecution) revert CollateralRequired(fault);
        Case memory c;
        (c.fault, c.receiptId, c.escrow) = (fault, verifySigned(receipt, signature), _escrow());
        return _convict(c, receipt, evidence);
    }

    /// @inheritdoc IReceipts
    function detain(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        uint256 until,
        uint256 untilBlock
    ) external {
        if (msg.sender != address(_wrongExecution)) revert SenderNotAuthorised(msg.sender, receipt.provider);
        _runningClock();
        // Its bond is gone; what is left in the batch belongs to other receipts.
        ReceiptId receiptId = receiptIdOf(receipt);
        if (_isPaid(receiptId))
            revert AlreadyConvicted(_offenceId(receipt.requestKey(), Fault.WrongExecution), receiptId);
        (Lock memory lock, bool first, uint256 end) = _detain(receipt, inclusion, until, untilBlock);
        uint256 worst = first ? WORST_FACTOR * _punitiveBase(receipt.provider, lock.bond) : 0;
        // A dispute can go on while the receipt is open: nobody may spend its freeze by an early one.
        _freeze(receipt.provider, worst, end, lock.untilBlock);
    }

    /// @inheritdoc IConvictions
    function faultModule(Fault fault) public view returns (IFault) {
        if (fault == Fault.Equivocation) return _equivocation;
        return fault == Fault.WrongExecution ? _wrongExecution : _omission;
    }

    function _convict(
        Case memory c,
        Receipt calldata receipt,
        bytes calldata evidence
    ) private returns (OffenceId id, Taken memory taken) {
        id = _offenceId(receipt.requestKey(), c.fault);
        uint256 ordinal = _ordinalOf(id);
        bool again = ordinal != 0 && c.bond == 0;
        // A stop takes no reward away: commitments grow old meanwhile.
        uint256 nowClock = again ? _clock() : _runningClock();
        // The cheap questions first: who comes too late should not pay for the judge.
        if (again && !_isMovable(_recordFor(c.receiptId, c.fault, id), nowClock))
            revert AlreadyConvicted(id, c.receiptId);
        // Excluded already: a thief of a key could otherwise repeat the percent with made-up requests.
        if (!again && c.lockId == 0 && account(receipt.provider).tombstoned)
            revert ProviderTombstoned(receipt.provider);
        bool guilty;
        (guilty, c.since) = faultModule(c.fault).judge(receipt, c.receiptId, msg.sender, evidence);
        if (!guilty) revert NotGuilty(c.receiptId, c.fault);
        if (again) _takeOver(_recordFor(c.receiptId, c.fault, id), c.since, c.receiptId, id);
        else taken = _punish(c, id, receipt, ordinal);
    }

    function _punish(
        Case memory c,
        OffenceId id,
        Receipt calldata receipt,
        uint256 ordinal
    ) private returns (Taken memory taken) {
        address provider = receipt.provider;
        uint256 base = c.bond;
        uint256 keep = KEEP_ALL;
        bool excluded;
        if (ordinal == 0) {
            base = _punitiveBase(provider, c.reserved);
            ordinal = _recordFault(provider);
            _setOrdinal(id, ordinal);
            excluded = c.fault == Fault.Equivocation || ordinal == 3;
            keep = ordinal == 1 && !excluded ? KEEP_AFTER_FAULT : 0;
        }
        _reputation.damage(provider, receipt.modelId, c.bond, c.window, keep);
        taken.bond = c.bond;
        // A further bond of the same offence weighs as much as the offence did.
        taken.punitive = _seize(provider, c.bond, base << (ordinal - 1), excluded);
        _addSlashed(provider, uint256(taken.bond) + taken.punitive);
        if (c.lockId != 0) _takeFromLock(c.lockId, c.bond);
        _settle(c, id, receipt, taken);
    }

    /// @dev Divides what was taken. The bond pays under the receipt's id, so that it pays once; a
    /// conviction without one pays under the offence's.
    function _settle(Case memory c, OffenceId id, Receipt calldata receipt, Taken memory taken) private {
        bytes32 payoutId = c.bond != 0 ? ReceiptId.unwrap(c.receiptId) : OffenceId.unwrap(id);
        _book(payoutId, c.fault, c.since, uint256(c.escrow) * 1 minutes, receipt, taken);
        emit Convicted(
            c.receiptId,
            receipt.provider,
            msg.sender,
            c.fault,
            id,
            payoutId,
            taken.bond,
            taken.punitive,
            taken.restitution,
            taken.reward
        );
    }

    /// @dev What the first fault within 90 days costs beside the bond.
    function _punitiveBase(address provider, uint256 reserved) private view returns (uint256) {
        return Math.max(reserved, _wholeStake(provider) / STAKE_DIVISOR);
    }
}
