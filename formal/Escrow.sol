// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a conviction takes is paid out once: to three recipients after the escrow, or back before it is over.
/// @dev Abstracts `Convictions`: `_settle`, `claimRestitution`, `claimReward`, the burning and the guardian's return, of
/// one payout. Time is the registry's clock (`Clock`). Left out: who receives, and whose reward it is.
contract Escrow {
    uint256 private _clock;
    uint256 private _maturesAt;
    uint256 private _restitution;
    uint256 private _reward;
    uint256 private _burned;
    /// @dev Ghosts: all that was taken, what went to the recipients, and what went back.
    uint256 private _taken;
    uint256 private _paid;
    uint256 private _returned;

    function pass(uint256 time) external {
        _clock += time;
    }

    function convict(uint256 restitution, uint256 reward, uint256 burned, uint256 period) external {
        require(_maturesAt == 0 && period != 0);
        (_restitution, _reward, _burned) = (restitution, reward, burned);
        _maturesAt = _clock + period;
        _taken = restitution + reward + burned;
    }

    function claimRestitution() external {
        require(_maturesAt <= _clock);
        _paid += _restitution;
        _restitution = 0;
    }

    function claimReward() external {
        require(_maturesAt <= _clock);
        _paid += _reward;
        _reward = 0;
    }

    function burn() external {
        require(_maturesAt <= _clock);
        _paid += _burned;
        _burned = 0;
    }

    function returnPayout() external {
        require(_clock < _maturesAt);
        _returned += _restitution + _reward + _burned;
        (_restitution, _reward, _burned) = (0, 0, 0);
    }

    function check() external view {
        // Held, paid and returned are what was taken: no part leaves twice
        assert(_restitution + _reward + _burned + _paid + _returned == _taken);
        // A payout that was returned pays nothing
        assert(_returned == 0 || _paid == 0);
        // Nothing is paid before the escrow is over
        assert(_paid == 0 || _maturesAt <= _clock);
        // All of it is returned or nothing
        assert(_returned == 0 || _returned == _taken);
    }
}

/// @notice How a conviction divides what it takes.
/// @dev Abstracts the arithmetic of `Convictions._settle` and `Stake._seize`. Proves I7.
contract Split {
    function convict(uint256 bond, uint256 punitive, bool isPayable) external pure {
        uint256 taken = bond + punitive;
        uint256 restitution = isPayable ? bond / 2 : 0;
        uint256 reward = taken / 5;
        uint256 burned = taken - restitution - reward;
        // I7: the three parts are what was taken
        assert(restitution + reward + burned == bond + punitive);
        // Restitution is at most half of the bond
        assert(2 * restitution <= bond);
        // The reward is at most a fifth of what was taken
        assert(5 * reward <= taken);
    }

    function seize(
        uint256 active,
        uint256 locked,
        uint256 thawing,
        uint256 bond,
        uint256 wanted
    ) external pure {
        require(2 * locked <= active && bond <= locked && bond <= wanted);
        uint256 free = active - locked;
        uint256 fromActive = wanted < free ? wanted : free;
        uint256 rest = wanted - fromActive;
        uint256 fromThaw = rest < thawing ? rest : thawing;
        // With half of the stake free, a single conviction takes at least as much again as the bond
        assert(bond <= fromActive + fromThaw);
    }
}
