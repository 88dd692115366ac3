// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Receipt} from "../types/Receipt.sol";
import {RequestKey} from "../types/RequestKey.sol";

/// @title ReceiptLib
/// @notice EIP-712 struct hash of a receipt, and the key of the request that it answers.
library ReceiptLib {
    bytes32 internal constant TYPEHASH = keccak256(
        "Receipt(address provider,bytes32 modelId,bytes32 requestId,bytes32 inputCommitment,bytes32 outputCommitment,bytes32 traceCommitment,address consumer,uint128 coverage,uint64 issuedAt,uint64 anchorBy,uint32 challengeWindow,bytes32 termsHash)"
    );

    /// @notice The EIP-712 struct hash. All members are static, so `abi.encode` is `encodeData`.
    function structHash(Receipt calldata receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPEHASH, receipt));
    }

    /// @notice Equal for two receipts exactly when they answer the same request of the same consumer.
    function requestKey(Receipt calldata receipt) internal pure returns (RequestKey) {
        return requestKey(receipt.provider, receipt.consumer, receipt.requestId);
    }

    function requestKey(
        address provider,
        address consumer,
        bytes32 requestId
    ) internal pure returns (RequestKey) {
        return RequestKey.wrap(keccak256(abi.encode(provider, consumer, requestId)));
    }

    /// @notice What a trace root is bound to, so that no trace can be passed off as that of another
    /// provider, request, chain or registry.
    function traceContext(Receipt calldata receipt, address registry) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    block.chainid,
                    registry,
                    receipt.provider,
                    receipt.modelId,
                    receipt.consumer,
                    receipt.requestId
                )
            );
    }
}
