// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRules} from "../interfaces/IRules.sol";
import {TermsLib} from "../libraries/TermsLib.sol";
import {Lock} from "../types/Lock.sol";
import {State} from "../types/State.sol";
import {Terms} from "../types/Terms.sol";

/// @title Rules
/// @notice Terms, clock and holds.
abstract contract Rules is IRules {
    using TermsLib for Terms;

    address private immutable _governance;

    State private _state;
    uint256 private _pausedFrom;

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
        _install(next);
    }

    /// @inheritdoc IRules
    function pauseAnchors(uint32 from, uint32 until) external onlyGovernance {
        (_pausedFrom, _state) = (from, _state.withPause(until));
        emit AnchorsPausedFor(from, until);
    }

    /// @inheritdoc IRules
    function stopDisputes(uint24 duration) external onlyGovernance {
        State s = _state;
        if (duration == 0 && block.timestamp >= s.resumesAt()) return;
        s = s.withStop(block.timestamp, duration);
        _state = s;
        emit DisputesStoppedFor(s.resumesAt() - s.lastStop(), s.lastStop());
    }

    /// @inheritdoc IRules
    function clock() external view returns (uint256) {
        return _clock();
    }

    /// @inheritdoc IRules
    function lastPause() external view returns (uint256 from, uint256 until) {
        return (_pausedFrom, _state.pausedUntil());
    }

    /// @inheritdoc IRules
    function terms() external view returns (Terms memory) {
        State s = _state;
        return Terms(s.minStake(), s.minWindowBlocks(), s.escrow());
    }

    /// @inheritdoc IRules
    function governance() external view returns (address) {
        return _governance;
    }

    /// @dev A lock that begins now, and the stake that it takes to have one; reverts while anchors are paused.
    function _newLock(uint256 bond) internal view returns (Lock memory, uint256 minStake) {
        State s = _state;
        if (block.timestamp < s.pausedUntil()) revert AnchorsPaused(s.pausedUntil());
        Lock memory lock = Lock({
            since: uint40(block.timestamp),
            untilBlock: uint40(block.number + s.minWindowBlocks()),
            stopped: uint32(s.stopped(block.timestamp)),
            escrow: s.escrow(),
            bond: uint128(bond)
        });
        return (lock, s.minStake());
    }

    function _clock() internal view returns (uint256) {
        return block.timestamp - _state.stopped(block.timestamp);
    }

    /// @dev The clock; reverts while it stands still.
    function _runningClock() internal view returns (uint256) {
        uint256 until = _state.resumesAt();
        if (block.timestamp < until) revert DisputesStopped(until);
        return _clock();
    }

    /// @dev Seconds of the last stop.
    function _lastStop() internal view returns (uint256) {
        return _state.lastStop();
    }

    function _minStake() internal view returns (uint256) {
        return _state.minStake();
    }

    /// @dev Minutes of escrow for what is convicted without a lock.
    function _escrow() internal view returns (uint16) {
        return _state.escrow();
    }

    function _install(Terms memory next) private {
        next.requireValid();
        _state = _state.withTerms(next);
        emit TermsChanged(next);
    }
}
