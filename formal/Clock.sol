// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice While the registry is paused no deadline passes, and afterwards each has the time left that it had.
/// @dev Abstracts the registry's clock: time less the time paused. Left out: the minimum of blocks of a window, which
/// passes during a pause, too.
contract Clock {
    uint256 private _time;
    uint256 private _pausedAt;
    uint256 private _pausedFor;
    bool private _paused;
    uint256 private _deadline;
    /// @dev Ghost: the time that was not paused.
    uint256 private _running;

    function pass(uint256 time) external {
        require(!_paused);
        _time += time;
        _running += time;
    }

    function start(uint256 deadline) external {
        _deadline = deadline;
    }

    function passPaused(uint256 time) external {
        require(_paused);
        bool due = _isDue();
        _time += time;
        // No deadline passes during a pause
        assert(_isDue() == due);
    }

    function pause() external {
        require(!_paused);
        bool due = _isDue();
        (_paused, _pausedAt) = (true, _time);
        // None passes by its beginning
        assert(_isDue() == due);
    }

    function unpause() external {
        require(_paused);
        bool due = _isDue();
        _paused = false;
        _pausedFor += _time - _pausedAt;
        // None passes by its end
        assert(_isDue() == due);
    }

    function check() external view {
        uint256 time = _paused ? _pausedAt : _time;
        // The clock is the time that was not paused
        assert(time == _running + _pausedFor);
    }

    function _isDue() private view returns (bool) {
        uint256 time = _paused ? _pausedAt : _time;
        return _deadline + _pausedFor <= time;
    }
}
