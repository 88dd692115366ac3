// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title IOmission
/// @notice A receipt that was signed and never anchored as it promises.
/// @dev
/// ```
/// claim    bond ->   the signed receipt was to be anchored by now
///                <-  answer: its place in a batch, or its own record: by `anchorBy`, with its model and its window
/// ... or silence until it is due: `convictSigned(Omission)` by anybody, the reward is the claimant's
/// ```
/// Nothing was reserved for such a receipt, so nothing can be paid to its consumer: who needs its cover waits until the
/// receipt is anchored. The bond, in wei, is the provider's if it answers, which pays for the answer, and the
/// claimant's again if not. A provider that could not anchor because anchors were paused owes no answer.
interface IOmission {
    /// @notice One claim; one per receipt. Times are seconds on the registry's clock.
    struct Claim {
        address claimant;
        /// Unix seconds at which it was made.
        uint40 since;
        uint40 due;
        /// The block from which on it can be overdue.
        uint64 dueBlock;
        /// Wei; zero once settled.
        uint128 bond;
        bool answered;
    }

    /// @dev Seconds to answer: at least 10 minutes, at most 3 days.
    error ResponseOutOfRange(uint256 response);
    /// @dev The receipt may still be anchored.
    error NotDue(ReceiptId receiptId, uint64 anchorBy);
    /// @dev Claims are made within 10 days after the receipt was signed: who accepts a later `anchorBy` waives it.
    error ClaimTooLate(ReceiptId receiptId, uint256 until);
    error AlreadyClaimed(ReceiptId receiptId);
    error NotClaimed(ReceiptId receiptId);
    error AlreadyAnswered(ReceiptId receiptId);
    error AnswerTooLate(ReceiptId receiptId, uint40 due, uint64 dueBlock);
    error BondTooLow(uint256 sent, uint256 need);
    /// @dev Anchors were paused while the receipt was to be anchored.
    error Excused(ReceiptId receiptId, uint256 from, uint256 until);
    error AnchoredLate(ReceiptId receiptId, uint256 anchoredAt, uint64 anchorBy);
    error AnchoredElsewhere(ReceiptId receiptId);
    /// @dev The claim is neither answered nor over yet, or was settled.
    error NothingToSettle(ReceiptId receiptId);

    event Claimed(
        ReceiptId indexed receiptId,
        address indexed provider,
        address indexed claimant,
        uint40 due,
        uint64 dueBlock,
        uint256 bond,
        Receipt receipt
    );
    event Answered(ReceiptId indexed receiptId);
    event Settled(ReceiptId indexed receiptId, address indexed to, uint256 bond);

    /// @notice Claims that a signed receipt was not anchored in time; leaves a bond of at least `answerPrice`.
    /// Reverts for: what `verifySigned` reverts for, `NotDue`, `ClaimTooLate`, `AlreadyClaimed`, `BondTooLow`,
    /// `Excused`. Emits: `Claimed`.
    function claim(Receipt calldata receipt, bytes calldata signature) external payable;

    /// @notice Shows where the receipt was anchored. Anyone may.
    /// Reverts for: `NotClaimed`, `AlreadyAnswered`, `AnswerTooLate`, `AnchoredLate`, `AnchoredElsewhere`, and what
    /// `locate` reverts for. Emits: `Answered`.
    function answer(Receipt calldata receipt, Inclusion calldata inclusion) external;

    /// @notice Pays the bond of a claim: to the provider if it was answered, else to the claimant, once the provider is
    /// convicted, or was not for 3 days after the claim was due. Anyone may call.
    /// Reverts for: `NothingToSettle`. Emits: `Settled`.
    function settle(Receipt calldata receipt) external;

    /// @notice Wei that a claim must leave: four times what an answer costs at this block's price of gas.
    function answerPrice() external view returns (uint256);

    function claimOf(ReceiptId receiptId) external view returns (Claim memory);

    /// @notice Seconds, and blocks, in which a claim can be answered.
    function responseTime() external view returns (uint256 period, uint256 blocks);
}
