// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFault} from "../../contracts/interfaces/IFault.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";

/// @title StubJudge
/// @notice Says what the test wants: the evidence is the verdict.
contract StubJudge is IFault {
    /// @dev The evidence is not `abi.encode(bool)`.
    error ProofBad();

    /// @inheritdoc IFault
    function judge(Receipt calldata, ReceiptId, bytes calldata evidence) external pure returns (bool) {
        if (evidence.length != 32) revert ProofBad();
        return abi.decode(evidence, (bool));
    }
}
