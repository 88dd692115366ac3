// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Batch, Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {ISeats} from "./ISeats.sol";
import {IOnus} from "./IOnus.sol";

/// @title IAudits
/// @notice Pays for checking answers, right or wrong, that nobody could know would be checked when they were given.
/// @dev
/// ```
/// fund     anybody, for an anchored batch or receipt: so many audits at such a fee; the draw is 8 blocks later
/// draw     anybody, with the header of that block: its RANDAO mix says which leaves, and whose turn it is
/// vouch    the seat whose turn it is: "I ran it, and it is right"; it knows the root of the trace
/// refute   anybody: a conviction of a drawn receipt is an audit, too, whoever's turn it is
/// settle   pays the fee once the receipt is final: to who vouched, or to who convicted; who vouched for what was
///          convicted of wrong execution loses its seat's bond, which is burned
/// refund   everything else goes back to who paid it
/// ```
/// Audit `j` of `k` is about one leaf of the `j`-th of `k` equal parts of the batch, so no leaf is drawn twice. Four turns
/// of equal length fill the first half of what is left of the window; each belongs to one seat that was taken before the
/// audits were paid for. So there is nobody to race with, and whoever vouches does so while others have the second
/// half to find what it missed. A turn that passes costs nothing.
///
/// This contract holds bonds of seats and fees, and nothing of the registry's. Nothing here can convict, delay or pay
/// anything there, and reputation does not know of audits.
///
/// What an audit shows: that somebody with a bond at stake knew the root of the run and said that it is right. The root
/// is known to who ran the model on the same input, and to whom the provider, or an auditor before, told it. It does not show
/// that two people ran it.
interface IAudits is ISeats {
    /// @notice Audits that somebody paid for. Four storage slots. Times are seconds on the registry's clock.
    struct Fund {
        /// Batch id, or id of a receipt that was attested directly.
        bytes32 lockId;
        address funder;
        /// Token units for one audit.
        uint96 fee;
        /// Zero until it is drawn.
        bytes32 seed;
        /// Whose randomness draws.
        uint40 drawBlock;
        uint40 drawnAt;
        /// Seconds of one turn.
        uint24 turn;
        /// Leaves of the batch, as its provider says.
        uint32 count;
        /// Numbers of seats there were when it was funded.
        uint32 seats;
        uint16 audits;
        /// Audits that were reported, with either result.
        uint16 taken;
        /// Audits whose fee was paid.
        uint16 paid;
        /// When the fees of what nobody reported go back; zero once they have.
        uint40 refundAt;
    }

    enum Report {
        None,
        Vouched,
        Refuted,
        Settled
    }

    /// @notice What was said about one drawn receipt, by which seat, and since which block that seat counts.
    struct Audit {
        Report report;
        uint32 seat;
        uint40 seatSince;
    }

    error SeatBondTooLow(uint256 seatBond);
    error LockUnknown(bytes32 lockId);
    error WindowOver(bytes32 lockId, uint256 end);
    error AuditsOutOfRange(uint256 audits, uint256 count);
    error FeeOutOfRange(uint256 fee, uint256 most);
    error NoSeats();
    error FundUnknown(uint256 fund);
    error FundClosed(uint256 fund);
    error AlreadyDrawn(uint256 fund);
    error NotDrawn(uint256 fund);
    /// @dev The receipt's collateral is not where the audits are of.
    error PlaceMismatch(bytes32 lockId, bytes32 funded);
    error IndexNotDrawn(uint256 index, uint256 drawn);
    /// @dev Nothing can be proven at the cost of such a receipt: no coverage was reserved for it.
    error CoverageNone(ReceiptId receiptId);
    /// @dev The receipt commits to no trace, or to another.
    error TraceRootWrong(ReceiptId receiptId, bytes32 traceRoot);
    error NotYourTurn(address sender, address auditor);
    error AlreadyReported(uint256 fund, ReceiptId receiptId);
    /// @dev Not of wrong execution, or it was given back.
    error NotConvicted(ReceiptId receiptId);
    error NothingToSettle(uint256 fund, ReceiptId receiptId);
    error ReceiptOpen(ReceiptId receiptId);
    error ReceiptClosed(ReceiptId receiptId);
    error NothingToRefund(uint256 fund);
    error RefundNotDue(uint256 fund, uint256 refundAt);

    event AuditsFunded(
        uint256 indexed fund,
        bytes32 indexed lockId,
        address indexed funder,
        uint256 audits,
        uint256 fee,
        uint256 drawBlock
    );
    event AuditsDrawn(uint256 indexed fund, bytes32 seed, uint256 turn);
    event Vouched(uint256 indexed fund, ReceiptId indexed receiptId, address indexed auditor, uint256 seat);
    event Refuted(uint256 indexed fund, ReceiptId indexed receiptId);
    event Accused(uint256 indexed fund, ReceiptId indexed receiptId, uint256 indexed seat);
    /// @dev `to` is the auditor, the challenger of the conviction, or the funder if it is nobody's.
    event AuditSettled(uint256 indexed fund, ReceiptId indexed receiptId, address indexed to, uint256 fee);
    event AuditsRefunded(uint256 indexed fund, address indexed funder, uint256 amount);

    /// @notice Pays for `audits` audits of an anchored batch whose window is open, `fee` token units each; the token must
    /// be approved. At most as many as there are leaves; a fee at most a thousandth of a seat's bond.
    /// Reverts for: `LockUnknown`, `WindowOver`, `AuditsOutOfRange`, `FeeOutOfRange`, `NoSeats`. Emits: `AuditsFunded`.
    function fund(Batch calldata batch, uint16 audits, uint96 fee) external returns (uint256);

    /// @notice Pays for an audit of a receipt that was attested directly. Reverts for, emits: as `fund`.
    function fundReceipt(Receipt calldata receipt, uint96 fee) external returns (uint256);

    /// @notice Draws: fixes which leaves are audited and who has which turn. Anyone may, once. Whoever waits changes
    /// when the turns are, not whose. If nobody does while the header can be shown (8,191 blocks) and the window is open, the
    /// fees go back and there is no other draw.
    /// @param header Of the block `drawBlock`, in RLP.
    /// Reverts for: `FundUnknown`, `AlreadyDrawn`, `WindowOver`, `Randao.HeaderInvalid`. Emits: `AuditsDrawn`.
    function draw(uint256 fundId, bytes calldata header) external;

    /// @notice Says that the receipt is right. Only the seat whose turn it is.
    /// @param number Which of the fund's audits.
    /// @param traceRoot Before it is bound to the request.
    /// Reverts for: `FundUnknown`, `FundClosed`, `NotDrawn`, `AuditsOutOfRange`, `PlaceMismatch`, `IndexNotDrawn`,
    /// `ReceiptClosed`, `CoverageNone`, `TraceRootWrong`, `NotYourTurn`, `AlreadyReported`, and what `IReceipts.locate`
    /// reverts for. Emits: `Vouched`.
    function vouch(
        uint256 fundId,
        uint256 number,
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        bytes32 traceRoot
    ) external;

    /// @notice Says that a drawn receipt was convicted of wrong execution; the fee will be the challenger's. Anyone may.
    /// Reverts for: as `vouch` but for the turn, and `NotConvicted`. Emits: `Refuted`.
    function refute(
        uint256 fundId,
        uint256 number,
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) external;

    /// @notice Holds the seat that vouched for a receipt that was convicted since, until that is settled: it earns nothing
    /// and cannot leave. Anyone may. Reverts for: `NothingToSettle`, `NotConvicted`. Emits: `Accused`.
    function accuse(uint256 fundId, ReceiptId receiptId) external;

    /// @notice Pays the fee of a reported audit. Anyone may, when the receipt is final, or when its conviction cannot be
    /// taken back any more: then the seat that vouched for it is lost. What a lost seat would have earned goes to the
    /// funder.
    /// Reverts for: `NothingToSettle`, `PlaceMismatch`, `ReceiptOpen`, `SeatAccused`, and what `IReceipts.locate` reverts
    /// for. Emits: `AuditSettled`, `SeatLost`.
    function settle(uint256 fundId, Receipt calldata receipt, Inclusion calldata inclusion) external;

    /// @notice Pays the funder what nobody has earned: of leaves that nobody showed, that nobody looked at, that were not
    /// drawn in time. A day after the last moment at which any of them can be convicted. Anyone may.
    /// Reverts for: `FundUnknown`, `RefundNotDue`, `NothingToRefund`. Emits: `AuditsRefunded`.
    function refund(uint256 fundId) external;

    /// @notice The registry whose receipts are audited.
    function registry() external view returns (IOnus);

    function fundOf(uint256 fundId) external view returns (Fund memory);

    function fundCount() external view returns (uint256);

    function auditOf(uint256 fundId, ReceiptId receiptId) external view returns (Audit memory);

    /// @notice Which leaf an audit is about.
    /// Reverts for: `FundUnknown`, `NotDrawn`, `AuditsOutOfRange`.
    function drawnIndex(uint256 fundId, uint256 number) external view returns (uint256);

    /// @notice Which seat can vouch now, and who has it: zero if nobody can, as the turn is of a seat that was left or is
    /// held, or all turns are over.
    /// Reverts for: as `drawnIndex`.
    function onTurn(uint256 fundId, uint256 number) external view returns (uint256 seat, address auditor);
}
