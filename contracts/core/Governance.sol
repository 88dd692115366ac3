// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IGovernance} from "../interfaces/IGovernance.sol";
import {IOnus} from "../interfaces/IOnus.sol";
import {Bound} from "../libraries/Bound.sol";
import {TermsLib} from "../libraries/TermsLib.sol";
import {Receipt} from "../types/Receipt.sol";
import {Terms} from "../types/Terms.sol";

/// @title Governance
/// @notice A governor who must wait, and a guardian who can only hold things up.
contract Governance is IGovernance, Bound, Ownable2Step {
    using TermsLib for Terms;

    uint256 private constant LONGEST_WINDOW = 14 days;
    uint256 private constant LONGEST_PAUSE = 30 days;
    uint256 private constant REST_AFTER_PAUSE = 30 days;
    /// @dev Longer than a receipt can be claimed to be omitted, and than the rest between two pauses.
    uint256 private constant PAUSES_MERGE = 60 days;
    uint256 private constant LONGEST_STOP = 7 days;
    uint256 private constant REST_AFTER_STOP = 30 days;
    uint256 private constant LARGEST_CHANGE = 10;

    address private _guardian;
    Terms private _proposed;
    uint256 private _enactableAt;
    /// @dev Until when no new pause, and no new stop, may begin.
    uint256 private _pauseRestsUntil;
    uint256 private _stopRestsUntil;

    constructor(address governor, address guardian_) Ownable(governor) {
        _appoint(guardian_);
    }

    modifier onlyGuardian() {
        if (msg.sender != _guardian) revert SenderNotGuardian(msg.sender);
        _;
    }

    /// @inheritdoc IGovernance
    function bind() external {
        _bind();
    }

    /// @inheritdoc IGovernance
    function propose(Terms calldata next) external onlyOwner {
        next.requireValid();
        Terms memory now_ = _registry().terms();
        if (next.minStake / LARGEST_CHANGE > now_.minStake || next.minStake < now_.minStake / LARGEST_CHANGE)
            revert ChangeTooLarge("minStake");
        _proposed = next;
        _enactableAt = block.timestamp + delay();
        emit TermsProposed(next, _enactableAt);
    }

    /// @inheritdoc IGovernance
    function cancel() external onlyOwner {
        _clear();
        emit ProposalCancelled();
    }

    /// @inheritdoc IGovernance
    function enact() external {
        if (block.timestamp < _enactableAt) revert DelayNotOver(_enactableAt);
        Terms memory next = _proposed;
        _clear();
        _registry().setTerms(next);
    }

    /// @inheritdoc IGovernance
    function pauseAnchors(uint24 duration) external onlyGuardian {
        (uint256 from, uint256 until) = _registry().lastPause();
        if (duration != 0) {
            if (duration > LONGEST_PAUSE || block.timestamp < _pauseRestsUntil)
                revert HoldRefused(duration, LONGEST_PAUSE, _pauseRestsUntil);
            _pauseRestsUntil = block.timestamp + duration + REST_AFTER_PAUSE;
            if (block.timestamp > until + PAUSES_MERGE) from = block.timestamp;
        } else if (block.timestamp >= until) {
            return;
        }
        _registry().pauseAnchors(uint32(from), uint32(block.timestamp + duration));
    }

    /// @inheritdoc IGovernance
    function stopDisputes(uint24 duration) external onlyGuardian {
        if (duration != 0) {
            if (duration > LONGEST_STOP || block.timestamp < _stopRestsUntil)
                revert HoldRefused(duration, LONGEST_STOP, _stopRestsUntil);
        } else if (block.timestamp + REST_AFTER_STOP >= _stopRestsUntil) {
            // Nothing to end: the registry would forget how long the last stop was, and with it evidence.
            return;
        }
        _stopRestsUntil = block.timestamp + duration + REST_AFTER_STOP;
        _registry().stopDisputes(duration);
    }

    /// @inheritdoc IGovernance
    function returnPayout(bytes32 payoutId, Receipt calldata receipt) external onlyGuardian {
        _registry().returnPayout(payoutId, receipt);
    }

    /// @inheritdoc IGovernance
    function appointGuardian(address next) external onlyOwner {
        _appoint(next);
    }

    /// @inheritdoc IGovernance
    function guardian() external view returns (address) {
        return _guardian;
    }

    /// @inheritdoc IGovernance
    function delay() public view returns (uint256) {
        return _registry().thawPeriod() + LONGEST_WINDOW + 1 days;
    }

    /// @inheritdoc IGovernance
    function proposal() external view returns (Terms memory, uint256) {
        return (_proposed, _enactableAt);
    }

    function _clear() private {
        if (_enactableAt == 0) revert NothingProposed();
        delete _proposed;
        delete _enactableAt;
    }

    function _appoint(address next) private {
        _guardian = next;
        emit GuardianAppointed(next);
    }

    function _registry() private view returns (IOnus) {
        return IOnus(_boundTo());
    }
}
