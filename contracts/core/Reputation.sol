// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IReputation} from "../interfaces/IReputation.sol";
import {Decay} from "../libraries/Decay.sol";
import {ModelId} from "../types/ModelId.sol";
import {Stake} from "./Stake.sol";

/// @title Reputation
/// @notice Memory of what happened to stake: O(1) per update, decayed when read.
abstract contract Reputation is IReputation, Stake {
    /// @dev Units of mass in the minimum stake times one day: scale-free, whatever the token's decimals.
    uint256 private constant MASS_PER_DAY = 1e9;
    /// @dev Mass for a score of one half: ten days of the minimum stake, fully reserved.
    uint256 private constant SEASONING = 10 * MASS_PER_DAY;
    /// @dev Percent of the seasoned mass that stays: after a first fault, and when only a bond is taken.
    uint256 internal constant KEEP_AFTER_FAULT = 20;
    uint256 internal constant KEEP_ALL = 100;

    mapping(address provider => Mass) private _overall;
    mapping(address provider => mapping(ModelId modelId => Mass)) private _byModel;
    mapping(address provider => Totals) private _totals;

    /// @inheritdoc IReputation
    function reputation(address provider) public view returns (Standing memory) {
        return _standing(_decayed(_overall[provider]), 0);
    }

    /// @inheritdoc IReputation
    function reputationFor(address provider, ModelId modelId) external view returns (Standing memory) {
        return _standing(_decayed(_byModel[provider][modelId]), reputation(provider).score);
    }

    /// @inheritdoc IReputation
    function totals(address provider) external view returns (Totals memory) {
        return _totals[provider];
    }

    /// @dev A bond survived its window.
    function _creditReputation(address provider, ModelId modelId, uint256 bond, uint256 window) internal {
        uint256 weight = _weight(bond, window);
        emit ReputationUpdated(
            provider,
            modelId,
            _credit(_overall[provider], weight),
            _credit(_byModel[provider][modelId], weight)
        );
    }

    /// @dev A fault was proven or a further bond of one was taken; `keep` percent of the seasoned mass stay.
    function _damageReputation(
        address provider,
        ModelId modelId,
        uint256 bond,
        uint256 window,
        uint256 keep
    ) internal {
        uint256 weight = _weight(bond, window);
        emit ReputationUpdated(
            provider,
            modelId,
            _damage(_overall[provider], weight, keep),
            _damage(_byModel[provider][modelId], weight, keep)
        );
    }

    function _addTotals(address provider, uint256 slashed, uint256 restituted) internal {
        Totals memory sums = _totals[provider];
        _totals[provider] = Totals({
            slashed: _capped(sums.slashed + slashed),
            restituted: _capped(sums.restituted + restituted)
        });
    }

    function _credit(Mass storage slot, uint256 weight) private returns (Mass memory mass) {
        mass = _decayed(slot);
        mass.seasoned = _add(mass.seasoned, weight);
        mass.exposure = _add(mass.exposure, weight);
        _store(slot, mass);
    }

    function _damage(Mass storage slot, uint256 weight, uint256 keep) private returns (Mass memory mass) {
        mass = _decayed(slot);
        mass.seasoned = uint72((mass.seasoned * keep) / KEEP_ALL);
        mass.exposure = _add(mass.exposure, weight);
        mass.slashed = _add(mass.slashed, weight);
        // Nothing was there and nothing comes: a slot is not opened for it.
        if (mass.exposure != 0) _store(slot, mass);
    }

    /// @dev Written field by field: the members share one slot.
    function _store(Mass storage slot, Mass memory mass) private {
        slot.seasoned = mass.seasoned;
        slot.exposure = mass.exposure;
        slot.slashed = mass.slashed;
        slot.updatedAt = mass.updatedAt;
    }

    function _decayed(Mass storage slot) private view returns (Mass memory mass) {
        mass = slot;
        uint256 factor = Decay.factor(block.timestamp - mass.updatedAt);
        mass.seasoned = uint72((mass.seasoned * factor) / Decay.WAD);
        mass.exposure = uint72((mass.exposure * factor) / Decay.WAD);
        mass.slashed = uint72((mass.slashed * factor) / Decay.WAD);
        mass.updatedAt = uint40(block.timestamp);
    }

    function _standing(Mass memory mass, uint256 prior) private pure returns (Standing memory standing) {
        uint256 seasoned = mass.seasoned;
        standing.mass = mass;
        standing.scored = mass.exposure != 0;
        standing.score = (seasoned * Decay.WAD + SEASONING * prior) / (seasoned + SEASONING);
        standing.uncertainty = (SEASONING * Decay.WAD) / (seasoned + SEASONING);
        if (mass.exposure != 0) {
            standing.lossRatio = (uint256(mass.slashed) * Decay.WAD) / mass.exposure;
        }
    }

    /// @dev 129 bits for at most 14 days: no overflow.
    function _weight(uint256 bond, uint256 window) private view returns (uint256) {
        return (bond * window * MASS_PER_DAY) / (minStake() * 1 days);
    }

    /// @dev Saturates, as `_add` does.
    function _capped(uint256 sum) private pure returns (uint128) {
        return uint128(Math.min(sum, type(uint128).max));
    }

    /// @dev Saturates: no conviction and no release may fail because a counter is full.
    function _add(uint72 mass, uint256 weight) private pure returns (uint72) {
        return uint72(Math.min(uint256(mass) + weight, type(uint72).max));
    }
}
