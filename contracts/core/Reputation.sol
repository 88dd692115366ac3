// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IReputation} from "../interfaces/IReputation.sol";
import {Decay} from "../libraries/Decay.sol";
import {ModelId} from "../types/ModelId.sol";
import {Bound} from "../libraries/Bound.sol";

/// @title Reputation
/// @notice Memory of what happened to stake: O(1) per update, decayed when read.
contract Reputation is IReputation, Bound {
    /// @dev Units of mass in the minimum stake times one day: scale-free, whatever the token's decimals.
    uint256 private constant MASS_PER_DAY = 1e9;
    /// @dev Mass for a score of one half: ten days of the minimum stake, fully reserved.
    uint256 private constant SEASONING = 10 * MASS_PER_DAY;
    /// @dev Percent of the seasoned mass that stays: after a first fault, and when only a bond is taken.
    uint256 private constant KEEP_ALL = 100;

    uint256 private immutable _minStake;

    mapping(address provider => Mass) private _overall;
    mapping(address provider => mapping(ModelId modelId => Mass)) private _byModel;

    constructor(uint256 minStake) {
        _minStake = minStake;
    }

    function bind() external {
        _bind();
    }

    /// @inheritdoc IReputation
    function reputation(address provider) public view returns (Standing memory) {
        return _standing(_decayed(_overall[provider]), 0);
    }

    /// @inheritdoc IReputation
    function reputationFor(address provider, ModelId modelId) external view returns (Standing memory) {
        return _standing(_decayed(_byModel[provider][modelId]), reputation(provider).score);
    }

    /// @dev A bond survived its window.
    function credit(address provider, ModelId modelId, uint256 bond, uint256 window) external onlyRegistry {
        uint256 weight = _weight(bond, window);
        emit ReputationUpdated(
            provider,
            modelId,
            _credit(_overall[provider], weight),
            _credit(_byModel[provider][modelId], weight)
        );
    }

    /// @dev A fault was proven or a further bond of one was taken; `keep` percent of the seasoned mass stay.
    function damage(
        address provider,
        ModelId modelId,
        uint256 bond,
        uint256 window,
        uint256 keep
    ) external onlyRegistry {
        uint256 weight = _weight(bond, window);
        emit ReputationUpdated(
            provider,
            modelId,
            _damage(_overall[provider], weight, keep),
            _damage(_byModel[provider][modelId], weight, keep)
        );
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
        return (bond * window * MASS_PER_DAY) / (_minStake * 1 days);
    }

    /// @dev Saturates: no conviction and no release may fail because a counter is full.
    function _add(uint72 mass, uint256 weight) private pure returns (uint72) {
        return uint72(Math.min(uint256(mass) + weight, type(uint72).max));
    }
}
