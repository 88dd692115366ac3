// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A conviction takes the bond of its receipt, all of it, and nothing of another one's.
/// @dev Abstracts `Receipts`: `anchor`, `attest`, `_release`, `_detain`, `_takeFromLock`, and how `convict` finds the bond.
/// One batch that holds receipts A and B and others, one detained receipt, one directly attested. Proves I1, I5 and I6.
/// Assumed of the sum tree: what can be opened adds up to at most the root's sum. Left out: windows, the stake behind.
contract Bonds {
    uint256 private _locked;
    uint256 private _batch;
    uint256 private _detained;
    uint256 private _other;
    /// @dev Twice the coverage of A and B while they are in the batch and can be convicted.
    uint256 private _bondA;
    uint256 private _bondB;

    function anchor(uint256 bondA, uint256 bondB, uint256 bond) external {
        require(_batch == 0 && bondA + bondB <= bond);
        (_batch, _bondA, _bondB) = (bond, bondA, bondB);
        _locked += bond;
    }

    function releaseBatch() external {
        _locked -= _batch;
        (_batch, _bondA, _bondB) = (0, 0, 0);
    }

    function detainA() external {
        require(_detained == 0);
        uint256 bond = _bondA < _batch ? _bondA : _batch;
        (_detained, _bondA) = (bond, 0);
        _batch -= bond;
    }

    function settleDetained() external {
        _locked -= _detained;
        _detained = 0;
    }

    function attest(uint256 bond) external {
        require(_other == 0);
        _other = bond;
        _locked += bond;
    }

    function settleOther() external {
        _locked -= _other;
        _other = 0;
    }

    function convictA() external {
        uint256 bond = _bondA < _batch ? _bondA : _batch;
        // The bond of A is there, whole
        assert(bond == _bondA);
        _batch -= bond;
        _locked -= bond;
        _bondA = 0;
    }

    function convictB() external {
        uint256 bond = _bondB < _batch ? _bondB : _batch;
        _batch -= bond;
        _locked -= bond;
        _bondB = 0;
    }

    function check() external view {
        // I1 and I5: locked is the sum of the open bonds
        assert(_locked == _batch + _detained + _other);
        // I6: whatever is taken, the bonds of the others are still there
        assert(_bondA + _bondB <= _batch);
    }
}
