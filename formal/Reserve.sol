// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Every bond is covered, and half of the stake stays free but for what punishment took.
/// @dev Abstracts `Stake`: `deposit`, `startThaw`, `withdraw`, `_reserve`, `_unreserve` and `_seize`, of one provider.
/// Proves I2 and that `_seize` cannot underflow (I12). Left out: when a thaw matures (`Thaw`), whose bonds they are (`Bonds`).
contract Reserve {
    uint256 private _active;
    uint256 private _locked;
    uint256 private _thawing;
    uint256 private _minStake;
    /// @dev Ghost: what punishment took from active stake since the last `reserve` or `startThaw`.
    uint256 private _punished;

    constructor(uint256 minStake) {
        _minStake = minStake;
    }

    function deposit(uint256 amount) external {
        require(_active + amount <= type(uint128).max);
        _active += amount;
    }

    function startThaw(uint256 amount) external {
        require(2 * _locked + amount <= _active);
        require(_thawing + amount <= type(uint128).max);
        _active -= amount;
        _thawing += amount;
        _punished = 0;
    }

    function withdraw(uint256 amount) external {
        _thawing -= amount;
    }

    function reserve(uint256 bond) external {
        uint256 need = 2 * (_locked + bond);
        require(need <= _active && _minStake <= _active);
        _locked += bond;
        _punished = 0;
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
        _punished += fromActive;
    }

    function returnPayout(uint256 amount) external {
        require(_active + amount <= type(uint128).max);
        _active += amount;
    }

    function check() external view {
        // Every bond is covered
        assert(_locked <= _active);
        // I2, as it is inductive: only a punishment since the last reserve or thaw can leave less than half free
        assert(2 * _locked <= _active + _punished);
        // Active stake fits its 128 bits
        assert(_active <= type(uint128).max);
        // Thawing stake fits its 128 bits
        assert(_thawing <= type(uint128).max);
    }
}
