// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFault, ITimedFault} from "../../contracts/interfaces/IFault.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";

/// @title StubJudge
/// @notice Says what the test wants: the evidence is the verdict, or the verdict and since when it is known.
contract StubJudge is ITimedFault {
    /// @dev The evidence is neither `abi.encode(bool)` nor `abi.encode(bool, uint64)`.
    error ProofBad();

    address private _registry;

    /// @inheritdoc ITimedFault
    function bind() external {
        _registry = msg.sender;
    }

    /// @inheritdoc ITimedFault
    function longestGame() external pure returns (uint256) {
        return 3 days;
    }

    /// @inheritdoc IFault
    function judge(
        Receipt calldata,
        ReceiptId,
        address,
        bytes calldata evidence
    ) external view returns (bool, uint64) {
        if (evidence.length == 32) return (abi.decode(evidence, (bool)), uint64(block.timestamp));
        if (evidence.length != 64) revert ProofBad();
        return abi.decode(evidence, (bool, uint64));
    }

    function detain(Receipt calldata receipt, Inclusion calldata inclusion, uint256 until) external {
        IReceipts(_registry).detain(receipt, inclusion, until, block.number + 20);
    }
}
