// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IReceipts} from "../interfaces/IReceipts.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {Batch, Inclusion} from "../types/Batch.sol";
import {BatchId} from "../types/BatchId.sol";
import {Lock} from "../types/Lock.sol";
import {ModelId} from "../types/ModelId.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {Models} from "./Models.sol";
import {Reputation} from "./Reputation.sol";

/// @title Receipts
/// @notice Anchoring and release. A batch and a directly attested receipt are both one `Lock`.
abstract contract Receipts is IReceipts, EIP712, Models, Reputation {
    using ReceiptLib for Receipt;

    uint256 internal constant MIN_WINDOW = 10 minutes;
    uint256 internal constant MAX_WINDOW = 14 days;
    bytes32 private constant BATCH_DOMAIN = keccak256("onus.batch.v1");

    uint256 private immutable _minWindowBlocks;

    mapping(bytes32 lockId => Lock) private _locks;

    constructor(uint256 minWindowBlocks_) EIP712("Onus", "1") {
        _minWindowBlocks = minWindowBlocks_;
    }

    /// @inheritdoc IReceipts
    function anchor(Batch calldata batch) external returns (BatchId batchId) {
        if (batch.count == 0) revert BatchEmpty();
        batchId = batchIdOf(batch);
        _lock(BatchId.unwrap(batchId), batch.provider, batch.modelId, batch.coverage, batch.window);
        emit BatchAnchored(batchId, batch.provider, batch.modelId, batch);
    }

    /// @inheritdoc IReceipts
    function attest(Receipt calldata receipt) external returns (ReceiptId receiptId) {
        receiptId = receiptIdOf(receipt);
        if (receipt.issuedAt > block.timestamp) revert ReceiptFromFuture(receipt.issuedAt, block.timestamp);
        if (receipt.anchorBy < block.timestamp) revert ReceiptExpired(receiptId, receipt.anchorBy);
        _lock(
            ReceiptId.unwrap(receiptId),
            receipt.provider,
            receipt.modelId,
            receipt.coverage,
            receipt.challengeWindow
        );
        emit ReceiptAttested(receiptId, receipt.provider, receipt.consumer, receipt);
    }

    /// @inheritdoc IReceipts
    function releaseBatch(Batch calldata batch) external {
        _release(BatchId.unwrap(batchIdOf(batch)), batch.provider, batch.modelId, batch.window);
    }

    /// @inheritdoc IReceipts
    function releaseReceipt(Receipt calldata receipt, Inclusion calldata inclusion) external {
        (bytes32 lockId, , uint256 window, ) = locate(receipt, inclusion);
        if (lockId == BatchId.unwrap(batchIdOf(inclusion.batch))) revert NotAnchored(lockId);
        _release(lockId, receipt.provider, receipt.modelId, window);
    }

    /// @inheritdoc IReceipts
    function receiptIdOf(Receipt calldata receipt) public view returns (ReceiptId) {
        return ReceiptId.wrap(_hashTypedDataV4(receipt.structHash()));
    }

    /// @inheritdoc IReceipts
    function batchIdOf(Batch calldata batch) public pure returns (BatchId) {
        return BatchId.wrap(keccak256(abi.encode(BATCH_DOMAIN, batch)));
    }

    /// @inheritdoc IReceipts
    function verifySigned(
        Receipt calldata receipt,
        bytes calldata signature
    ) public view returns (ReceiptId receiptId) {
        receiptId = receiptIdOf(receipt);
        if (receipt.issuedAt > block.timestamp) revert ReceiptFromFuture(receipt.issuedAt, block.timestamp);
        // As long as stake thaws, and no longer: a key stolen after it was revoked could otherwise
        // make up old receipts for ever.
        if (receipt.issuedAt + thawPeriod() < block.timestamp)
            revert ReceiptTooOld(receiptId, receipt.issuedAt);
        (address signer, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(
            ReceiptId.unwrap(receiptId),
            signature
        );
        if (problem != ECDSA.RecoverError.NoError || keyValidity(receipt.provider, signer).until == 0) {
            revert SignatureInvalid(receiptId, signer);
        }
        if (!_isKeyValid(receipt.provider, signer, receipt.issuedAt)) {
            revert KeyNotValid(receipt.provider, signer, receipt.issuedAt);
        }
    }

    /// @inheritdoc IReceipts
    function locate(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) public view returns (bytes32 lockId, Lock memory lock, uint256 window, bool open) {
        ReceiptId receiptId = receiptIdOf(receipt);
        if (inclusion.batch.count == 0) {
            (lockId, window) = (ReceiptId.unwrap(receiptId), receipt.challengeWindow);
        } else {
            _verifyInclusion(receipt, receiptId, inclusion);
            bytes32 batchId = BatchId.unwrap(batchIdOf(inclusion.batch));
            window = inclusion.batch.window;
            lockId = _detainedId(receiptId, batchId);
            if (_locks[lockId].since == 0) lockId = batchId;
        }
        lock = _locks[lockId];
        if (lock.since == 0) revert NotAnchored(lockId);
        open = _isOpen(lock, window);
    }

    /// @inheritdoc IReceipts
    function lockOf(bytes32 lockId) public view returns (Lock memory) {
        return _locks[lockId];
    }

    /// @inheritdoc IReceipts
    function minWindowBlocks() external view returns (uint256) {
        return _minWindowBlocks;
    }

    /// @inheritdoc IReceipts
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev Keeps a receipt open until then at least, in a lock of its own.
    function _detain(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        uint256 until,
        uint256 fromBlock
    ) internal {
        (bytes32 lockId, Lock memory lock, uint256 window, ) = locate(receipt, inclusion);
        _requireOpen(lockId, lock, window);
        bytes32 batchId = BatchId.unwrap(batchIdOf(inclusion.batch));
        if (lockId == batchId) {
            lock.bond = uint128(Math.min(BOND_FACTOR * uint256(receipt.coverage), lock.bond));
            _takeFromLock(batchId, lock.bond);
            lockId = _detainedId(receiptIdOf(receipt), batchId);
        }
        lock.since = uint64(Math.max(lock.since, until - window));
        // Both must pass: an outage of the chain does not eat what the game leaves.
        lock.sinceBlock = uint64(Math.max(lock.sinceBlock, fromBlock));
        _locks[lockId] = lock;
        emit ReceiptDetained(lockId, receiptIdOf(receipt), lock.bond, lock.since + window);
    }

    /// @dev Takes `bond` out of a lock for good.
    function _takeFromLock(bytes32 lockId, uint128 bond) internal {
        _locks[lockId].bond -= bond;
    }

    function _requireOpen(bytes32 lockId, Lock memory lock, uint256 window) internal view {
        if (!_isOpen(lock, window)) {
            revert WindowClosed(lockId, lock.since + window, lock.sinceBlock + _minWindowBlocks);
        }
    }

    function _lock(
        bytes32 lockId,
        address provider,
        ModelId modelId,
        uint128 coverage,
        uint256 window
    ) private {
        _requireAuthority(msg.sender, provider);
        _requireInGoodStanding(provider);
        _requireModel(modelId);
        if (coverage == 0) revert CoverageZero();
        if (window < MIN_WINDOW || window > MAX_WINDOW)
            revert WindowOutOfRange(window, MIN_WINDOW, MAX_WINDOW);
        if (_locks[lockId].since != 0) revert AlreadyAnchored(lockId);
        // A bond that does not fit 128 bits exceeds every stake.
        uint256 bond = BOND_FACTOR * uint256(coverage);
        if (bond > type(uint128).max) {
            Account memory stake = account(provider);
            revert StakeTooLow(provider, stake.active, RESERVE_FACTOR * (stake.locked + bond));
        }
        _reserve(provider, uint128(bond));
        _locks[lockId] = Lock(uint64(block.timestamp), uint64(block.number), uint128(bond));
    }

    function _release(bytes32 lockId, address provider, ModelId modelId, uint256 window) private {
        Lock memory lock = _locks[lockId];
        if (lock.since == 0) revert NotAnchored(lockId);
        if (lock.bond == 0) revert NothingLocked(lockId);
        if (_isOpen(lock, window)) {
            revert WindowOpen(lockId, lock.since + window, lock.sinceBlock + _minWindowBlocks);
        }
        _locks[lockId].bond = 0;
        _unreserve(provider, lock.bond);
        emit BondReleased(lockId, provider, lock.bond);
        _creditReputation(provider, modelId, lock.bond, window);
    }

    function _verifyInclusion(
        Receipt calldata receipt,
        ReceiptId receiptId,
        Inclusion calldata inclusion
    ) private pure {
        Batch calldata batch = inclusion.batch;
        if (batch.provider != receipt.provider)
            revert BatchProviderMismatch(batch.provider, receipt.provider);
        SumTree.verify(
            batch.root,
            batch.coverage,
            batch.count,
            ReceiptId.unwrap(receiptId),
            receipt.coverage,
            inclusion.index,
            inclusion.path
        );
    }

    /// @dev Where the bond of a receipt is that was taken out of its batch.
    function _detainedId(ReceiptId receiptId, bytes32 batchId) private pure returns (bytes32) {
        return keccak256(abi.encode(batchId, receiptId));
    }

    function _isOpen(Lock memory lock, uint256 window) private view returns (bool) {
        return block.timestamp <= lock.since + window || block.number < lock.sinceBlock + _minWindowBlocks;
    }
}
