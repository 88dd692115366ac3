// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IKeys} from "../interfaces/IKeys.sol";
import {IProviders} from "../interfaces/IProviders.sol";
import {IReputation} from "../interfaces/IReputation.sol";
import {IStake} from "../interfaces/IStake.sol";
import {Bound} from "../libraries/Bound.sol";
import {Decay} from "../libraries/Decay.sol";
import {ModelId} from "../types/ModelId.sol";

/// @title Reputation
/// @notice Memory of what happened to stake: O(1) per update, decayed when read.
contract Reputation is IReputation, Bound {
    using SafeERC20 for IERC20;

    /// @notice What a payer gave that is neither decayed nor cut, as of `since`. One storage slot.
    struct Given {
        uint56 units;
        uint40 since;
        /// `Mass.cuts` at that time.
        uint8 cuts;
    }

    /// @notice What is remembered over all models of a provider, or of one of them.
    struct Memory {
        /// A `Mass`; see `_pack`.
        uint256 word;
        mapping(address payer => Given) given;
    }

    /// @dev Units of mass in the minimum stake times one day: scale-free, whatever the token's decimals.
    uint256 private constant MASS_PER_DAY = 1e8;
    /// @dev Mass for a score of one half: ten days of the minimum stake, fully reserved and paid for.
    uint256 private constant SEASONING = 10 * MASS_PER_DAY;
    /// @dev Mass that one payer can pay for: a score of one third.
    uint256 private constant CAP = SEASONING / 2;
    /// @dev Units of mass that one minimum stake of burned fees pays for.
    uint256 private constant MASS_PER_FEE = 500 * MASS_PER_DAY;
    /// @dev Percent that stay after a first fault, and when only a bond is taken.
    uint256 private constant KEEP_AFTER_FAULT = 20;
    uint256 private constant KEEP_ALL = 100;
    /// @dev So many divisions by five leave nothing of `CAP`.
    uint8 private constant CUTS_TO_NOTHING = 13;
    address private constant BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;

    IERC20 private immutable _token;
    uint256 private immutable _minStake;

    mapping(address provider => Memory) private _overall;
    mapping(address provider => mapping(ModelId modelId => Memory)) private _byModel;

    constructor(IERC20 token_, uint256 minStake_) {
        if (minStake_ == 0) revert MinStakeZero();
        (_token, _minStake) = (token_, minStake_);
    }

    /// @inheritdoc IReputation
    function bind() external {
        _bind();
    }

    /// @inheritdoc IReputation
    function credit(address provider, ModelId modelId, uint256 bond, uint256 window) external onlyRegistry {
        uint256 weight = _weight(bond, window);
        emit ReputationUpdated(
            provider,
            modelId,
            _credit(_overall[provider], weight),
            _credit(_byModel[provider][modelId], weight)
        );
    }

    /// @inheritdoc IReputation
    function damage(
        address provider,
        ModelId modelId,
        uint256 bond,
        uint256 window,
        uint256 keep
    ) external onlyRegistry {
        uint256 weight = _weight(bond, window);
        // Nothing was there and nothing comes, for no model either.
        if (weight == 0 && _overall[provider].word == 0) return;
        emit ReputationUpdated(
            provider,
            modelId,
            _damage(_overall[provider], weight, keep),
            _damage(_byModel[provider][modelId], weight, keep)
        );
    }

    /// @inheritdoc IReputation
    function burnFee(address provider, ModelId modelId, uint128 amount) external {
        _requireRegistered(provider);
        uint256 units = _unitsFor(amount);
        uint256 most = mostFee(provider, modelId, msg.sender);
        if (amount > most) revert FeeAboveCap(provider, msg.sender, most);
        _buy(provider, modelId, amount, units);
        _token.safeTransferFrom(msg.sender, BURN_ADDRESS, amount);
    }

    /// @inheritdoc IReputation
    function reputationFor(address provider, ModelId modelId) external view returns (Standing memory) {
        uint256 word = _overall[provider].word;
        uint256 prior = _score(_scale(uint56(word), _factor(word)), 0);
        return _standing(_decayed(_byModel[provider][modelId].word), prior);
    }

    /// @inheritdoc IReputation
    function registry() external view returns (address) {
        return _boundTo();
    }

    /// @inheritdoc IReputation
    function token() external view returns (IERC20) {
        return _token;
    }

    /// @inheritdoc IReputation
    function minStake() external view returns (uint256) {
        return _minStake;
    }

    /// @inheritdoc IReputation
    function reputation(address provider) public view returns (Standing memory) {
        return _standing(_decayed(_overall[provider].word), 0);
    }

    /// @inheritdoc IReputation
    function mostFee(address provider, ModelId modelId, address payer) public view returns (uint256) {
        uint256 given = Math.min(
            _given(_overall[provider], payer),
            _given(_byModel[provider][modelId], payer)
        );
        return ((CAP - given) * _minStake) / MASS_PER_FEE;
    }

    function _credit(Memory storage entry, uint256 weight) private returns (Mass memory mass) {
        mass = _decayed(entry.word);
        uint256 paid = Math.min(weight, mass.allowance);
        mass.seasoned = _add(mass.seasoned, paid);
        mass.allowance -= uint40(paid);
        mass.exposure = _add(mass.exposure, weight);
        entry.word = _pack(mass);
    }

    function _damage(Memory storage entry, uint256 weight, uint256 keep) private returns (Mass memory mass) {
        uint256 word = entry.word;
        mass = _decayed(word);
        if (keep < KEEP_ALL) _cut(mass, keep < KEEP_AFTER_FAULT);
        mass.exposure = _add(mass.exposure, weight);
        mass.slashed = _add(mass.slashed, weight);
        // Nothing was there of this model and nothing comes: a slot is not opened for it.
        if (weight != 0 || word != 0) entry.word = _pack(mass);
    }

    /// @dev The allowance is cut like the rest, or fees paid in advance would insure against faults.
    function _cut(Mass memory mass, bool toNothing) private pure {
        mass.seasoned = toNothing ? 0 : mass.seasoned / 5;
        mass.allowance = toNothing ? 0 : mass.allowance / 5;
        unchecked {
            // To come round takes a provider more than three years of faults; what payers gave is decayed by then.
            mass.cuts += toNothing ? CUTS_TO_NOTHING : 1;
        }
    }

    function _buy(address provider, ModelId modelId, uint256 amount, uint256 units) private {
        (Mass memory mass, uint256 bought) = _allow(_overall[provider], provider, units);
        (Mass memory ofModel, uint256 forModel) = _allow(_byModel[provider][modelId], provider, units);
        emit FeeBurned(provider, modelId, msg.sender, amount, bought, forModel);
        emit ReputationUpdated(provider, modelId, mass, ofModel);
    }

    /// @dev Adds as much of `units` as the sender may still give; returns how much that is.
    function _allow(
        Memory storage entry,
        address provider,
        uint256 units
    ) private returns (Mass memory mass, uint256 bought) {
        uint256 given = _given(entry, msg.sender);
        bought = Math.min(units, CAP - given);
        mass = _decayed(entry.word);
        uint256 allowance = mass.allowance + bought;
        if (allowance > type(uint40).max) revert AllowanceFull(provider);
        mass.allowance = uint40(allowance);
        entry.word = _pack(mass);
        entry.given[msg.sender] = Given(uint56(given + bought), mass.updatedAt, mass.cuts);
    }

    /// @dev What is left of what a payer gave. Rounded up, as the masses are rounded down: they never exceed it.
    function _given(Memory storage entry, address payer) private view returns (uint256) {
        Given memory given = entry.given[payer];
        uint8 cuts;
        unchecked {
            cuts = uint8(entry.word >> 248) - given.cuts;
        }
        if (cuts >= CUTS_TO_NOTHING) return 0;
        uint256 factor = Decay.factor(block.timestamp - given.since);
        return Math.ceilDiv(given.units * factor, Decay.WAD * 5 ** cuts);
    }

    /// @dev Saturates: no conviction and no release may fail because a number is large.
    function _weight(uint256 bond, uint256 window) private view returns (uint256) {
        uint256 tokenSeconds = Math.saturatingMul(bond, window);
        return Math.saturatingMul(tokenSeconds, MASS_PER_DAY) / Math.saturatingMul(_minStake, 1 days);
    }

    function _unitsFor(uint128 amount) private view returns (uint256 units) {
        if (amount == 0) revert IStake.AmountZero();
        units = (amount * MASS_PER_FEE) / _minStake;
        if (units == 0) revert FeeTooSmall(amount, Math.ceilDiv(_minStake, MASS_PER_FEE));
    }

    /// @dev Without a registry nobody is known yet.
    function _requireRegistered(address provider) private view {
        if (_boundTo() == address(0) || IKeys(_boundTo()).faultRecord(provider).registeredAt == 0)
            revert IProviders.ProviderUnknown(provider);
    }

    /// @dev A stored mass as it is now.
    function _decayed(uint256 word) private view returns (Mass memory mass) {
        uint256 factor = _factor(word);
        mass.seasoned = uint56(_scale(uint56(word), factor));
        mass.exposure = uint56(_scale(uint56(word >> 56), factor));
        mass.slashed = uint56(_scale(uint56(word >> 112), factor));
        mass.updatedAt = uint40(block.timestamp);
        mass.allowance = uint40(_scale(uint40(word >> 208), factor));
        mass.cuts = uint8(word >> 248);
    }

    /// @dev What is left of each part of a stored mass, in WAD.
    function _factor(uint256 word) private view returns (uint256) {
        unchecked {
            return Decay.factor(block.timestamp - uint40(word >> 168));
        }
    }

    /// @dev The factor is at most one and the units have 56 bits: nothing overflows.
    function _scale(uint256 units, uint256 factor) private pure returns (uint256) {
        unchecked {
            return (units * factor) / Decay.WAD;
        }
    }

    /// @dev As in `_score`, nothing overflows.
    function _standing(Mass memory mass, uint256 prior) private pure returns (Standing memory) {
        uint256 exposure = mass.exposure;
        unchecked {
            return
                Standing({
                    scored: exposure != 0,
                    score: _score(mass.seasoned, prior),
                    uncertainty: (SEASONING * Decay.WAD) / (SEASONING + mass.seasoned),
                    lossRatio: exposure == 0 ? 0 : (mass.slashed * Decay.WAD) / exposure,
                    mass: mass
                });
        }
    }

    /// @dev With 56 bits of mass and a prior below one nothing overflows.
    function _score(uint256 seasoned, uint256 prior) private pure returns (uint256) {
        unchecked {
            return (seasoned * Decay.WAD + SEASONING * prior) / (seasoned + SEASONING);
        }
    }

    /// @dev As the compiler lays the struct out, but read and written at once:
    /// ```
    /// bits   0      56      112     168     208     248
    ///        seasoned exposure slashed updatedAt allowance cuts
    /// ```
    function _pack(Mass memory mass) private pure returns (uint256) {
        return
            uint256(mass.seasoned) |
            (uint256(mass.exposure) << 56) |
            (uint256(mass.slashed) << 112) |
            (uint256(mass.updatedAt) << 168) |
            (uint256(mass.allowance) << 208) |
            (uint256(mass.cuts) << 248);
    }

    /// @dev Saturates, as `_weight` does.
    function _add(uint56 mass, uint256 weight) private pure returns (uint56) {
        return uint56(Math.min(Math.saturatingAdd(mass, weight), type(uint56).max));
    }
}
