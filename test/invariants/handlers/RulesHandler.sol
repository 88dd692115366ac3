// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Onus} from "../../../contracts/core/Onus.sol";
import {IGovernance} from "../../../contracts/interfaces/IGovernance.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Actor} from "./Actor.sol";

/// @title RulesHandler
/// @notice Time, stops, pauses and terms, with books of them.
abstract contract RulesHandler is Actor {
    /// @dev Unix seconds.
    struct Span {
        uint256 from;
        uint256 until;
    }

    Span[] internal _stops;
    Span[] internal _pauses;
    Terms internal _now;
    Terms internal _announced;
    uint256 internal _enactableAt;
    uint256 private _nextStopAt;
    uint256 private _nextPauseAt;

    function setUp() public virtual override {
        super.setUp();
        _now = _terms();
    }

    /// @notice Time passes, with or without blocks.
    function pass(uint256 seed) external drawing(seed) {
        uint256 kind = _next(20);
        uint256 most = kind < 17 ? 3 days : 25 days;
        if (kind < 12) most = 3 hours;
        if (kind == 19) most = 100 days;
        vm.warp(block.timestamp + _next(most));
        if (!_oneIn(4)) vm.roll(block.number + _next(200));
        ++successes[msg.sig];
    }

    function stop(uint256 seed) external drawing(seed) {
        uint24 duration = _oneIn(3) ? 0 : uint24(_next(7 days + 2));
        address sender = _oneIn(8) ? governor : guardian;
        bool due =
            sender == guardian && (duration == 0 || (duration <= 7 days && block.timestamp >= _nextStopAt));
        bytes memory data = abi.encodeCall(IGovernance.stopDisputes, (duration));
        if (!_act(sender, address(governance), 0, data, due, "stop")) return;
        if (duration != 0 || _isStopped()) _nextStopAt = block.timestamp + duration + 30 days;
        _hold(_stops, duration);
    }

    function pause(uint256 seed) external drawing(seed) {
        uint24 duration = _oneIn(3) ? 0 : uint24(_next(_oneIn(4) ? 30 days + 2 : 6 hours));
        address sender = _oneIn(8) ? stranger : guardian;
        bool due =
            sender == guardian && (duration == 0 || (duration <= 30 days && block.timestamp >= _nextPauseAt));
        bytes memory data = abi.encodeCall(IGovernance.pauseAnchors, (duration));
        if (!_act(sender, address(governance), 0, data, due, "pause")) return;
        if (duration != 0) _nextPauseAt = block.timestamp + duration + 30 days;
        _hold(_pauses, duration);
    }

    function propose(uint256 seed) external drawing(seed) {
        Terms memory next;
        uint256 least = _now.minStake / 10;
        next.minStake = uint88(_oneIn(8) ? _next(2 ** 88) : least + _next(2 * uint256(_now.minStake)));
        next.minWindowBlocks = uint24(_oneIn(8) ? _next(200_000) : _next(100));
        next.escrow = uint16(_oneIn(8) ? _next(2 ** 16) : 60 + _next(5 days / 1 minutes));
        address sender = _oneIn(8) ? guardian : governor;
        bool due = sender == governor && next.minStake / 10 <= _now.minStake && next.minStake >= least;
        due = due && _areValid(next);
        bytes memory data = abi.encodeCall(IGovernance.propose, (next));
        if (!_act(sender, address(governance), 0, data, due, "propose")) return;
        _announced = next;
        _enactableAt = block.timestamp + THAW + 14 days + 1 days;
    }

    /// @notice Terms come to hold; sometimes after the time that it takes.
    function enact(uint256 seed) external drawing(seed) {
        if (_oneIn(3) && block.timestamp < _enactableAt) vm.warp(_enactableAt);
        bool due = _enactableAt != 0 && block.timestamp >= _enactableAt && _areValid(_announced);
        bytes memory data = abi.encodeCall(IGovernance.enact, ());
        if (!_act(stranger, address(governance), 0, data, due, "enact")) return;
        (_now, _enactableAt) = (_announced, 0);
    }

    /// @notice What only governance may, by everybody else.
    function usurp(uint256 seed) external drawing(seed) {
        address sender = _oneIn(2) ? guardian : _someChallenger();
        if (_oneIn(2))
            _act(sender, abi.encodeCall(onus.setTerms, (_terms())), false, "terms set past governance");
        else _act(sender, abi.encodeCall(onus.stopDisputes, (1)), false, "a stop past governance");
        _act(sender, abi.encodeCall(onus.pauseAnchors, (1, 1)), false, "a pause past governance");
    }

    function registry() external view returns (Onus) {
        return onus;
    }

    function omissions() external view returns (address) {
        return address(omission);
    }

    /// @notice Unix time less all for which disputes were stopped.
    function ghostClock() public view returns (uint256 time) {
        time = block.timestamp;
        for (uint256 i; i < _stops.length; ++i) {
            Span memory span = _stops[i];
            time -= (block.timestamp < span.until ? block.timestamp : span.until) - span.from;
        }
    }

    function _isStopped() internal view returns (bool) {
        return _isHeld(_stops);
    }

    function _isPaused() internal view returns (bool) {
        return _isHeld(_pauses);
    }

    /// @dev Unix seconds that were spent in stops since then.
    function _stoppedSince(uint256 time) internal view returns (uint256 sum) {
        for (uint256 i; i < _stops.length; ++i) {
            uint256 from = _stops[i].from < time ? time : _stops[i].from;
            uint256 until = _stops[i].until < block.timestamp ? _stops[i].until : block.timestamp;
            if (from < until) sum += until - from;
        }
    }

    /// @dev Whether anchors were refused at some moment from `from` to `until`, or so near that pauses count as one.
    function _wasPaused(uint256 from, uint256 until, uint256 slack) internal view returns (bool) {
        for (uint256 i; i < _pauses.length; ++i) {
            if (from <= _pauses[i].until + slack && _pauses[i].from <= until + slack) return true;
        }
        return false;
    }

    function _isHeld(Span[] storage spans) private view returns (bool) {
        return spans.length != 0 && block.timestamp < spans[spans.length - 1].until;
    }

    function _hold(Span[] storage spans, uint256 duration) private {
        if (_isHeld(spans)) spans[spans.length - 1].until = block.timestamp + duration;
        else if (duration != 0) spans.push(Span(block.timestamp, block.timestamp + duration));
    }

    function _areValid(Terms memory next) private pure returns (bool) {
        return
            next.minStake >= 1e9 &&
            next.minWindowBlocks <= 100_800 &&
            next.escrow >= 60 &&
            next.escrow <= 30 * 24 * 60;
    }
}
