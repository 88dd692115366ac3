// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IRules} from "../interfaces/IRules.sol";
import {TermsLib} from "../libraries/TermsLib.sol";
import {Lock} from "../types/Lock.sol";
import {Terms} from "../types/Terms.sol";

/// @title Rules
/// @notice Terms, clock and holds.
abstract contract Rules is IRules {
    using TermsLib for Terms;

    /// @dev What an anchor needs to know. One storage slot.
    struct State {
        uint8 version;
        uint88 minStake;
        uint40 pausedAt;
        uint24 pausedFor;
        uint40 stoppedAt;
        uint24 stoppedFor;
        /// Seconds of all stops before the last.
        uint32 stoppedBefore;
    }

    address private immutable _governance;

    State private _state;
    mapping(uint8 version => Terms) private _terms;

    constructor(address governance_, Terms memory first) {
        _governance = governance_;
        _install(first);
    }

    modifier onlyGovernance() {
        if (msg.sender != _governance) revert SenderNotGovernance(msg.sender);
        _;
    }

    /// @inheritdoc IRules
    function setTerms(Terms calldata next) external onlyGovernance {
        if (_state.version == type(uint8).max) revert TermsExhausted();
        ++_state.version;
        _install(next);
    }

    /// @inheritdoc IRules
    function pauseAnchors(uint40 from, uint24 duration) external onlyGovernance {
        (_state.pausedAt, _state.pausedFor) = (from, duration);
        emit AnchorsPausedFor(from, duration);
    }

    /// @inheritdoc IRules
    function stopDisputes(uint24 duration) external onlyGovernance {
        uint40 from = _state.stoppedAt;
        if (block.timestamp >= _resumesAt()) {
            if (duration == 0) return;
            _state.stoppedBefore += _state.stoppedFor;
            _state.stoppedAt = from = uint40(block.timestamp);
        }
        _state.stoppedFor = uint24(block.timestamp - from) + duration;
        emit DisputesStoppedFor(from, _state.stoppedFor);
    }

    /// @inheritdoc IRules
    function clock() public view returns (uint256) {
        return block.timestamp - _stopped();
    }

    /// @inheritdoc IRules
    function lastPause() public view returns (uint256 from, uint256 until) {
        from = _state.pausedAt;
        until = from + _state.pausedFor;
    }

    /// @inheritdoc IRules
    function terms() external view returns (uint8, Terms memory) {
        return (_state.version, _terms[_state.version]);
    }

    /// @inheritdoc IRules
    function termsOf(uint8 version) external view returns (Terms memory) {
        return _terms[version];
    }

    /// @inheritdoc IRules
    function governance() external view returns (address) {
        return _governance;
    }

    /// @dev A lock that begins now; reverts while anchors are paused.
    function _newLock(uint128 bond) internal view returns (Lock memory) {
        (, uint256 until) = lastPause();
        if (block.timestamp < until) revert AnchorsPaused(until);
        return
            Lock({
                since: uint40(block.timestamp),
                sinceBlock: uint40(block.number),
                stopped: uint32(_stopped()),
                terms: _state.version,
                bond: bond
            });
    }

    /// @dev The clock; reverts while it stands still.
    function _runningClock() internal view returns (uint256) {
        uint256 until = _resumesAt();
        if (block.timestamp < until) revert DisputesStopped(until);
        return clock();
    }

    /// @dev Seconds of the last stop.
    function _lastStop() internal view returns (uint256) {
        return _state.stoppedFor;
    }

    function _minStake() internal view returns (uint256) {
        return _state.minStake;
    }

    function _minWindowBlocks(uint8 version) internal view returns (uint256) {
        return _terms[version].minWindowBlocks;
    }

    /// @dev Seconds of escrow for what began under `version`.
    function _escrow(uint8 version) internal view returns (uint256) {
        return _terms[version].escrow;
    }

    function _version() internal view returns (uint8) {
        return _state.version;
    }

    /// @dev Seconds for which the clock has stood still by now.
    function _stopped() private view returns (uint256) {
        return _state.stoppedBefore + Math.min(block.timestamp - _state.stoppedAt, _state.stoppedFor);
    }

    /// @dev Unix seconds at which the last stop is over.
    function _resumesAt() private view returns (uint256) {
        return uint256(_state.stoppedAt) + _state.stoppedFor;
    }

    function _install(Terms memory next) private {
        next.requireValid();
        uint8 version = _state.version;
        _terms[version] = next;
        _state.minStake = next.minStake;
        emit TermsChanged(version, next);
    }
}
