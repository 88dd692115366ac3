// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IStake} from "../interfaces/IStake.sol";
import {Keys} from "./Keys.sol";
import {Rules} from "./Rules.sol";

/// @title Stake
/// @notice Holds the token. Every number is booked here; balances are never read to decide anything
/// but whether a deposit arrived in full.
abstract contract Stake is IStake, Keys, Rules {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev A bond of twice the coverage: one half restitution, the other punishment.
    uint256 internal constant BOND_FACTOR = 2;
    /// @dev Active stake is at least this many times what is locked.
    uint256 internal constant RESERVE_FACTOR = 2;
    address private constant BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;

    IERC20 private immutable _token;
    uint256 private immutable _thawPeriod;

    mapping(address provider => Account) private _accounts;
    mapping(address provider => Thaw) private _thaws;
    mapping(address provider => Freeze) private _freezes;

    constructor(IERC20 token_, uint256 thawPeriod_) {
        _token = token_;
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
        stake.active -= uint120(amount);
        bucket.amount += amount;
        bucket.maturesAt = uint40(_clock() + _thawPeriod);
        emit ThawStarted(msg.sender, amount, bucket.maturesAt);
    }

    /// @inheritdoc IStake
    function withdraw() external {
        uint256 nowClock = _runningClock();
        Thaw memory bucket = _thaws[msg.sender];
        if (bucket.amount == 0) revert ThawEmpty(msg.sender);
        if (nowClock < bucket.maturesAt) revert ThawNotMatured(msg.sender, bucket.maturesAt);
        Freeze memory kept = _frozen(msg.sender);
        uint128 stays = uint128(Math.min(kept.amount, bucket.amount));
        uint128 amount = bucket.amount - stays;
        if (amount == 0) revert ThawFrozen(msg.sender, kept.until);
        _thaws[msg.sender].amount = stays;
        emit StakeWithdrawn(msg.sender, amount);
        _token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IStake
    function token() external view returns (IERC20) {
        return _token;
    }

    /// @inheritdoc IStake
    function thawPeriod() public view returns (uint256) {
        return _thawPeriod;
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
    function freeze(address provider) external view returns (Freeze memory) {
        return _frozen(provider);
    }

    /// @inheritdoc IStake
    function capacity(address provider) external view returns (uint256) {
        Account memory stake = _accounts[provider];
        if (stake.active < _minStake() || stake.tombstoned) return 0;
        return Math.saturatingSub(stake.active / RESERVE_FACTOR, stake.locked) / BOND_FACTOR;
    }

    /// @dev Reserves `bond` of a provider that is not excluded and has the stake for it.
    function _reserve(address provider, uint256 bond, uint256 minStake) internal {
        Account memory stake = _accounts[provider];
        if (stake.tombstoned) revert ProviderTombstoned(provider);
        uint256 need;
        unchecked {
            // 120, 129 and 1 bits.
            bond += stake.locked;
            need = RESERVE_FACTOR * bond;
        }
        if (need < minStake) need = minStake;
        if (need > stake.active) revert StakeTooLow(provider, stake.active, need);
        stake.locked = uint120(bond); // at most half of a uint120
        _accounts[provider] = stake;
    }

    /// @dev Gives `bond` back to the unreserved stake.
    function _unreserve(address provider, uint128 bond) internal {
        _accounts[provider].locked -= uint120(bond);
    }

    /// @dev Takes a reserved `bond` and up to `punitive` of what is not reserved, active stake first.
    /// Never reverts and never touches another bond. Returns the punitive part that was there.
    function _seize(
        address provider,
        uint128 bond,
        uint256 punitive,
        bool tombstone
    ) internal returns (uint128 taken) {
        Account memory stake = _accounts[provider];
        uint256 fromActive = Math.min(punitive, stake.active - stake.locked);
        stake.active -= uint120(bond + fromActive);
        stake.locked -= uint120(bond);
        if (tombstone) stake.tombstoned = true;
        _accounts[provider] = stake;
        // What an active stake cannot give, what thaws must.
        if (fromActive == punitive) return uint128(fromActive);
        Thaw storage bucket = _thaws[provider];
        uint128 fromThaw = uint128(Math.min(punitive - fromActive, bucket.amount));
        bucket.amount -= fromThaw;
        return uint128(fromActive) + fromThaw;
    }

    /// @dev Gives back what a conviction took.
    function _giveBack(address provider, uint256 amount) internal {
        _accounts[provider].active += amount.toUint120();
    }

    /// @dev Keeps `amount` of what thaws for an open dispute, on top of what others keep.
    function _freeze(address provider, uint256 amount, uint256 until, uint256 untilBlock) internal {
        if (_thaws[provider].amount == 0) return;
        Freeze memory kept = _frozen(provider);
        kept.amount = uint128(Math.min(kept.amount + amount, type(uint128).max));
        kept.until = uint40(Math.max(kept.until, until));
        kept.untilBlock = uint40(Math.max(kept.untilBlock, untilBlock));
        _freezes[provider] = kept;
        emit StakeFrozen(provider, kept.amount, kept.until);
    }

    /// @dev Active plus thawing: what a percentage of the stake is a percentage of.
    function _wholeStake(address provider) internal view returns (uint256) {
        return uint256(_accounts[provider].active) + _thaws[provider].amount;
    }

    function _pay(address to, uint256 amount) internal {
        _token.safeTransfer(to, amount);
    }

    function _burn(uint256 amount) internal {
        _token.safeTransfer(BURN_ADDRESS, amount);
    }

    /// @dev A freeze keeps nothing any more exactly when the last of its receipts is not open any more.
    function _frozen(address provider) private view returns (Freeze memory kept) {
        kept = _freezes[provider];
        if (_clock() > kept.until && block.number >= kept.untilBlock) kept.amount = 0;
    }

    function _deposit(uint128 amount) private {
        if (_accounts[msg.sender].tombstoned) revert ProviderTombstoned(msg.sender);
        if (amount == 0) revert AmountZero();
        _accounts[msg.sender].active += uint256(amount).toUint120();
        emit StakeDeposited(msg.sender, amount);
        uint256 before = _token.balanceOf(address(this));
        _token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 arrived = _token.balanceOf(address(this)) - before;
        if (arrived != amount) revert TokenAmountMismatch(amount, arrived);
    }
}
