// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Every token is somebody's: what the registry holds is the stake, the thaw and the escrow.
/// @dev Abstracts all movements of money in `Stake` and `Convictions` of one provider, with all payouts as one sum.
/// Proves I8. Left out: donations, that a claim takes its own payout only (`Escrow`), and the bonds of demands, which the
/// judge of wrong executions holds.
contract Books {
    uint256 private _balance;
    uint256 private _active;
    uint256 private _locked;
    uint256 private _thawing;
    uint256 private _escrowed;

    function deposit(uint256 amount) external {
        _active += amount;
        _balance += amount;
    }

    function startThaw(uint256 amount) external {
        require(2 * _locked + amount <= _active);
        _active -= amount;
        _thawing += amount;
    }

    function withdraw(uint256 frozen) external {
        require(frozen <= _thawing);
        _balance -= _thawing - frozen;
        _thawing = frozen;
    }

    function reserve(uint256 bond) external {
        require(2 * (_locked + bond) <= _active);
        _locked += bond;
    }

    function release(uint256 bond) external {
        _locked -= bond;
    }

    function convict(uint256 bond, uint256 wanted) external {
        require(bond <= _locked);
        uint256 free = _active - _locked;
        uint256 fromActive = wanted < free ? wanted : free;
        uint256 rest = wanted - fromActive;
        uint256 fromThaw = rest < _thawing ? rest : _thawing;
        _active -= bond + fromActive;
        _locked -= bond;
        _thawing -= fromThaw;
        _escrowed += bond + fromActive + fromThaw;
    }

    function claim(uint256 amount) external {
        _escrowed -= amount;
        _balance -= amount;
    }

    function returnPayout(uint256 amount) external {
        _escrowed -= amount;
        _active += amount;
    }

    function check() external view {
        // I8: the balance is active, thawing and escrowed money
        assert(_balance == _active + _thawing + _escrowed);
    }
}
