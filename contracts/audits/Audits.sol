// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAudits} from "../interfaces/IAudits.sol";
import {IConvictions} from "../interfaces/IConvictions.sol";
import {Fault, ITimedFault} from "../interfaces/IFault.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {Place} from "../libraries/Place.sol";
import {Randao} from "../libraries/Randao.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {Batch, Inclusion} from "../types/Batch.sol";
import {BatchId} from "../types/BatchId.sol";
import {Lock} from "../types/Lock.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {Seats} from "./Seats.sol";

/// @title Audits
/// @notice Fees for checking what the draw says, and for nothing else.
contract Audits is IAudits, Seats {
    using ReceiptLib for Receipt;

    /// @dev Blocks between payment and draw: nobody but who proposes all of them knows the result when it pays.
    uint256 private constant DRAW_DELAY = 8;
    /// @dev Turns that fill one part in `PARTS` of what is left of the window.
    uint256 private constant TURNS = 4;
    uint256 private constant PARTS = 2;
    /// @dev In which a conviction of the last moment can be reported.
    uint256 private constant GRACE = 1 days;
    /// @dev Who never runs anything loses as soon as one drawn answer in so many is a lie that somebody else finds.
    uint256 private constant BOND_OVER_FEE = 1_000;
    bytes32 private constant TRACE_DOMAIN = keccak256("onus.trace.v1");

    /// @dev Seconds after a window in which its receipts can still be convicted.
    uint256 private immutable _game;

    Fund[] private _funds;
    mapping(uint256 fundId => mapping(ReceiptId receiptId => Audit)) private _audits;

    constructor(IOnus onus, uint96 bond) Seats(onus, bond) {
        if (bond < BOND_OVER_FEE) revert SeatBondTooLow(bond);
        _game = ITimedFault(address(onus.faultModule(Fault.WrongExecution))).longestGame();
    }

    /// @inheritdoc IAudits
    function fund(Batch calldata batch, uint16 audits, uint96 fee) external returns (uint256) {
        bytes32 lockId = BatchId.unwrap(_onus.batchIdOf(batch));
        if (audits == 0 || audits > batch.count) revert AuditsOutOfRange(audits, batch.count);
        return _fund(lockId, batch.count, batch.window, audits, fee);
    }

    /// @inheritdoc IAudits
    function fundReceipt(Receipt calldata receipt, uint96 fee) external returns (uint256) {
        bytes32 lockId = ReceiptId.unwrap(_onus.receiptIdOf(receipt));
        return _fund(lockId, 1, receipt.challengeWindow, 1, fee);
    }

    /// @inheritdoc IAudits
    function draw(uint256 fundId, bytes calldata header) external {
        Fund storage f = _get(fundId);
        if (f.seed != 0) revert AlreadyDrawn(fundId);
        uint256 end = f.refundAt - _game - GRACE;
        uint256 nowClock = _onus.clock();
        uint256 turn = end <= nowClock ? 0 : (end - nowClock) / (PARTS * TURNS);
        if (turn == 0) revert WindowOver(f.lockId, end);
        bytes32 mix = Randao.mixOf(f.drawBlock, header);
        f.seed = keccak256(abi.encode(mix, address(this), fundId));
        (f.drawnAt, f.turn) = (uint40(nowClock), uint24(turn)); // a window is 14 days at most
        emit AuditsDrawn(fundId, f.seed, turn);
    }

    /// @inheritdoc IAudits
    function vouch(
        uint256 fundId,
        uint256 number,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes32 traceRoot
    ) external {
        ReceiptId id = _onus.receiptIdOf(receipt);
        _requireOpen(fundId, id, receipt, inclusion);
        _requireDrawn(fundId, number, inclusion);
        _requireRun(receipt, id, traceRoot);
        (uint256 seat, address auditor) = onTurn(fundId, number);
        if (msg.sender != auditor) revert NotYourTurn(msg.sender, auditor);
        Audit storage audit = _report(fundId, id, Report.Vouched);
        (audit.seat, audit.seatSince) = (uint32(seat), _addPending(seat));
        emit Vouched(fundId, id, auditor, seat);
    }

    /// @inheritdoc IAudits
    function refute(
        uint256 fundId,
        uint256 number,
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) external {
        ReceiptId id = _onus.receiptIdOf(receipt);
        _locate(fundId, receipt, inclusion);
        _requireDrawn(fundId, number, inclusion);
        _requireConvicted(id);
        _report(fundId, id, Report.Refuted);
        emit Refuted(fundId, id);
    }

    /// @inheritdoc IAudits
    function accuse(uint256 fundId, ReceiptId receiptId) external {
        Audit memory audit = _audits[fundId][receiptId];
        if (audit.report != Report.Vouched || !_isStill(audit.seat, audit.seatSince))
            revert NothingToSettle(fundId, receiptId);
        _requireConvicted(receiptId);
        _accuse(audit.seat, _auditKey(fundId, receiptId));
        emit Accused(fundId, receiptId, audit.seat);
    }

    /// @inheritdoc IAudits
    function settle(uint256 fundId, Receipt calldata receipt, Inclusion calldata inclusion) external {
        ReceiptId id = _onus.receiptIdOf(receipt);
        Audit storage audit = _audits[fundId][id];
        Report report = audit.report;
        if (report == Report.None || report == Report.Settled) revert NothingToSettle(fundId, id);
        IConvictions.Payout memory due = _onus.payout(ReceiptId.unwrap(id));
        bool open = _locate(fundId, receipt, inclusion);
        bool convicted = _isConvicted(due);
        // A conviction can be taken back, and its reward taken over, until it matures.
        if (convicted ? _onus.clock() < due.maturesAt : open && !due.returned) revert ReceiptOpen(id);
        audit.report = Report.Settled;
        ++_funds[fundId].paid;
        if (convicted) _settleConvicted(fundId, id, audit, report, due.challenger);
        else _settleFinal(fundId, id, audit, report);
    }

    /// @inheritdoc IAudits
    function refund(uint256 fundId) external {
        Fund storage f = _get(fundId);
        uint256 amount = uint256(f.fee) * (f.audits - f.taken);
        if (amount == 0 || f.refundAt == 0) revert NothingToRefund(fundId);
        if (_onus.clock() <= f.refundAt) revert RefundNotDue(fundId, f.refundAt);
        f.refundAt = 0;
        emit AuditsRefunded(fundId, f.funder, amount);
        _pay(f.funder, amount);
    }

    /// @inheritdoc IAudits
    function registry() external view returns (IOnus) {
        return _onus;
    }

    /// @inheritdoc IAudits
    function fundOf(uint256 fundId) external view returns (Fund memory) {
        return _get(fundId);
    }

    /// @inheritdoc IAudits
    function fundCount() external view returns (uint256) {
        return _funds.length;
    }

    /// @inheritdoc IAudits
    function auditOf(uint256 fundId, ReceiptId receiptId) external view returns (Audit memory) {
        return _audits[fundId][receiptId];
    }

    /// @inheritdoc IAudits
    function drawnIndex(uint256 fundId, uint256 number) public view returns (uint256) {
        Fund storage f = _drawn(fundId, number);
        (uint256 count, uint256 audits) = (f.count, f.audits);
        uint256 first = (number * count) / audits;
        uint256 end = ((number + 1) * count) / audits;
        return first + (uint256(keccak256(abi.encode(f.seed, number))) % (end - first));
    }

    /// @inheritdoc IAudits
    function onTurn(uint256 fundId, uint256 number) public view returns (uint256 seat, address auditor) {
        Fund storage f = _drawn(fundId, number);
        uint256 turn = (_onus.clock() - f.drawnAt) / f.turn;
        if (turn >= TURNS) return (0, address(0));
        seat = uint256(keccak256(abi.encode(f.seed, number, turn))) % f.seats;
        auditor = _auditorOf(seat, f.drawBlock - DRAW_DELAY);
    }

    function _fund(
        bytes32 lockId,
        uint32 count,
        uint256 window,
        uint16 audits,
        uint96 fee
    ) private returns (uint256 fundId) {
        if (fee == 0 || fee > _bond / BOND_OVER_FEE) revert FeeOutOfRange(fee, _bond / BOND_OVER_FEE);
        if (seatCount() == 0) revert NoSeats();
        fundId = _funds.length;
        Fund storage f = _funds.push();
        (f.lockId, f.funder, f.fee) = (lockId, msg.sender, fee);
        (f.count, f.audits, f.seats) = (count, audits, uint32(seatCount()));
        f.drawBlock = uint40(block.number + DRAW_DELAY);
        f.refundAt = uint40(_requireEnd(lockId, window) + _game + GRACE);
        emit AuditsFunded(fundId, lockId, msg.sender, audits, fee, f.drawBlock);
        _pull(uint256(fee) * audits);
    }

    /// @dev Reserves the fee of an audit for who reports it.
    function _report(uint256 fundId, ReceiptId id, Report report) private returns (Audit storage audit) {
        audit = _audits[fundId][id];
        if (audit.report != Report.None) revert AlreadyReported(fundId, id);
        audit.report = report;
        ++_funds[fundId].taken;
    }

    /// @dev The fee is the challenger's; who vouched loses its seat, if it has not yet.
    function _settleConvicted(
        uint256 fundId,
        ReceiptId id,
        Audit memory audit,
        Report report,
        address challenger
    ) private {
        if (report == Report.Vouched && _isStill(audit.seat, audit.seatSince)) _burnSeat(audit.seat);
        _payFee(fundId, id, challenger);
    }

    /// @dev The fee is the auditor's; nobody's if it lost its seat since, or if a conviction was taken back.
    function _settleFinal(uint256 fundId, ReceiptId id, Audit memory audit, Report report) private {
        address to = _funds[fundId].funder;
        if (report == Report.Vouched && _isStill(audit.seat, audit.seatSince)) {
            _acquit(audit.seat, _auditKey(fundId, id));
            to = _removePending(audit.seat);
        }
        _payFee(fundId, id, to);
    }

    function _payFee(uint256 fundId, ReceiptId id, address to) private {
        uint256 fee = _funds[fundId].fee;
        emit AuditSettled(fundId, id, to, fee);
        _pay(to, fee);
    }

    function _get(uint256 fundId) private view returns (Fund storage) {
        if (fundId >= _funds.length) revert FundUnknown(fundId);
        return _funds[fundId];
    }

    function _drawn(uint256 fundId, uint256 number) private view returns (Fund storage f) {
        f = _get(fundId);
        if (f.seed == 0) revert NotDrawn(fundId);
        if (number >= f.audits) revert AuditsOutOfRange(number, f.audits);
    }

    /// @dev When the window of what is anchored ends; it must be to come.
    function _requireEnd(bytes32 lockId, uint256 window) private view returns (uint256 end) {
        Lock memory lock = _onus.lockOf(lockId);
        if (lock.since == 0) revert LockUnknown(lockId);
        end = uint256(lock.since) - lock.stopped + window;
        if (end <= _onus.clock()) revert WindowOver(lockId, end);
    }

    /// @dev Whether the receipt can still be convicted where the audits are of. Reverts unless it is there.
    function _locate(
        uint256 fundId,
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) private view returns (bool open) {
        bytes32 lockId = Place.homeOf(_onus, _onus.receiptIdOf(receipt), inclusion);
        bytes32 funded = _get(fundId).lockId;
        if (lockId != funded) revert PlaceMismatch(lockId, funded);
        (, , , open) = _onus.locate(receipt, inclusion);
    }

    function _requireOpen(
        uint256 fundId,
        ReceiptId id,
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) private view {
        if (!_locate(fundId, receipt, inclusion)) revert ReceiptClosed(id);
    }

    function _requireDrawn(uint256 fundId, uint256 number, Inclusion calldata inclusion) private view {
        if (_get(fundId).refundAt == 0) revert FundClosed(fundId);
        uint256 index = drawnIndex(fundId, number);
        if (inclusion.index != index) revert IndexNotDrawn(inclusion.index, index);
    }

    /// @dev Only what can be convicted at the cost of its own bond, and only who knows what its run committed to.
    function _requireRun(Receipt calldata receipt, ReceiptId id, bytes32 traceRoot) private view {
        if (receipt.coverage == 0) revert CoverageNone(id);
        bytes32 context = receipt.traceContext(address(_onus));
        if (keccak256(abi.encode(TRACE_DOMAIN, context, traceRoot)) != receipt.traceCommitment)
            revert TraceRootWrong(id, traceRoot);
    }

    function _requireConvicted(ReceiptId id) private view {
        if (!_isConvicted(_onus.payout(ReceiptId.unwrap(id)))) revert NotConvicted(id);
    }

    /// @dev Of its own execution: what was proven about the same request may be of another receipt.
    function _isConvicted(IConvictions.Payout memory due) private pure returns (bool) {
        return due.challenger != address(0) && due.fault == Fault.WrongExecution && !due.returned;
    }

    function _auditKey(uint256 fundId, ReceiptId id) private pure returns (bytes32) {
        return keccak256(abi.encode(fundId, id));
    }
}
