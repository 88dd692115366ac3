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

    /// @dev The words of the other receipt, and the offsets of signature and inclusion.
    uint256 private constant LEAST_BYTES = 14 * 32;

    /// @dev The evidence is shorter than a receipt.
    error EvidenceMalformed();

    /// @inheritdoc IFault
    function judge(
        Receipt calldata receipt,
        ReceiptId receiptId,
        address challenger,
        bytes calldata evidence
    ) external view returns (bool guilty, uint64 since) {
        if (evidence.length < LEAST_BYTES) revert EvidenceMalformed();
        Receipt calldata other = _other(evidence);
        RequestKey accused = receipt.requestKey();
        RequestKey request = other.requestKey();
        if (RequestKey.unwrap(accused) != RequestKey.unwrap(request))
            revert RequestMismatch(accused, request);
        guilty = ReceiptId.unwrap(_bound(other, evidence)) != ReceiptId.unwrap(receiptId);
        since = _knownSince(receiptId, challenger, evidence);
    }

    /// @dev The id of a receipt that its provider is bound to; reverts for any other.
    function _bound(Receipt calldata other, bytes calldata evidence) private view returns (ReceiptId) {
        (, bytes memory signature, Inclusion memory inclusion) = abi.decode(
            evidence,
            (Receipt, bytes, Inclusion)
        );
        IReceipts registry = IReceipts(msg.sender);
        if (signature.length != 0) return registry.verifySigned(other, signature);
        registry.locate(other, inclusion);
        return registry.receiptIdOf(other);
    }

    /// @dev A receipt is static: its words are the first of the evidence.
    function _other(bytes calldata evidence) private pure returns (Receipt calldata other) {
        assembly ("memory-safe") {
            other := evidence.offset
        }
    }
}
