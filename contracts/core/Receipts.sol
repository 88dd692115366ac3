// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IReceipts} from "../interfaces/IReceipts.sol";
import {IReputation} from "../interfaces/IReputation.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {Batch, Inclusion} from "../types/Batch.sol";
import {BatchId} from "../types/BatchId.sol";
import {Lock} from "../types/Lock.sol";
import {ModelId} from "../types/ModelId.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {Role} from "../types/Role.sol";
import {Stake} from "./Stake.sol";

/// @title Receipts
/// @notice Anchoring and release. A batch, a directly attested receipt and a receipt in a dispute are each one `Lock`.
abstract contract Receipts is IReceipts, EIP712, Stake {
    using ReceiptLib for Receipt;

    uint256 internal constant MIN_WINDOW = 10 minutes;
    uint256 internal constant MAX_WINDOW = 14 days;
    bytes32 private constant BATCH_DOMAIN = keccak256("onus.batch.v1");

    IReputation internal immutable _reputation;

    mapping(bytes32 lockId => Lock) private _locks;

    constructor(IReputation reputation_) EIP712("Onus", "1") {
        _reputation = reputation_;
    }

    /// @inheritdoc IReceipts
    function anchor(Batch calldata batch) external returns (BatchId batchId) {
        if (batch.count == 0) revert BatchEmpty();
        batchId = batchIdOf(batch);
        _lock(BatchId.unwrap(batchId), batch.provider, batch.coverage, batch.window);
        emit BatchAnchored(
            batchId,
            batch.provider,
            batch.modelId,
            batch.root,
            batch.count,
            batch.coverage,
            batch.window
        );
    }

    /// @inheritdoc IReceipts
    function attest(Receipt calldata receipt) external returns (ReceiptId receiptId) {
        receiptId = receiptIdOf(receipt);
        if (receipt.issuedAt > block.timestamp) revert ReceiptFromFuture(receipt.issuedAt, block.timestamp);
        if (receipt.anchorBy < block.timestamp) revert ReceiptExpired(receiptId, receipt.anchorBy);
        _lock(ReceiptId.unwrap(receiptId), receipt.provider, receipt.coverage, receipt.challengeWindow);
        emit ReceiptAttested(receiptId, receipt.provider, receipt.consumer, receipt);
    }

    /// @inheritdoc IReceipts
    function releaseBatches(Batch[] calldata batches) external {
        for (uint256 i; i < batches.length; ++i) {
            Batch calldata batch = batches[i];
            _release(BatchId.unwrap(batchIdOf(batch)), batch.provider, batch.modelId, batch.window);
        }
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
    function batchIdOf(Batch calldata batch) public pure returns (BatchId id) {
        bytes32 domain = BATCH_DOMAIN;
        assembly ("memory-safe") {
            // keccak256(abi.encode(domain, batch)), without looking at the members one by one: what has bits above them
            // is never anchored, as `anchor` looks at all.
            let words := mload(0x40)
            mstore(words, domain)
            calldatacopy(add(words, 32), batch, 192)
            id := keccak256(words, 224)
        }
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
        if (receipt.issuedAt + thawPeriod() + _lastStop() < block.timestamp)
            revert ReceiptTooOld(receiptId, receipt.issuedAt);
        (address signer, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(
            ReceiptId.unwrap(receiptId),
            signature
        );
        KeyValidity memory key = keyValidity(receipt.provider, signer);
        if (problem != ECDSA.RecoverError.NoError || key.roles & Role.SIGN == 0)
            revert SignatureInvalid(receiptId, signer);
        if (!_isValid(key, Role.SIGN, receipt.issuedAt))
            revert KeyNotValid(receipt.provider, signer, receipt.issuedAt);
    }

    /// @inheritdoc IReceipts
    function locate(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) public view returns (bytes32 lockId, Lock memory lock, uint256 window, bool open) {
        bytes32 home;
        (home, lockId, window) = _place(receipt, inclusion);
        lock = _locks[lockId];
        if (lock.since == 0) (lockId, lock) = (home, _locks[home]);
        if (lock.since == 0) revert NotAnchored(lockId);
        open = _isOpen(lock, window);
    }

    /// @inheritdoc IReceipts
    function lockOf(bytes32 lockId) external view returns (Lock memory) {
        return _locks[lockId];
    }

    /// @dev Keeps a receipt open until then at least, in a lock of its own. Returns that lock, whether the receipt was
    /// where it was anchored before, and until when it is open now.
    function _detain(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        uint256 until,
        uint256 untilBlock
    ) internal returns (Lock memory lock, bool first, uint256 end) {
        (bytes32 home, bytes32 apart, ) = _place(receipt, inclusion);
        bytes32 lockId;
        uint256 window;
        (lockId, lock, window, ) = locate(receipt, inclusion);
        _requireOpen(lockId, lock, window);
        first = lockId == home;
        if (first) {
            lock.bond = uint128(Math.min(BOND_FACTOR * uint256(receipt.coverage), lock.bond));
            _takeFromLock(home, lock.bond);
        }
        lock.since = uint40(Math.max(lock.since, until + lock.stopped - window));
        // Both must pass: an outage of the chain does not eat what the game leaves.
        lock.untilBlock = uint40(Math.max(lock.untilBlock, untilBlock));
        _locks[apart] = lock;
        end = _endOf(lock, window);
        emit ReceiptDetained(apart, receiptIdOf(receipt), lock.bond, end);
    }

    /// @dev Takes `bond` out of a lock for good.
    function _takeFromLock(bytes32 lockId, uint128 bond) internal {
        _locks[lockId].bond -= bond;
        emit BondTaken(lockId, bond);
    }

    function _requireOpen(bytes32 lockId, Lock memory lock, uint256 window) internal view {
        if (!_isOpen(lock, window)) {
            revert WindowClosed(lockId, _endOf(lock, window), lock.untilBlock);
        }
    }

    function _lock(bytes32 lockId, address provider, uint128 coverage, uint256 window) private {
        _requireMayAnchor(msg.sender, provider);
        if (coverage == 0) revert CoverageZero();
        if (window < MIN_WINDOW || window > MAX_WINDOW)
            revert WindowOutOfRange(window, MIN_WINDOW, MAX_WINDOW);
        if (_locks[lockId].since != 0) revert AlreadyAnchored(lockId);
        uint256 bond = BOND_FACTOR * uint256(coverage);
        (Lock memory lock, uint256 minStake) = _newLock(bond);
        // No stake has so many bits as a bond that does not fit its lock.
        _reserve(provider, bond, minStake);
        _locks[lockId] = lock;
    }

    function _release(bytes32 lockId, address provider, ModelId modelId, uint256 window) private {
        Lock memory lock = _locks[lockId];
        if (lock.since == 0) revert NotAnchored(lockId);
        if (lock.bond == 0) revert NothingLocked(lockId);
        if (_isOpen(lock, window)) revert WindowOpen(lockId, _endOf(lock, window), lock.untilBlock);
        _locks[lockId].bond = 0;
        _unreserve(provider, lock.bond);
        emit BondReleased(lockId, provider, lock.bond);
        _reputation.credit(provider, modelId, lock.bond, window);
    }

    /// @dev The two places where the receipt's collateral can be: where it was anchored, and apart from that
    /// since it is disputed. Reverts unless the receipt belongs there.
    function _place(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) private view returns (bytes32 home, bytes32 apart, uint256 window) {
        ReceiptId receiptId = receiptIdOf(receipt);
        if (inclusion.batch.count == 0) {
            (home, window) = (ReceiptId.unwrap(receiptId), receipt.challengeWindow);
        } else {
            _verifyInclusion(receipt, receiptId, inclusion);
            (home, window) = (BatchId.unwrap(batchIdOf(inclusion.batch)), inclusion.batch.window);
        }
        apart = keccak256(abi.encode(home, receiptId));
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

    function _isOpen(Lock memory lock, uint256 window) private view returns (bool) {
        return _clock() <= _endOf(lock, window) || block.number < lock.untilBlock;
    }

    /// @dev Until when the window is open, on the registry's clock.
    function _endOf(Lock memory lock, uint256 window) private pure returns (uint256) {
        return uint256(lock.since) - lock.stopped + window;
    }
}
