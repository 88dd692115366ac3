// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModelId} from "../types/ModelId.sol";

/// @title IReputation
/// @notice What settled facts say about a provider: decaying mass, and counters that never decay.
/// @dev
/// ```
/// d(t)       = 2^(-t / 30 days)
/// released   seasoned = seasoned * d + bond * window ;  exposure = exposure * d + bond * window
/// convicted  seasoned = seasoned * d * keep          ;  exposure and slashed grow by bond * window
///            keep = 1/5 at the first fault within 90 days, 0 at the second and at whatever excludes for
///            ever; a further bond of the same offence leaves seasoned as it is
/// score      = seasoned / (seasoned + A)                        A = 10 days * minStake
/// by model   = (seasoned_m + A * score) / (seasoned_m + A)
/// uncertain  = A / (seasoned + A)
/// loss ratio = slashed / exposure
/// ```
/// Mass is bounded by stake x time whatever the traffic, so splitting an answer into many earns
/// nothing; faults only multiply mass down, so a fresh identity never ranks above what an old one
/// with the same later history would. One unit of mass is a billionth of the minimum stake for one day.
interface IReputation {
    /// @notice Decaying masses as of `updatedAt`. One storage slot.
    struct Mass {
        uint72 seasoned;
        uint72 exposure;
        uint72 slashed;
        uint40 updatedAt;
    }

    /// @notice All ratios in WAD (1e18 is one). `score` is meaningless while `scored` is false.
    struct Standing {
        bool scored;
        uint256 score;
        uint256 uncertainty;
        uint256 lossRatio;
        Mass mass;
    }

    event ReputationUpdated(
        address indexed provider,
        ModelId indexed modelId,
        Mass providerMass,
        Mass modelMass
    );

    /// @notice A provider's standing over all its models, decayed to now.
    function reputation(address provider) external view returns (Standing memory);

    /// @notice A provider's standing with one model, shrunk towards its overall score.
    function reputationFor(address provider, ModelId modelId) external view returns (Standing memory);

    function bind() external;

    function credit(address provider, ModelId modelId, uint256 bond, uint256 window) external;

    function damage(
        address provider,
        ModelId modelId,
        uint256 bond,
        uint256 window,
        uint256 keep
    ) external;
}
