// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFault} from "../interfaces/IFault.sol";
import {IReceipts} from "../interfaces/IReceipts.sol";
import {ReceiptLib} from "../libraries/ReceiptLib.sol";
import {Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {RequestKey} from "../types/RequestKey.sol";
import {Commitments} from "./Commitments.sol";

/// @title Equivocation
/// @notice Two valid receipts of one provider for one request of one consumer with different content.
/// @dev Evidence: `abi.encode(Receipt other, bytes signature, Inclusion inclusion)`. The registry vouches
/// for the accused receipt; the other one needs a signature, or, if that is empty, a place among what
/// the provider anchored. Any difference counts: a provider signs one content per
/// request, and hands out that same receipt when asked again.
contract Equivocation is IFault, Commitments {
    using ReceiptLib for Receipt;

    /// @dev The two receipts do not answer the same request.
    error RequestMismatch(RequestKey accused, RequestKey other);

    /// @inheritdoc IFault
    function judge(
        Receipt calldata receipt,
        ReceiptId receiptId,
        address challenger,
        bytes calldata evidence
    ) external view returns (bool guilty, uint64 since) {
        (Receipt memory other, bytes memory signature, Inclusion memory inclusion) = abi.decode(
            evidence,
            (Receipt, bytes, Inclusion)
        );
        RequestKey accused = receipt.requestKey();
        RequestKey request = ReceiptLib.requestKey(other.provider, other.consumer, other.requestId);
        if (RequestKey.unwrap(accused) != RequestKey.unwrap(request))
            revert RequestMismatch(accused, request);
        guilty = ReceiptId.unwrap(_bound(other, signature, inclusion)) != ReceiptId.unwrap(receiptId);
        since = _knownSince(receiptId, challenger, evidence);
    }

    /// @dev The id of a receipt that its provider is bound to; reverts for any other.
    function _bound(
        Receipt memory receipt,
        bytes memory signature,
        Inclusion memory inclusion
    ) private view returns (ReceiptId) {
        IReceipts registry = IReceipts(msg.sender);
        if (signature.length != 0) return registry.verifySigned(receipt, signature);
        registry.locate(receipt, inclusion);
        return registry.receiptIdOf(receipt);
    }
}
