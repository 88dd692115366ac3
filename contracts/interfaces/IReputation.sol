// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ModelId} from "../types/ModelId.sol";

/// @title IReputation
/// @notice What settled facts say about a provider: decaying masses, one for all of its models and one for each.
/// @dev
/// ```
/// d(t)       = 2^(-t / 30 days), of every mass, allowance and contribution
/// fee        a payer burns tokens: allowance grows by 500 days * amount, as far as what this payer gave
///            stays below A / 2
/// released   w = bond * window ;  s = min(w, allowance)
///            seasoned += s ;  allowance -= s ;  exposure += w
/// convicted  seasoned, allowance and what every payer gave *= keep ;  exposure and slashed += bond * window
///            keep = 1/5 at the first fault within 90 days, 0 at the second and at whatever excludes for
///            ever; a further bond of the same offence leaves them as they are
/// score      = seasoned / (seasoned + A)                        A = 10 days * minimum stake
/// by model   = (seasoned_m + A * score) / (seasoned_m + A)
/// uncertain  = A / (seasoned + A)
/// loss ratio = slashed / exposure
/// ```
/// Mass is bounded by stake x time and by money that is gone, whatever the traffic: splitting an answer into
/// many earns nothing, and an answer to oneself costs what an answer to somebody else costs. Seasoned mass and
/// allowance together are never more than what the payers gave; one payer alone makes a score of at most 1/3.
/// Faults only multiply, and what payers gave with it: a fresh identity never ranks above what an old one
/// with the same later history would, over all models and for each of them.
///
/// One unit of mass is 1e-8 of the minimum stake for one day. Roundings lose at most one unit of a mass each
/// time that it changes, and always to the provider's disadvantage.
///
/// Assumed of the token: what `IStake` assumes. Tokens sent to the burn address have no owner.
interface IReputation {
    /// @notice Decaying masses as of `updatedAt`. One storage slot.
    struct Mass {
        uint56 seasoned;
        uint56 exposure;
        uint56 slashed;
        /// Unix seconds; zero if nothing ever happened.
        uint40 updatedAt;
        /// What fees have bought and nothing was seasoned with yet.
        uint40 allowance;
        /// How often faults have divided by five, modulo 256; 13 times if a fault left nothing.
        uint8 cuts;
    }

    /// @notice All ratios in WAD (1e18 is one). `score` is meaningless while `scored` is false.
    struct Standing {
        bool scored;
        uint256 score;
        uint256 uncertainty;
        uint256 lossRatio;
        Mass mass;
    }

    error MinStakeZero();
    /// @dev `least` is the smallest amount that buys a unit, in token units.
    error FeeTooSmall(uint128 amount, uint256 least);
    /// @dev `most` is what the payer may burn for this provider and model now, in token units.
    error FeeAboveCap(address provider, address payer, uint256 most);
    /// @dev Fees of more than twenty times the minimum stake wait to be used.
    error AllowanceFull(address provider);

    /// @dev With every change: both masses as they are now. `modelMass` is that of `modelId`.
    event ReputationUpdated(
        address indexed provider,
        ModelId indexed modelId,
        Mass providerMass,
        Mass modelMass
    );
    /// @dev `amount` in token units; what it bought in units of mass, over all models and for this one.
    event FeeBurned(
        address indexed provider,
        ModelId indexed modelId,
        address indexed payer,
        uint256 amount,
        uint256 allowance,
        uint256 modelAllowance
    );

    /// @notice Called once, by the registry whose facts are remembered.
    /// Reverts for: `AlreadyBound`.
    function bind() external;

    /// @notice A bond survived its window: what it weighs was at risk, and seasons as far as fees allow.
    /// Counters that are full stay full. Reverts for: `SenderNotRegistry`. Emits: `ReputationUpdated`.
    /// @param bond In token units.
    /// @param window In seconds.
    function credit(address provider, ModelId modelId, uint256 bond, uint256 window) external;

    /// @notice A fault was proven, or a further bond of one was taken.
    /// Counters that are full stay full. Reverts for: `SenderNotRegistry`. Emits: `ReputationUpdated`, unless nothing is
    /// known of the provider and nothing was at risk.
    /// @param bond What was taken of what was at risk, in token units; may be zero.
    /// @param window In seconds.
    /// @param keep Percent that stay of what is seasoned, of the allowance and of what payers gave: 100, 20 or 0.
    /// Any other number counts as the next smaller one of these.
    function damage(address provider, ModelId modelId, uint256 bond, uint256 window, uint256 keep) external;

    /// @notice Burns `amount` of the sender's tokens, which must be approved: later bonds of the provider season
    /// by as much as 500 days of it. Part of the price of answers of this model, paid whenever the payer likes.
    /// Anyone may pay. What one payer gave counts over all models and for each by itself: a fee for another
    /// model counts for that model although the payer can give no more over all.
    /// Reverts for: `AmountZero`, `ProviderUnknown`, `FeeTooSmall`, `FeeAboveCap`, `AllowanceFull`.
    /// Emits: `FeeBurned`, `ReputationUpdated`.
    function burnFee(address provider, ModelId modelId, uint128 amount) external;

    /// @notice A provider's standing over all its models, decayed to now.
    function reputation(address provider) external view returns (Standing memory);

    /// @notice A provider's standing with one model, shrunk towards its overall score.
    function reputationFor(address provider, ModelId modelId) external view returns (Standing memory);

    /// @notice What a payer may burn now for a provider and a model, in token units.
    function mostFee(address provider, ModelId modelId, address payer) external view returns (uint256);

    /// @notice Who reports what happened; zero until bound.
    function registry() external view returns (address);

    function token() external view returns (IERC20);

    /// @notice What masses are measured in, in token units. Never changes, whatever the registry demands later.
    function minStake() external view returns (uint256);
}
