// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReceipts} from "../interfaces/IReceipts.sol";
import {Inclusion} from "../types/Batch.sol";
import {BatchId} from "../types/BatchId.sol";
import {ModelId} from "../types/ModelId.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title Place
/// @notice Where a receipt was anchored, whatever a dispute has set apart since.
library Place {
    /// @notice The id of the lock that a receipt was anchored with: its batch's, or its own.
    function homeOf(
        IReceipts registry,
        ReceiptId receiptId,
        Inclusion calldata inclusion
    ) internal pure returns (bytes32) {
        if (inclusion.batch.count == 0) return ReceiptId.unwrap(receiptId);
        return BatchId.unwrap(registry.batchIdOf(inclusion.batch));
    }

    /// @notice Whether a place has the model and at least the window that the receipt promises.
    function isAsPromised(
        Receipt calldata receipt,
        Inclusion calldata inclusion
    ) internal pure returns (bool) {
        // Attested by itself, a receipt has its own of both.
        return
            inclusion.batch.count == 0 ||
            (inclusion.batch.window >= receipt.challengeWindow &&
                ModelId.unwrap(inclusion.batch.modelId) == ModelId.unwrap(receipt.modelId));
    }
}
