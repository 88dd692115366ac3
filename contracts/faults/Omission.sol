// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Fault, IFault, ITimedFault} from "../interfaces/IFault.sol";
import {IOmission} from "../interfaces/IOmission.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {Place} from "../libraries/Place.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {Bound} from "../libraries/Bound.sol";

/// @title Omission
/// @notice A signed receipt past its `anchorBy`, answered by its place among what was anchored, or lost.
/// @dev Holds the bonds of claims, in wei, and nothing else. No evidence is read: the claim is the evidence.
contract Omission is ITimedFault, IOmission, Bound {
    using ReceiptLib for Receipt;

    /// @dev So old can a receipt be that is claimed: what a stolen key makes up after it was revoked is older soon.
    uint256 private constant STATUTE = 10 days;
    uint256 private constant LEAST_RESPONSE = 10 minutes;
    /// @dev With statute and turn still shorter than any thaw: a signature counts for as long.
    uint256 private constant LONGEST_RESPONSE = 3 days;
    /// @dev In which the provider can be convicted after it was due.
    uint256 private constant TURN = 3 days;
    /// @dev What an answer costs at most, and how much dearer gas may get until it is sent.
    uint256 private constant ANSWER_GAS = 200_000;
    uint256 private constant PRICE_RISE = 4;

    uint256 private immutable _response;
    uint256 private immutable _responseBlocks;
    uint256 private immutable _gasPriceFloor;

    mapping(ReceiptId receiptId => Claim) private _claims;

    constructor(uint256 response, uint256 responseBlocks, uint256 gasPriceFloor) {
        if (response < LEAST_RESPONSE || response > LONGEST_RESPONSE) revert ResponseOutOfRange(response);
        (_response, _responseBlocks, _gasPriceFloor) = (response, responseBlocks, gasPriceFloor);
    }

    /// @inheritdoc ITimedFault
    function bind() external {
        _bind();
    }

    /// @inheritdoc IOmission
    function claim(Receipt calldata receipt, bytes calldata signature) external payable {
        ReceiptId id = _registry().verifySigned(receipt, signature);
        _requireClaimable(receipt, id);
        if (_claims[id].claimant != address(0)) revert AlreadyClaimed(id);
        if (msg.value < answerPrice()) revert BondTooLow(msg.value, answerPrice());
        Claim memory made = Claim({
            claimant: msg.sender,
            since: uint40(block.timestamp),
            due: uint40(_registry().clock() + _response),
            dueBlock: uint64(block.number + _responseBlocks),
            bond: uint128(msg.value), // more wei than there are need 128 bits
            answered: false
        });
        _claims[id] = made;
        emit Claimed(id, receipt.provider, msg.sender, made.due, made.dueBlock, made.bond, receipt);
    }

    /// @inheritdoc IOmission
    function answer(Receipt calldata receipt, Inclusion calldata inclusion) external {
        ReceiptId id = _registry().receiptIdOf(receipt);
        Claim storage made = _claims[id];
        if (made.claimant == address(0)) revert NotClaimed(id);
        if (made.answered) revert AlreadyAnswered(id);
        if (_isOverdue(made)) revert AnswerTooLate(id, made.due, made.dueBlock);
        _registry().locate(receipt, inclusion);
        if (!Place.isAsPromised(receipt, inclusion)) revert AnchoredElsewhere(id);
        uint256 anchoredAt = _registry().lockOf(Place.homeOf(_registry(), id, inclusion)).since;
        if (anchoredAt > receipt.anchorBy) revert AnchoredLate(id, anchoredAt, receipt.anchorBy);
        made.answered = true;
        emit Answered(id);
    }

    /// @inheritdoc IOmission
    function settle(Receipt calldata receipt) external {
        ReceiptId id = _registry().receiptIdOf(receipt);
        Claim storage made = _claims[id];
        uint256 bond = made.bond;
        bool convicted = _isConvicted(receipt);
        bool over = _registry().clock() > made.due + TURN && _isOverdue(made);
        if (bond == 0 || !(made.answered || convicted || over)) revert NothingToSettle(id);
        address to = made.answered ? receipt.provider : made.claimant;
        made.bond = 0;
        emit Settled(id, to, bond);
        Address.sendValue(payable(to), bond);
    }

    /// @inheritdoc IFault
    function judge(
        Receipt calldata,
        ReceiptId receiptId,
        address challenger,
        bytes calldata
    ) external view returns (bool guilty, uint64 since) {
        Claim storage made = _claims[receiptId];
        if (made.claimant == address(0)) revert NotClaimed(receiptId);
        guilty = !made.answered && _isOverdue(made);
        since = challenger == made.claimant ? made.since : uint64(block.timestamp);
    }

    /// @inheritdoc ITimedFault
    function longestGame() external pure returns (uint256) {
        return 0;
    }

    /// @inheritdoc IOmission
    function claimOf(ReceiptId receiptId) external view returns (Claim memory) {
        return _claims[receiptId];
    }

    /// @inheritdoc IOmission
    function responseTime() external view returns (uint256 period, uint256 blocks) {
        return (_response, _responseBlocks);
    }

    /// @inheritdoc IOmission
    function answerPrice() public view returns (uint256) {
        return ANSWER_GAS * Math.max(_gasPriceFloor, PRICE_RISE * block.basefee);
    }

    function _registry() private view returns (IOnus) {
        return IOnus(_boundTo());
    }

    function _requireClaimable(Receipt calldata receipt, ReceiptId id) private view {
        if (block.timestamp <= receipt.anchorBy) revert NotDue(id, receipt.anchorBy);
        if (block.timestamp > receipt.issuedAt + STATUTE) revert ClaimTooLate(id, receipt.issuedAt + STATUTE);
        (uint256 from, uint256 until) = _registry().lastPause();
        if (receipt.issuedAt <= until && from <= receipt.anchorBy) revert Excused(id, from, until);
    }

    function _isConvicted(Receipt calldata receipt) private view returns (bool) {
        uint256 faults = _registry().faultsOf(receipt.requestKey());
        return (faults >> (8 * uint256(Fault.Omission))) & 0xff != 0;
    }

    /// @dev Exactly when an answer is not taken any more.
    function _isOverdue(Claim storage made) private view returns (bool) {
        return _registry().clock() > made.due && block.number >= made.dueBlock;
    }
}
