// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStake} from "../interfaces/IStake.sol";
import {Providers} from "./Providers.sol";

/// @title Stake
/// @notice Holds the token. Every number is booked here; balances are never read to decide anything
/// but whether a deposit arrived in full.
abstract contract Stake is IStake, Providers {
    using SafeERC20 for IERC20;

    /// @dev A bond of twice the coverage: one half restitution, the other punishment.
    uint256 internal constant BOND_FACTOR = 2;
    /// @dev Active stake is at least this many times what is locked.
    uint256 internal constant RESERVE_FACTOR = 2;
    address private constant BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;

    IERC20 private immutable _token;
    uint256 private immutable _minStake;
    uint256 private immutable _thawPeriod;

    mapping(address provider => Account) private _accounts;
    mapping(address provider => Thaw) private _thaws;
    uint256 private _burnable;

    constructor(IERC20 token_, uint256 minStake_, uint256 thawPeriod_) {
        _token = token_;
        _minStake = minStake_;
        _thawPeriod = thawPeriod_;
    }

    /// @inheritdoc IStake
    function deposit(uint128 amount) external {
        _deposit(amount);
    }

    /// @inheritdoc IStake
    function depositWithPermit(uint128 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        try
            IERC20Permit(address(_token)).permit(msg.sender, address(this), amount, deadline, v, r, s)
        {} catch {}
        _deposit(amount);
    }

    /// @inheritdoc IStake
    function startThaw(uint128 amount) external {
        if (amount == 0) revert AmountZero();
        Account storage stake = _accounts[msg.sender];
        uint256 need = RESERVE_FACTOR * uint256(stake.locked) + amount;
        if (need > stake.active) revert StakeTooLow(msg.sender, stake.active, need);
        Thaw storage bucket = _thaws[msg.sender];
        stake.active -= amount;
        bucket.amount += amount;
        bucket.maturesAt = uint64(block.timestamp + _thawPeriod);
        emit ThawStarted(msg.sender, amount, bucket.maturesAt);
    }

    /// @inheritdoc IStake
    function withdraw() external {
        Thaw memory bucket = _thaws[msg.sender];
        if (bucket.amount == 0) revert ThawEmpty(msg.sender);
        if (block.timestamp < bucket.maturesAt) revert ThawNotMatured(msg.sender, bucket.maturesAt);
        delete _thaws[msg.sender];
        emit StakeWithdrawn(msg.sender, bucket.amount);
        _token.safeTransfer(msg.sender, bucket.amount);
    }

    /// @inheritdoc IStake
    function burn() external {
        uint256 amount = _burnable;
        if (amount == 0) revert AmountZero();
        _burnable = 0;
        emit StakeBurned(amount);
        _token.safeTransfer(BURN_ADDRESS, amount);
    }

    /// @inheritdoc IStake
    function token() external view returns (IERC20) {
        return _token;
    }

    /// @inheritdoc IStake
    function minStake() public view returns (uint256) {
        return _minStake;
    }

    /// @inheritdoc IStake
    function thawPeriod() public view returns (uint256) {
        return _thawPeriod;
    }

    /// @inheritdoc IStake
    function burnable() external view returns (uint256) {
        return _burnable;
    }

    /// @inheritdoc IStake
    function account(address provider) public view returns (Account memory) {
        return _accounts[provider];
    }

    /// @inheritdoc IStake
    function thaw(address provider) external view returns (Thaw memory) {
        return _thaws[provider];
    }

    /// @inheritdoc IStake
    function capacity(address provider) external view returns (uint256) {
        Account memory stake = _accounts[provider];
        if (stake.active < _minStake || providerRecord(provider).tombstoned) return 0;
        return Math.saturatingSub(stake.active / RESERVE_FACTOR, stake.locked) / BOND_FACTOR;
    }

    /// @dev Reserves `bond`.
    function _reserve(address provider, uint128 bond) internal {
        Account memory stake = _accounts[provider];
        uint256 locked = uint256(stake.locked) + bond;
        uint256 need = Math.max(RESERVE_FACTOR * locked, _minStake);
        if (need > stake.active) revert StakeTooLow(provider, stake.active, need);
        _accounts[provider].locked = uint128(locked); // at most half of a uint128
    }

    /// @dev Gives `bond` back to the unreserved stake.
    function _unreserve(address provider, uint128 bond) internal {
        _accounts[provider].locked -= bond;
    }

    /// @dev Takes a reserved `bond` and up to `punitive` of what is not reserved, active stake first.
    /// Never reverts and never touches another bond. Returns the punitive part that was there.
    function _seize(address provider, uint128 bond, uint256 punitive) internal returns (uint256 taken) {
        Account memory stake = _accounts[provider];
        Thaw storage bucket = _thaws[provider];
        uint128 fromActive = uint128(Math.min(punitive, stake.active - stake.locked));
        uint128 fromThaw = uint128(Math.min(punitive - fromActive, bucket.amount));
        _accounts[provider] = Account({
            active: stake.active - bond - fromActive,
            locked: stake.locked - bond
        });
        if (fromThaw != 0) bucket.amount -= fromThaw;
        return uint256(fromActive) + fromThaw;
    }

    /// @dev Active plus thawing: what a percentage of the stake is a percentage of.
    function _wholeStake(address provider) internal view returns (uint256) {
        return uint256(_accounts[provider].active) + _thaws[provider].amount;
    }

    function _addBurnable(uint256 amount) internal {
        _burnable += amount;
    }

    function _pay(address to, uint256 amount) internal {
        _token.safeTransfer(to, amount);
    }

    function _deposit(uint128 amount) private {
        _requireInGoodStanding(msg.sender);
        if (amount == 0) revert AmountZero();
        _accounts[msg.sender].active += amount;
        emit StakeDeposited(msg.sender, amount);
        uint256 before = _token.balanceOf(address(this));
        _token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 arrived = _token.balanceOf(address(this)) - before;
        if (arrived != amount) revert TokenAmountMismatch(amount, arrived);
    }
}
