// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Nothing leaves before it matured, and what is frozen stays.
/// @dev Abstracts `Stake`: `startThaw`, `withdraw`, `_seize`, and the freezing by an open dispute, of one provider. Proves
/// I4. Time is the registry's clock (`Clock`). Left out: how much a dispute freezes; while it does, it is never less.
contract Thaw {
    uint256 private _period;
    uint256 private _clock;
    uint256 private _thawing;
    uint256 private _maturesAt;
    uint256 private _frozen;
    uint256 private _frozenUntil;
    /// @dev Ghost: when stake was last added to the bucket.
    uint256 private _startedAt;

    constructor(uint256 period) {
        (_period, _maturesAt) = (period, period);
    }

    function pass(uint256 time) external {
        _clock += time;
    }

    function startThaw(uint256 amount) external {
        _thawing += amount;
        _maturesAt = _clock + _period;
        _startedAt = _clock;
    }

    function freeze(uint256 amount, uint256 until) external {
        require(_frozen <= amount || _frozenUntil <= _clock);
        require(amount <= _thawing && _frozenUntil <= until);
        (_frozen, _frozenUntil) = (amount, until);
    }

    function seize(uint256 wanted) external {
        uint256 taken = wanted < _thawing ? wanted : _thawing;
        _thawing -= taken;
        _frozen = _frozen < _thawing ? _frozen : _thawing;
    }

    function withdraw() external {
        require(_maturesAt <= _clock);
        // I4: all that is in the bucket has thawed for the whole period
        assert(_startedAt + _period <= _clock);
        _thawing = _clock < _frozenUntil ? _frozen : 0;
    }

    function check() external view {
        // The bucket matures a whole period after the last addition, no sooner and no later
        assert(_startedAt + _period == _maturesAt);
        // I4: what is frozen is there
        assert(_frozenUntil <= _clock || _frozen <= _thawing);
    }
}
