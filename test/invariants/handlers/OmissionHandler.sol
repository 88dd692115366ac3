// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Fault} from "../../../contracts/interfaces/IFault.sol";
import {IOmission} from "../../../contracts/interfaces/IOmission.sol";
import {Inclusion} from "../../../contracts/types/Batch.sol";
import {ModelId} from "../../../contracts/types/ModelId.sol";
import {Receipt} from "../../../contracts/types/Receipt.sol";
import {ConvictionsHandler} from "./ConvictionsHandler.sol";

/// @title OmissionHandler
/// @notice Claims that receipts were not anchored, true or not, answers and convictions, with books of the bonds.
abstract contract OmissionHandler is ConvictionsHandler {
    struct Claim {
        Receipt receipt;
        address claimant;
        uint256 since;
        uint256 due;
        uint256 dueBlock;
        uint256 bond;
        bool answered;
    }

    /// @notice Wei that claims have left and nobody has got yet.
    uint256 public claimBonds;
    bytes32[] private _claimIds;
    mapping(bytes32 receiptId => Claim) private _claims;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i; i < PROVIDERS; ++i) Address.sendValue(payable(providerAt(i)), 1 ether);
        Address.sendValue(payable(challenger), 1 ether);
        Address.sendValue(payable(consumer), 1 ether);
        Address.sendValue(payable(stranger), 1 ether);
    }

    receive() external payable {}

    /// @notice Sometimes as soon as the receipt is due.
    function claim(uint256 seed) external drawing(seed) often(4) {
        if (_signed.length == 0 && _items.length == 0) return;
        bool lone = _items.length == 0 || (_signed.length != 0 && !_oneIn(3));
        Receipt memory receipt = lone ? _signed[_recent(_signed.length)] : _someItem().receipt;
        if (_oneIn(2) && block.timestamp <= receipt.anchorBy) vm.warp(receipt.anchorBy + _next(2));
        Key memory key = _someKey(receipt.provider);
        if (_isBorderline(receipt)) return;
        uint256 price = omission.answerPrice();
        uint256 bond = _oneIn(8) ? price - 1 : price + _next(2);
        Claim storage made = _claims[_idOf(receipt)];
        bool due =
            _proves(key, receipt) && !_isExcused(receipt) && made.claimant == address(0) && bond >= price;
        due = due && block.timestamp > receipt.anchorBy && block.timestamp <= receipt.issuedAt + 10 days;
        _claim(receipt, _sign(key.secret, receipt), bond, due);
    }

    /// @notice With the place of the receipt, or with another's.
    function answer(uint256 seed) external drawing(seed) often(3) {
        if (_claimIds.length == 0) return;
        Claim storage made = _claims[_claimIds[_recent(_claimIds.length)]];
        Receipt memory receipt = made.receipt;
        Item memory item = _placeOf(receipt);
        bool due = !made.answered && !_isOverdue(made) && _isAsPromised(receipt, item);
        Inclusion memory place = item.home == 0 ? _direct() : abi.decode(item.inclusion, (Inclusion));
        bytes memory data = abi.encodeCall(IOmission.answer, (receipt, place));
        if (_act(stranger, address(omission), 0, data, due, "I12 an answer")) made.answered = true;
    }

    /// @notice Sometimes when it is due.
    function convictOmission(uint256 seed) external drawing(seed) often(4) {
        if (_claimIds.length == 0) return;
        Claim storage made = _claims[_claimIds[_recent(_claimIds.length)]];
        if (!_oneIn(4) && ghostClock() <= made.due) {
            vm.warp(block.timestamp + made.due - ghostClock() + _next(4));
            if (block.number < made.dueBlock) vm.roll(made.dueBlock - (_oneIn(4) ? 1 : 0));
        }
        Key memory key = _someKey(made.receipt.provider);
        if (_isBorderline(made.receipt)) return;
        Case memory c = _signedCase(
            made.receipt,
            Fault.Omission,
            _oneIn(2) ? made.claimant : _someChallenger()
        );
        if (c.challenger == made.claimant) c.since = made.since;
        bool wasAnchored = _isAsPromised(made.receipt, _placeOf(made.receipt));
        c.proven = _proves(key, made.receipt) && !made.answered && _isOverdue(made);
        bool done = _convictSigned(c, _sign(key.secret, made.receipt), "");
        _check(!done || !made.answered || !wasAnchored, "I12 an omission that was answered");
    }

    function settle(uint256 seed) external drawing(seed) often(4) {
        if (_claimIds.length == 0) return;
        Claim storage made = _claims[_claimIds[_recent(_claimIds.length)]];
        bool convicted = _ordinals[keccak256(abi.encode(_key(made.receipt), Fault.Omission))] != 0;
        bool over = _isOverdue(made) && ghostClock() > made.due + 3 days;
        bool due = made.bond != 0 && (made.answered || convicted || over);
        address to = made.answered ? made.receipt.provider : made.claimant;
        uint256 balance = to.balance;
        bytes memory data = abi.encodeCall(IOmission.settle, (made.receipt));
        if (!_act(stranger, address(omission), 0, data, due, "I12 a settlement")) return;
        _check(to.balance == balance + made.bond, "I8 the bond of a claim was mispaid");
        claimBonds -= made.bond;
        made.bond = 0;
    }

    function _claim(Receipt memory receipt, bytes memory signature, uint256 bond, bool due) private {
        address who = _someChallenger();
        bytes memory data = abi.encodeCall(IOmission.claim, (receipt, signature));
        if (!_act(who, address(omission), bond, data, due, "I12 a claim of an omission")) return;
        bytes32 id = _idOf(receipt);
        Claim storage made = _claims[id];
        (made.receipt, made.claimant, made.since, made.bond) = (receipt, who, block.timestamp, bond);
        made.due = ghostClock() + RESPONSE;
        made.dueBlock = block.number + RESPONSE_BLOCKS;
        claimBonds += bond;
        _claimIds.push(id);
    }

    /// @dev Whether anchors were paused in the time that the receipt had. Pauses less than 60 days apart count as one:
    /// of those the registry's memory tells, but only if there is one nearby.
    function _isExcused(Receipt memory receipt) private view returns (bool) {
        if (_wasPaused(receipt.issuedAt, receipt.anchorBy, 0)) return true;
        (uint256 from, uint256 until) = onus.lastPause();
        bool remembered = receipt.issuedAt <= until && from <= receipt.anchorBy;
        return remembered && _wasPaused(receipt.issuedAt, receipt.anchorBy, 60 days);
    }

    function _isOverdue(Claim storage made) private view returns (bool) {
        return ghostClock() > made.due && block.number >= made.dueBlock;
    }

    /// @dev The first place of a receipt that is as promised, or any of it, or none.
    function _placeOf(Receipt memory receipt) private view returns (Item memory place) {
        bytes32 id = _idOf(receipt);
        for (uint256 i; i < _items.length; ++i) {
            if (_items[i].receiptId != id) continue;
            place = _items[i];
            if (_isAsPromised(receipt, place)) return place;
        }
    }

    /// @dev Anchored in time, for its model, and for as long as it promises.
    function _isAsPromised(Receipt memory receipt, Item memory place) private view returns (bool) {
        if (place.home == 0) return false;
        Anchor memory lock = _anchors[place.home];
        Inclusion memory inclusion = abi.decode(place.inclusion, (Inclusion));
        bool ofModel =
            !place.inBatch || ModelId.unwrap(inclusion.batch.modelId) == ModelId.unwrap(receipt.modelId);
        return ofModel && lock.since <= receipt.anchorBy && lock.window >= receipt.challengeWindow;
    }
}
