// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A provider that is its own consumer and challenger gets back at most 45 % of all that is taken from it.
/// @dev Abstracts `Stake`: `startThaw`, `_reserve`, `_unreserve`, `_seize`, and what `Convictions._settle` pays, for any
/// number of convictions of one provider. Restitution and reward are any numbers up to a half and a fifth. Decision 3.
/// Left out: returned payouts. Without them in the sum, an earlier conviction may have found less than its bond free.
contract SelfConviction {
    uint256 private _active;
    uint256 private _locked;
    uint256 private _thawing;
    /// @dev Ghosts: all bonds and punitive parts that were taken, and all that consumer and challenger got.
    uint256 private _bonds;
    uint256 private _punitive;
    uint256 private _recovered;

    function deposit(uint256 amount) external {
        _active += amount;
    }

    function startThaw(uint256 amount) external {
        require(2 * _locked + amount <= _active);
        _active -= amount;
        _thawing += amount;
    }

    function withdraw() external {
        _thawing = 0;
    }

    function reserve(uint256 bond) external {
        require(2 * (_locked + bond) <= _active);
        _locked += bond;
    }

    function release(uint256 bond) external {
        _locked -= bond;
    }

    function convict(uint256 bond, uint256 wanted, uint256 restitution, uint256 reward) external {
        require(bond <= _locked && bond <= wanted);
        uint256 free = _active - _locked;
        uint256 fromActive = wanted < free ? wanted : free;
        uint256 rest = wanted - fromActive;
        uint256 fromThaw = rest < _thawing ? rest : _thawing;
        uint256 taken = bond + fromActive + fromThaw;
        require(2 * restitution <= bond && 5 * reward <= taken);
        _active -= bond + fromActive;
        _locked -= bond;
        _thawing -= fromThaw;
        _bonds += bond;
        _punitive += fromActive + fromThaw;
        _recovered += restitution + reward;
    }

    function check() external view {
        // All punitive parts are at least all bonds
        assert(_bonds <= _punitive);
        // What comes back is at most 70 % of the bonds and 20 % of the punitive parts
        assert(10 * _recovered <= 7 * _bonds + 2 * _punitive);
    }
}

/// @notice The arithmetic from the two to 45 %.
contract Share {
    function bound(uint256 bonds, uint256 punitive, uint256 recovered) external pure {
        require(bonds <= punitive && 10 * recovered <= 7 * bonds + 2 * punitive);
        // which together is at most 45 % of all that was taken
        assert(20 * recovered <= 9 * (bonds + punitive));
    }
}
