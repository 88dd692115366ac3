// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IKeys} from "../interfaces/IKeys.sol";
import {IModels} from "../interfaces/IModels.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {IReceipts} from "../interfaces/IReceipts.sol";
import {IReputation} from "../interfaces/IReputation.sol";
import {IStake} from "../interfaces/IStake.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {Batch, Inclusion} from "../types/Batch.sol";
import {BatchId} from "../types/BatchId.sol";
import {Lock} from "../types/Lock.sol";
import {ModelId} from "../types/ModelId.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {RequestKey} from "../types/RequestKey.sol";

/// @title MockOnus
/// @notice For the tests of consumers: a registry that says of a receipt what it was told to, without money or proofs.
/// @dev It answers what `PolicyCheck`, `AccountableConsumer`, `Policies` and `Callbacks` ask, as the real registry
/// does; anything else reverts. Use it as `mock.onus()`. A receipt is attested directly unless the inclusion names a
/// batch, in which it then is: paths are not looked at. By default every provider is registered and has a score of 0.9
/// and 1,000,000 tokens of stake, a tenth of which is reserved; every model is registered.
///
/// ```
/// MockOnus mock = new MockOnus();
/// MyConsumer consumer = new MyConsumer(mock.onus());
/// mock.mockFinal(receipt);
/// consumer.act(receipt, noInclusion, answer);
/// ```
contract MockOnus is EIP712("Onus", "1") {
    using ReceiptLib for Receipt;

    /// @dev What differs from the defaults, which are all zero here.
    struct Provider {
        bool set;
        bool unregistered;
        IStake.Account stake;
        bool unscored;
        uint256 score;
        uint256 lossRatio;
        uint128 thawing;
    }

    /// @dev Where one receipt is.
    struct Place {
        uint40 since;
        bool closed;
        bool disputed;
    }

    bytes32 private constant BATCH_DOMAIN = keccak256("onus.batch.v1");

    mapping(ReceiptId receiptId => Place) private _places;
    mapping(RequestKey key => uint256) private _faults;
    mapping(address provider => Provider) private _providers;
    mapping(address provider => IKeys.FaultRecord) private _records;
    mapping(ModelId modelId => bool) private _unregistered;

    /// @notice The receipt was anchored when it was issued, and can be challenged.
    function mockAnchored(Receipt calldata receipt) external {
        mockAnchoredAt(receipt, uint40(receipt.issuedAt));
    }

    /// @notice The receipt is anchored, and somebody disputes it.
    function mockDisputed(Receipt calldata receipt) external {
        mockAnchoredAt(receipt, uint40(receipt.issuedAt));
        _places[receiptIdOf(receipt)].disputed = true;
    }

    /// @notice The receipt's window is over and nothing was proven.
    function mockFinal(Receipt calldata receipt) external {
        mockAnchoredAt(receipt, uint40(receipt.issuedAt));
        _places[receiptIdOf(receipt)].closed = true;
    }

    /// @notice A wrong execution was proven about the receipt's request, now.
    function mockConvicted(Receipt calldata receipt) external {
        mockAnchoredAt(receipt, uint40(receipt.issuedAt));
        IKeys.FaultRecord storage record = _records[receipt.provider];
        (record.previousFaultAt, record.lastFaultAt) = (record.lastFaultAt, uint40(block.timestamp));
        ++record.faults;
        // The first within 90 days, of the fault with number one.
        _faults[receipt.requestKey()] |= 1 << 8;
    }

    /// @notice The provider's stake in token units. `locked` is reserved of `active`.
    function mockStake(address provider, uint120 active, uint120 locked) external {
        _provider(provider).stake = IStake.Account(active, locked, false);
    }

    /// @notice In WAD, overall and with every model.
    function mockScore(address provider, bool scored, uint256 score, uint256 lossRatio) external {
        Provider storage p = _provider(provider);
        (p.unscored, p.score, p.lossRatio) = (!scored, score, lossRatio);
    }

    function mockThaw(address provider, uint128 amount) external {
        _provider(provider).thawing = amount;
    }

    function mockTombstoned(address provider, bool tombstoned) external {
        _provider(provider).stake.tombstoned = tombstoned;
    }

    function mockRegistered(address provider, bool registered) external {
        _provider(provider).unregistered = !registered;
    }

    function mockModelRegistered(ModelId modelId, bool registered) external {
        _unregistered[modelId] = !registered;
    }

    // What consumers ask of a registry.

    function onus() external view returns (IOnus) {
        return IOnus(address(this));
    }

    function models() external view returns (IModels) {
        return IModels(address(this));
    }

    /// @dev Of `IOnus`. Of `IReputation` there is a function of the same name.
    function reputation() external view returns (IReputation) {
        return IReputation(address(this));
    }

    function locate(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) external view returns (bytes32 lockId, Lock memory lock, uint256 window, bool open) {
        ReceiptId receiptId = receiptIdOf(receipt);
        Batch calldata batch = inclusion.batch;
        bool direct = batch.count == 0;
        if (!direct && batch.provider != receipt.provider)
            revert IReceipts.BatchProviderMismatch(batch.provider, receipt.provider);
        lockId = direct ? ReceiptId.unwrap(receiptId) : BatchId.unwrap(batchIdOf(batch));
        Place memory place = _places[receiptId];
        if (place.since == 0) revert IReceipts.NotAnchored(lockId);
        if (place.disputed) lockId = keccak256(abi.encode(lockId, receiptId));
        (lock.since, lock.bond) = (place.since, 2 * receipt.coverage);
        window = direct ? receipt.challengeWindow : batch.window;
        open = !place.closed;
    }

    /// @dev Its beginning and nothing else; batches were anchored in good time.
    function lockOf(bytes32 lockId) external view returns (Lock memory lock) {
        Place memory place = _places[ReceiptId.wrap(lockId)];
        lock.since = place.since == 0 ? 1 : place.since;
    }

    /// @dev Signatures are not looked at.
    function verifySigned(Receipt calldata receipt, bytes calldata) external view returns (ReceiptId) {
        return receiptIdOf(receipt);
    }

    function faultsOf(RequestKey key) external view returns (uint256) {
        return _faults[key];
    }

    function faultRecord(address provider) external view returns (IKeys.FaultRecord memory record) {
        record = _records[provider];
        record.registeredAt = _providers[provider].unregistered ? 0 : 1;
    }

    function account(address provider) external view returns (IStake.Account memory) {
        Provider memory p = _providers[provider];
        return p.set ? p.stake : _defaultStake();
    }

    function thaw(address provider) external view returns (IStake.Thaw memory) {
        return IStake.Thaw(_providers[provider].thawing, 0);
    }

    function modelRegisteredAt(ModelId modelId) external view returns (uint256) {
        return _unregistered[modelId] ? 0 : 1;
    }

    function reputation(address provider) external view returns (IReputation.Standing memory) {
        return _standing(provider);
    }

    function reputationFor(address provider, ModelId) external view returns (IReputation.Standing memory) {
        return _standing(provider);
    }

    /// @notice As `mockAnchored`, at another time.
    function mockAnchoredAt(Receipt calldata receipt, uint40 since) public {
        _places[receiptIdOf(receipt)] = Place(since, false, false);
    }

    function receiptIdOf(Receipt calldata receipt) public view returns (ReceiptId) {
        return ReceiptId.wrap(_hashTypedDataV4(receipt.structHash()));
    }

    function batchIdOf(Batch calldata batch) public pure returns (BatchId) {
        return BatchId.wrap(keccak256(abi.encode(BATCH_DOMAIN, batch)));
    }

    /// @dev The provider with its defaults written down.
    function _provider(address provider) private returns (Provider storage p) {
        p = _providers[provider];
        if (p.set) return p;
        (p.set, p.stake, p.score) = (true, _defaultStake(), 0.9e18);
    }

    function _standing(address provider) private view returns (IReputation.Standing memory standing) {
        Provider memory p = _providers[provider];
        standing.scored = !p.unscored;
        standing.score = p.set ? p.score : 0.9e18;
        standing.lossRatio = p.lossRatio;
    }

    function _defaultStake() private pure returns (IStake.Account memory) {
        return IStake.Account(1_000_000e18, 100_000e18, false);
    }
}
