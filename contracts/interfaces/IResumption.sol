// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Inclusion} from "../types/Batch.sol";
import {Partial} from "../types/Partial.sol";
import {ModelHeader} from "../types/Program.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";

/// @title IResumption
/// @notice Proves elements whose reduction is too long for one transaction: a challenger uploads its operands part by
/// part, and the contract keeps what the body has so far.
/// @dev Any number of elements can be under way, of any number of challengers; each is known by who proves it. The
/// receipt is detained as by a demand, so no window closes on an honest upload, and the first part leaves the
/// bond of a demand: it goes back if the receipt is convicted, else to the provider (`IDisclosure.settle`). When the game
/// is over, its last turn is left for the other parts; when somebody else has convicted, who knew first may still finish
/// and take the reward over. The proof is concluded by an ordinary element proof of the same challenger, step, element and hint, which opens what is left.
interface IResumption {
    error NothingAdvanced(uint64 terms);
    /// @dev Only the first part leaves a bond.
    error BondNotDue(uint256 sent);

    event Advanced(
        ReceiptId indexed receiptId,
        bytes32 indexed proofId,
        address indexed challenger,
        uint64 terms
    );

    /// @notice Goes on with the element that `proof` is about, up to `proof.until` terms; what its output holds is
    /// not looked at. Reverts for: `ModelMismatch`, `TraceMismatch`, `BondTooLow`, `BondNotDue`, `NothingAdvanced`,
    /// `GameOver`, and what `IReferee.advance` and `IReceipts.detain` revert for. Emits: `Advanced`.
    function advance(
        Receipt calldata receipt,
        Inclusion calldata inclusion,
        ModelHeader calldata header,
        bytes32 traceRoot,
        bytes calldata proof
    ) external payable;

    /// @notice Names the proof of one element by one challenger; `settle` takes it as it takes a question.
    function proofIdOf(
        ReceiptId receiptId,
        address challenger,
        uint32 stepIndex,
        uint256 element,
        uint256 hint
    ) external pure returns (bytes32);

    /// @notice What a proof has so far.
    function partialOf(bytes32 proofId) external view returns (Partial memory);
}
