// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {IAccountabilityCallback} from "../interfaces/IAccountabilityCallback.sol";
import {ICallbacks} from "../interfaces/ICallbacks.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title CallbackReceiver
/// @notice Base of a contract that wants to be told what becomes of its answers. Override what is of interest.
/// @dev It believes one deliverer, which believes one registry: a stranger's callbacks about a registry of its own
/// are refused.
abstract contract CallbackReceiver is IAccountabilityCallback, ERC165 {
    ICallbacks public immutable callbacks;

    error SenderNotCallbacks(address sender);

    modifier onlyCallbacks() {
        if (msg.sender != address(callbacks)) revert SenderNotCallbacks(msg.sender);
        _;
    }

    constructor(ICallbacks callbacks_) {
        callbacks = callbacks_;
    }

    /// @inheritdoc IAccountabilityCallback
    function onDisputed(ReceiptId receiptId, Receipt calldata receipt) external onlyCallbacks {
        _onDisputed(receiptId, receipt);
    }

    /// @inheritdoc IAccountabilityCallback
    function onConvicted(
        ReceiptId receiptId,
        Receipt calldata receipt,
        uint256 faults
    ) external onlyCallbacks {
        _onConvicted(receiptId, receipt, faults);
    }

    /// @inheritdoc IAccountabilityCallback
    function onFinal(ReceiptId receiptId, Receipt calldata receipt) external onlyCallbacks {
        _onFinal(receiptId, receipt);
    }

    /// @notice ERC-165: `IAccountabilityCallback`.
    function supportsInterface(bytes4 id) public view virtual override returns (bool) {
        return id == type(IAccountabilityCallback).interfaceId || super.supportsInterface(id);
    }

    function _onDisputed(ReceiptId receiptId, Receipt calldata receipt) internal virtual {}

    function _onConvicted(ReceiptId receiptId, Receipt calldata receipt, uint256 faults) internal virtual {}

    function _onFinal(ReceiptId receiptId, Receipt calldata receipt) internal virtual {}
}
