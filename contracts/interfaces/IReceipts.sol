// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Batch, Inclusion} from "../types/Batch.sol";
import {BatchId} from "../types/BatchId.sol";
import {Lock} from "../types/Lock.sol";
import {ModelId} from "../types/ModelId.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title IReceipts
/// @notice Puts collateral behind signed answers, one by one or by the thousand.
/// @dev Assurance of a receipt: *signed* (evidence only), *anchored* (collateral reserved, the answer
/// can be challenged), *final* (window over, not convicted). The window is over when its time has
/// passed and at least `minWindowBlocks` of its terms were made, so that an outage of the chain does not
/// eat it. Whether a model is registered is not asked: policies do. Only the provider and its keys can anchor: if consumers could, one of them could tie
/// up the stake that the provider's next batch needs.
interface IReceipts {
    error CoverageZero();
    error BatchEmpty();
    error WindowOutOfRange(uint256 window, uint256 minimum, uint256 maximum);
    error AlreadyAnchored(bytes32 lockId);
    /// @dev Neither a batch nor an attestation with this id was ever anchored.
    error NotAnchored(bytes32 lockId);
    error BatchProviderMismatch(address batchProvider, address receiptProvider);
    error ReceiptFromFuture(uint64 issuedAt, uint256 nowSeconds);
    error ReceiptExpired(ReceiptId receiptId, uint64 anchorBy);
    /// @dev Older than the time in which evidence by signature alone counts.
    error ReceiptTooOld(ReceiptId receiptId, uint64 issuedAt);
    error WindowOpen(bytes32 lockId, uint256 until, uint256 untilBlock);
    error WindowClosed(bytes32 lockId, uint256 until, uint256 untilBlock);
    error NothingLocked(bytes32 lockId);
    /// @dev The signature is not one of a key that may sign for the provider; `recovered` is zero if malformed.
    error SignatureInvalid(ReceiptId receiptId, address recovered);

    /// @dev Together they are the `Batch`.
    event BatchAnchored(
        BatchId indexed batchId,
        address indexed provider,
        ModelId indexed modelId,
        bytes32 root,
        uint32 count,
        uint128 coverage,
        uint32 window
    );
    event ReceiptAttested(
        ReceiptId indexed receiptId,
        address indexed provider,
        address indexed consumer,
        Receipt receipt
    );
    /// @dev The bond of a receipt in a game is kept apart, and longer.
    event ReceiptDetained(bytes32 indexed lockId, ReceiptId indexed receiptId, uint256 bond, uint256 until);
    /// @dev What a lock loses, to what `ReceiptDetained` or `Convicted` says right after it; zero if nothing was left.
    event BondTaken(bytes32 indexed lockId, uint256 bond);
    event BondReleased(bytes32 indexed lockId, address indexed provider, uint256 bond);

    /// @notice Anchors a batch of receipts and reserves twice its coverage.
    /// Reverts for: `SenderNotAuthorised`, `ProviderTombstoned`, `BatchEmpty`, `CoverageZero`, `WindowOutOfRange`,
    /// `AlreadyAnchored`, `StakeTooLow`, `AnchorsPaused`.
    /// Emits: `BatchAnchored`.
    function anchor(Batch calldata batch) external returns (BatchId);

    /// @notice Anchors one receipt by itself and reserves twice its coverage.
    /// Reverts for: as `anchor`, and `ReceiptFromFuture`, `ReceiptExpired`. Emits: `ReceiptAttested`.
    function attest(Receipt calldata receipt) external returns (ReceiptId);

    /// @notice Gives the bonds of batches back after their windows and books the reputation. Anyone may call.
    /// Reverts for: `NotAnchored`, `NothingLocked`, `WindowOpen`. Emits: `BondReleased`, and
    /// `ReputationUpdated` of the reputation.
    function releaseBatches(Batch[] calldata batches) external;

    /// @notice As `releaseBatches`, for a receipt that was attested directly, or that was detained.
    function releaseReceipt(Receipt calldata receipt, Inclusion calldata inclusion) external;

    /// @notice Keeps an open receipt open until `until` (registry's clock) at least and until
    /// `untilBlock`, its bond apart from where it was anchored. As long as it is open, stake that thaws is frozen
    /// as far as this receipt may cost it. Only the judge of wrong executions may, which bounds how long.
    /// Reverts for: `SenderNotAuthorised`, `AlreadyConvicted`, `WindowClosed`, `DisputesStopped`, and what `locate`
    /// reverts for. Emits: `ReceiptDetained`, `StakeFrozen`.
    function detain(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        uint256 until,
        uint256 untilBlock
    ) external;

    /// @notice The EIP-712 digest of a receipt on this chain and for this contract.
    function receiptIdOf(Receipt calldata receipt) external view returns (ReceiptId);

    /// @notice The content hash of a batch.
    function batchIdOf(Batch calldata batch) external pure returns (BatchId);

    /// @notice The receipt's id if `signature` is of a key of its provider that was valid at `issuedAt`.
    /// Reverts for: `SignatureInvalid`, `KeyNotValid`, `ReceiptFromFuture`, `ReceiptTooOld`.
    function verifySigned(
        Receipt calldata receipt,
        bytes calldata signature
    ) external view returns (ReceiptId);

    /// @notice Where the receipt's collateral is. `open` says whether it can still be challenged.
    /// Reverts for: `NotAnchored`, `BatchProviderMismatch`, and what `SumTree` reverts for.
    function locate(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) external view returns (bytes32 lockId, Lock memory lock, uint256 window, bool open);

    /// @notice The record behind a batch id, the id of a directly attested receipt, or what `locate` found.
    function lockOf(bytes32 lockId) external view returns (Lock memory);
}
