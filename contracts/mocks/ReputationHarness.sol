// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IKeys} from "../interfaces/IKeys.sol";
import {IReputation} from "../interfaces/IReputation.sol";
import {ModelId} from "../types/ModelId.sol";
import {Payer} from "./Payer.sol";

/// @title ReputationHarness
/// @notice Stands in for the registry of a `Reputation`, which knows every provider, and for payers of fees: plays
/// the steps of many histories in one transaction.
contract ReputationHarness {
    enum Kind {
        Credit,
        Damage,
        Fee
    }

    struct Step {
        Kind kind;
        address provider;
        ModelId modelId;
        /// The bond or the fee, in token units.
        uint128 amount;
        uint32 window;
        uint8 keep;
        uint8 payer;
    }

    /// @notice What is asked for, and what is answered, of a provider, a model and a payer.
    struct Reading {
        address provider;
        ModelId modelId;
        uint8 payer;
        IReputation.Standing overall;
        IReputation.Standing byModel;
        /// In token units.
        uint256 mostFee;
    }

    uint256 private constant MASS_PER_FEE = 500 * 1e8;

    IReputation private immutable _reputation;
    /// @dev What buys one unit of mass.
    uint256 private immutable _leastFee;
    Payer[] private _payers;

    constructor(IReputation reputation, uint256 payers) {
        reputation.bind();
        _reputation = reputation;
        _leastFee = Math.ceilDiv(reputation.minStake(), MASS_PER_FEE);
        for (uint256 i; i < payers; ++i) _payers.push(new Payer(reputation));
    }

    function play(Step[] calldata steps) external {
        for (uint256 i; i < steps.length; ++i) {
            Step calldata step = steps[i];
            if (step.kind == Kind.Fee) _pay(step);
            else if (step.kind == Kind.Credit)
                _reputation.credit(step.provider, step.modelId, step.amount, step.window);
            else _reputation.damage(step.provider, step.modelId, step.amount, step.window, step.keep);
        }
    }

    /// @notice What `Reputation` asks its registry.
    function faultRecord(address) external view returns (IKeys.FaultRecord memory record) {
        record.registeredAt = uint40(block.timestamp);
    }

    /// @notice Fills in readings of which provider, model and payer are given.
    function read(Reading[] memory readings) external view returns (Reading[] memory) {
        for (uint256 i; i < readings.length; ++i) {
            Reading memory reading = readings[i];
            reading.overall = _reputation.reputation(reading.provider);
            reading.byModel = _reputation.reputationFor(reading.provider, reading.modelId);
            reading.mostFee = _mostFee(reading.provider, reading.modelId, reading.payer);
        }
        return readings;
    }

    /// @dev As much as the payer may, if that buys anything.
    function _pay(Step calldata step) private {
        uint256 most = _mostFee(step.provider, step.modelId, step.payer);
        uint256 amount = Math.min(step.amount, most);
        if (amount >= _leastFee) _payers[step.payer].pay(step.provider, step.modelId, uint128(amount));
    }

    function _mostFee(address provider, ModelId modelId, uint256 payer) private view returns (uint256) {
        return _reputation.mostFee(provider, modelId, address(_payers[payer]));
    }
}
