// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModelId} from "./ModelId.sol";

/// @notice What a provider signs for one answer (EIP-712). Evidence off-chain at zero gas.
/// @dev Encoded and hashed by `ReceiptLib`; the TypeScript twin is `src/protocol/receipt.ts`.
struct Receipt {
    /// Who answered: the address that registered as provider.
    address provider;
    /// With which program.
    ModelId modelId;
    /// Chosen by the consumer; one provider signs one content per consumer and request id.
    bytes32 requestId;
    /// Root of the input tensors' tree.
    bytes32 inputCommitment;
    /// Root of the output tensors' tree.
    bytes32 outputCommitment;
    /// Root of the inner tensors' tree, bound to this request; zero when the trace is posted on demand.
    bytes32 traceCommitment;
    /// Who is owed restitution.
    address consumer;
    /// Restitution in token units if the answer is proven wrong.
    uint128 coverage;
    /// Unix seconds at which the provider signed.
    uint64 issuedAt;
    /// Unix seconds until which the receipt must be anchored.
    uint64 anchorBy;
    /// Seconds after anchoring in which the answer can be challenged.
    uint32 challengeWindow;
    /// Hash of terms outside the protocol: sampling parameters, price, payment reference.
    bytes32 termsHash;
}
