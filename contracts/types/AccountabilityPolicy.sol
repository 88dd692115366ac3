// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModelId} from "./ModelId.sol";

/// @notice The least that may stand behind an answer.
enum Assurance {
    /// Collateral is reserved and the answer can be challenged, or it is final.
    Anchored,
    /// The challenge window is over and nothing was proven.
    Final
}

/// @notice How much accountability an application demands. All zero accepts whatever has collateral.
struct AccountabilityPolicy {
    /// The only accepted model; zero accepts any.
    ModelId modelId;
    Assurance assurance;
    /// Restitution in token units if the answer is proven wrong.
    uint128 minCoverage;
    /// Active stake of the provider in token units.
    uint128 minStake;
    /// Score of the provider, overall and with this model, in WAD. Who is not scored has none.
    uint64 minScore;
    /// Seconds since the answer was signed; zero accepts any age.
    uint32 maxAge;
    /// Seconds for which the answer can be challenged.
    uint32 minWindow;
}

/// @notice The clauses of a policy. An unmet clause sets bit `1 << clause`.
enum Clause {
    /// Collateral was reserved for this receipt, by batch or by itself, by the time it promises.
    Collateral,
    /// No fault was proven about the request.
    NotConvicted,
    /// The provider is not excluded for ever.
    ProviderStanding,
    /// The receipt names the beneficiary as the one who is owed restitution.
    Beneficiary,
    /// The receipt commits to a trace, so that a wrong answer can be proven.
    Trace,
    Model,
    Assurance,
    Coverage,
    Stake,
    Score,
    Age,
    Window,
    /// The answer is one to the question that was asked.
    Input
}

/// @notice What the application knows about the answer that it wants.
struct Expected {
    /// Who must be the one that the receipt owes restitution to.
    address beneficiary;
    /// Commitment to the input of the question: root of the input tensors' tree.
    bytes32 inputCommitment;
}
