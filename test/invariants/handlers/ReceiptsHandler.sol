// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReceipts} from "../../../contracts/interfaces/IReceipts.sol";
import {Batch, Inclusion} from "../../../contracts/types/Batch.sol";
import {ModelId} from "../../../contracts/types/ModelId.sol";
import {Receipt} from "../../../contracts/types/Receipt.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {StubJudge} from "../../helpers/StubJudge.sol";
import {StakeHandler} from "./StakeHandler.sol";

/// @title ReceiptsHandler
/// @notice Anchors, releases and detains, with books of every lock.
abstract contract ReceiptsHandler is StakeHandler {
    /// @dev One place of one receipt.
    struct Item {
        Receipt receipt;
        /// `abi.encode(Inclusion)`.
        bytes inclusion;
        bytes32 receiptId;
        /// The lock that it was anchored with, and the one it has since it is disputed.
        bytes32 home;
        bytes32 apart;
        bool inBatch;
    }

    /// @dev A lock, and the terms that hold for it for ever.
    struct Anchor {
        address provider;
        uint256 bond;
        /// Unix seconds at which it was anchored.
        uint256 since;
        /// On the registry's clock, and in blocks, both inclusive of what is open.
        uint256 until;
        uint256 untilBlock;
        uint256 window;
        /// Seconds.
        uint256 escrow;
        /// What the disputes about it may take of what thaws.
        uint256 worst;
    }

    Item[] internal _items;
    /// @dev Signed, to be anchored late or never.
    Receipt[] internal _signed;
    Batch[] private _batches;
    bytes32[] internal _lockIds;
    bytes32[] private _disputes;
    mapping(bytes32 lockId => Anchor) internal _anchors;
    /// @dev Receipts whose bond was taken.
    mapping(bytes32 receiptId => bool) internal _isTaken;

    // anchors

    function attest(uint256 seed) external drawing(seed) often(4) {
        Receipt memory receipt = _someReceipt();
        (address sender, bool may) = _someAnchorer(receipt.provider);
        bytes32 id = _idOf(receipt);
        bool inTime = receipt.issuedAt <= block.timestamp && block.timestamp <= receipt.anchorBy;
        bool due =
            may && inTime && _isAnchorable(id, receipt.provider, receipt.coverage, receipt.challengeWindow);
        if (!_act(sender, abi.encodeCall(onus.attest, (receipt)), due, "I3 an attestation")) return;
        _book(id, receipt.provider, receipt.coverage, receipt.challengeWindow);
        _keep(receipt, _direct());
    }

    /// @notice One to four receipts; sometimes one of them twice, for another model, with a shorter window, or less
    /// coverage than they add up to.
    function anchor(uint256 seed) external drawing(seed) often(3) {
        Receipt[] memory receipts = _someReceipts();
        Batch memory batch = _batchOf(receipts);
        bool lies = _oneIn(16);
        if (lies) batch.coverage /= 2;
        if (_oneIn(16)) batch.modelId = ModelId.wrap(keccak256("another model"));
        if (_oneIn(8)) batch.window = uint32(10 minutes + _next(1 hours));
        (address sender, bool may) = _someAnchorer(batch.provider);
        bytes32 id = _idOf(batch);
        bool due = may && _isAnchorable(id, batch.provider, batch.coverage, batch.window);
        if (!_act(sender, abi.encodeCall(onus.anchor, (batch)), due, "I3 an anchor")) return;
        _book(id, batch.provider, batch.coverage, batch.window);
        _batches.push(batch);
        if (lies) return;
        for (uint256 i; i < receipts.length; ++i) {
            Inclusion memory place = _inclusion(receipts, i);
            place.batch = batch;
            _keep(receipts[i], place);
        }
    }

    /// @notice A signature and nothing else.
    function sign(uint256 seed) external drawing(seed) {
        Receipt memory receipt = _newReceipt(_someProvider());
        receipt.anchorBy = uint64(block.timestamp + _next(12 days));
        if (!_oneIn(4)) receipt.anchorBy = uint64(block.timestamp + _next(6 hours));
        _signed.push(receipt);
        ++successes[msg.sig];
    }

    // releases

    function releaseBatches(uint256 seed) external drawing(seed) often(3) {
        if (_batches.length == 0) return;
        Batch[] memory batches = new Batch[](1 + (_oneIn(4) ? _next(3) : 0));
        bool due = true;
        for (uint256 i; i < batches.length; ++i) {
            batches[i] = _batches[_recent(_batches.length)];
            bytes32 id = _idOf(batches[i]);
            due = due && _isReleasable(id);
            for (uint256 j; j < i; ++j) due = due && _idOf(batches[j]) != id;
        }
        if (!_act(stranger, abi.encodeCall(onus.releaseBatches, (batches)), due, "I11 a release")) return;
        for (uint256 i; i < batches.length; ++i) _unbook(_idOf(batches[i]));
    }

    function releaseReceipt(uint256 seed) external drawing(seed) often(4) {
        if (_items.length == 0) return;
        Item memory item = _someItem();
        bytes32 id = _lockOf(item);
        bool due = _isReleasable(id) && !(item.inBatch && id == item.home);
        Inclusion memory place = abi.decode(item.inclusion, (Inclusion));
        bytes memory data = abi.encodeCall(onus.releaseReceipt, (item.receipt, place));
        if (_act(stranger, data, due, "I11 a release of a receipt")) _unbook(id);
    }

    // disputes

    /// @notice The judge keeps a receipt, for no longer than its longest game.
    function detain(uint256 seed) external drawing(seed) often(2) {
        if (_items.length == 0) return;
        Item memory item = _someItem();
        bytes32 id = _lockOf(item);
        uint256 end = _anchors[item.home].until + 3 days;
        uint256 until = ghostClock();
        if (end > until) until += _next(1 + (_oneIn(2) ? (end - until) / 8 : end - until));
        bool due = !_isStopped() && !_isTaken[item.receiptId] && _isOpen(_anchors[id]);
        Inclusion memory place = abi.decode(item.inclusion, (Inclusion));
        bytes memory data = abi.encodeCall(StubJudge.detain, (item.receipt, place, until));
        if (_oneIn(8)) {
            data = abi.encodeCall(IReceipts.detain, (item.receipt, place, until, block.number));
            _act(challenger, data, false, "a dispute by somebody who is no judge");
        } else if (_act(challenger, address(judge), 0, data, due, "I12 a dispute")) {
            _bookDispute(item, until);
        }
    }

    function lockCount() external view returns (uint256) {
        return _lockIds.length;
    }

    function lockAt(uint256 i) external view returns (bytes32, Anchor memory) {
        return (_lockIds[i], _anchors[_lockIds[i]]);
    }

    /// @dev Where the bond of a receipt is.
    function _lockOf(Item memory item) internal view returns (bytes32) {
        return _anchors[item.apart].since != 0 ? item.apart : item.home;
    }

    function _isOpen(Anchor memory lock) internal view returns (bool) {
        return ghostClock() <= lock.until || block.number < lock.untilBlock;
    }

    function _someItem() internal returns (Item memory) {
        return _items[_recent(_items.length)];
    }

    /// @dev Often one of the last.
    function _recent(uint256 count) internal returns (uint256) {
        return count - 1 - _next(count < 6 || _oneIn(4) ? count : 6);
    }

    function _newReceipt(address who) internal returns (Receipt memory receipt) {
        uint256 capacity = ghostCapacity(who);
        receipt = _receipt(_oneIn(4) ? _amount(capacity) : _next(1 + capacity / 6));
        receipt.provider = who;
        receipt.challengeWindow = uint32(10 minutes + _next(2 hours));
        if (_oneIn(6)) receipt.challengeWindow = uint32(10 minutes + _next(14 days - 10 minutes + 1));
        if (_oneIn(16)) receipt.challengeWindow = uint32(_next(20 days));
        uint256 kind = _next(8);
        // A provider may be its own consumer, or owe nobody anything.
        if (kind == 0) receipt.consumer = who;
        if (kind == 1) receipt.consumer = address(0);
        if (kind == 2) receipt.consumer = address(onus);
    }

    function _disputed(address who) internal view override returns (uint256 sum) {
        for (uint256 i; i < _disputes.length; ++i) {
            Anchor storage lock = _anchors[_disputes[i]];
            if (lock.provider == who && lock.bond != 0 && _isOpen(lock)) sum += lock.worst;
        }
    }

    /// @dev What the first fault costs beside the bond.
    function _punitiveBase(address who, uint256 reserved) internal view returns (uint256) {
        uint256 percent = (_ledger[who].active + _ledger[who].thawing) / 100;
        return reserved > percent ? reserved : percent;
    }

    /// @dev A new one, one that was signed before, one again, or another answer to an earlier request.
    function _someReceipt() private returns (Receipt memory receipt) {
        uint256 kind = _next(10);
        if (kind == 0 && _items.length != 0) return _someItem().receipt;
        if (kind < 3 && _signed.length != 0) return _signed[_recent(_signed.length)];
        receipt = _newReceipt(_someProvider());
        if (kind == 3) receipt.issuedAt += 1;
        if (kind == 4) receipt.anchorBy = receipt.issuedAt - 1;
        if (kind < 7 && _items.length != 0) _answerAgain(receipt, _someItem().receipt);
    }

    function _someReceipts() private returns (Receipt[] memory receipts) {
        receipts = new Receipt[](1 + _next(4));
        for (uint256 i; i < receipts.length; ++i) {
            Receipt memory receipt = _someReceipt();
            // All of one provider, with small parts of what it could promise.
            if (i != 0 && receipt.provider != receipts[0].provider) {
                receipt = _newReceipt(receipts[0].provider);
            }
            if (receipt.coverage > type(uint120).max) receipt.coverage = type(uint120).max;
            receipts[i] = receipt;
        }
        if (receipts.length > 1 && _oneIn(4)) receipts[1] = receipts[0];
    }

    function _answerAgain(Receipt memory receipt, Receipt memory answered) private pure {
        (receipt.requestId, receipt.consumer) = (answered.requestId, answered.consumer);
        receipt.provider = answered.provider;
    }

    function _isAnchorable(
        bytes32 id,
        address who,
        uint256 coverage,
        uint256 window
    ) private view returns (bool) {
        return
            !_isPaused() &&
            _anchors[id].since == 0 &&
            coverage != 0 &&
            window >= 10 minutes &&
            window <= 14 days &&
            coverage <= ghostCapacity(who);
    }

    function _book(bytes32 id, address who, uint256 coverage, uint256 window) private {
        Anchor storage lock = _anchors[id];
        Terms memory terms = _now;
        (lock.provider, lock.bond, lock.since) = (who, 2 * coverage, block.timestamp);
        (lock.window, lock.escrow) = (window, uint256(terms.escrow) * 1 minutes);
        lock.until = ghostClock() + window;
        lock.untilBlock = block.number + terms.minWindowBlocks;
        _ledger[who].locked += 2 * coverage;
        _lockIds.push(id);
        _check(2 * _ledger[who].locked <= _ledger[who].active, "I2 more than half is reserved");
    }

    function _keep(Receipt memory receipt, Inclusion memory place) private {
        bytes32 id = _idOf(receipt);
        bool inBatch = place.batch.count != 0;
        bytes32 home = inBatch ? _idOf(place.batch) : id;
        bytes32 apart = keccak256(abi.encode(home, id));
        _items.push(Item(receipt, abi.encode(place), id, home, apart, inBatch));
    }

    function _isReleasable(bytes32 id) private view returns (bool) {
        Anchor memory lock = _anchors[id];
        return lock.bond != 0 && !_isOpen(lock);
    }

    function _unbook(bytes32 id) private {
        _ledger[_anchors[id].provider].locked -= _anchors[id].bond;
        _anchors[id].bond = 0;
    }

    /// @dev The bond moves to a lock of its own, and what thaws is kept while the receipt is open.
    function _bookDispute(Item memory item, uint256 until) private {
        Anchor storage lock = _anchors[item.apart];
        bool first = lock.since == 0;
        if (first) {
            _anchors[item.apart] = _anchors[item.home];
            lock.bond = 2 * uint256(item.receipt.coverage);
            _anchors[item.home].bond -= lock.bond;
            _lockIds.push(item.apart);
        }
        if (lock.until < until) lock.until = until;
        if (lock.untilBlock < block.number + WINDOW_BLOCKS) lock.untilBlock = block.number + WINDOW_BLOCKS;
        _freezeFor(item.receipt.provider, lock, item.apart, first);
    }

    function _freezeFor(address who, Anchor storage lock, bytes32 id, bool first) private {
        StakeHandler.Ledger storage ledger = _ledger[who];
        if (ledger.thawing == 0) return;
        ledger.frozen = ghostFreeze(who);
        if (first) {
            lock.worst = 4 * _punitiveBase(who, lock.bond);
            ledger.frozen += lock.worst;
            _disputes.push(id);
        }
        if (ledger.frozenUntil < lock.until) ledger.frozenUntil = lock.until;
        if (ledger.frozenUntilBlock < lock.untilBlock) ledger.frozenUntilBlock = lock.untilBlock;
    }
}
