// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModelId} from "./ModelId.sol";
import {ReceiptId} from "./ReceiptId.sol";

/// @notice The least that may stand behind an answer.
enum Assurance {
    /// Collateral is reserved and the answer can be challenged, or it is final.
    Anchored,
    /// The challenge window is over, with every dispute, and nothing was proven.
    Final
}

/// @notice How much accountability an application demands. All zero accepts whatever has collateral: what no policy
/// goes without are the clauses `Collateral` to `Trace`, and a model that is registered. Four storage slots.
struct AccountabilityPolicy {
    /// The only accepted model; zero accepts any that is registered.
    ModelId modelId;
    /// Restitution in token units if the answer is proven wrong.
    uint128 minCoverage;
    /// Active stake of the provider in token units.
    uint128 minStake;
    /// Active stake that is not reserved, in token units: what a punishment can take beside the bond.
    uint128 minUnreserved;
    /// Score of the provider, overall and with this model, in WAD. Who is not scored has none.
    uint64 minScore;
    /// Slashed part of what was exposed, overall and with this model, in WAD; zero accepts any, one almost none.
    uint64 maxLossRatio;
    /// The only accepted method of adjudication (`ModelHeader.method`), of a registered model; zero accepts any.
    uint32 method;
    Assurance assurance;
    /// Seconds since the provider's last proven fault, whatever it was about.
    uint32 minSinceFault;
    /// The provider takes no stake out.
    bool requireNoThaw;
    /// Seconds since the answer was signed; zero accepts any age.
    uint32 maxAge;
    /// Seconds for which the answer can be challenged.
    uint32 minWindow;
}

/// @notice The clauses of a policy. An unmet clause sets bit `1 << clause`; a refusal names the lowest.
enum Clause {
    /// Collateral was reserved for this receipt, by batch or by itself, by the time it promises.
    Collateral,
    /// No fault was proven about the request.
    NotConvicted,
    /// The provider is registered and not excluded for ever.
    ProviderStanding,
    /// The receipt names the beneficiary as the one who is owed restitution.
    Beneficiary,
    /// The answer is one to the question that was asked.
    Input,
    /// The receipt commits to a trace, so that a wrong answer can be proven.
    Trace,
    Method,
    Model,
    Assurance,
    Coverage,
    Stake,
    Unreserved,
    Score,
    LossRatio,
    SinceFault,
    Thaw,
    Age,
    Window
}

/// @notice What the application knows about the answer that it wants.
struct Expected {
    /// Who must be the one that the receipt owes restitution to.
    address beneficiary;
    /// Commitment to the input of the question: root of the input tensors' tree.
    bytes32 inputCommitment;
}

/// @notice What the registry says about a receipt and its provider in this block.
struct Facts {
    ReceiptId receiptId;
    /// The receipt was anchored where the inclusion says. If it was not, the next five are zero.
    bool located;
    /// Unix seconds.
    uint256 anchoredAt;
    /// Seconds for which it can be challenged there.
    uint256 window;
    /// The model that it was anchored under.
    ModelId anchoredAs;
    /// It can still be challenged.
    bool open;
    /// It was challenged: a dispute has its bond set apart, whether it is over or not.
    bool disputed;
    /// What was proven about the request (`IConvictions.faultsOf`).
    uint256 faults;
    bool providerRegistered;
    bool tombstoned;
    /// Active stake in token units, and what is not reserved of it.
    uint256 stake;
    uint256 unreserved;
    /// Token units on their way out.
    uint256 thawing;
    /// Unix seconds of the provider's latest fault, zero if none.
    uint256 lastFaultAt;
    bool modelRegistered;
    /// Of overall and with this model the worse, in WAD.
    bool scored;
    uint256 score;
    uint256 lossRatio;
}
