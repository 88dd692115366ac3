// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Inclusion} from "../types/Batch.sol";
import {Receipt} from "../types/Receipt.sol";
import {ReceiptId} from "../types/ReceiptId.sol";
import {IAgentLink} from "./IAgentLink.sol";
import {IValidationRegistry} from "./IValidationRegistry.sol";

/// @title IAgentValidation
/// @notice Tells the validation registry of ERC-8004 what became of receipts. Nobody's opinion: it reads the registry.
/// @dev
/// ```
/// request    the agent's owner, at the validation registry, while the receipt can be challenged: what `requestFor` says
/// publish    anybody, once it is settled
///            100  "onus-final"            final; responseHash is the receipt id
///              0  "onus-<fault>"          a fault about its request was proven; responseHash is the offence id
/// ```
/// One response per receipt, whatever was requested; it changes at most once, from 100 to 0 (the receipt stands elsewhere,
/// too, where its window was longer). A request made when the outcome was known gets no 100, else nobody would ask
/// about what was refuted. An owner still chooses what it asks about, and can answer itself: neither the number of
/// responses nor their average says how good an agent is. Its reputation is at the registry.
///
/// Request hashes are unique in the whole validation registry. Who takes somebody else's gains nothing, as the agent
/// must be the one that the provider is linked to, and is got round with another `salt`.
interface IAgentValidation is IAgentLink {
    /// @dev Nobody has asked this contract under that hash.
    error NotRequested(bytes32 requestHash);
    /// @dev Asked when it was known what the answer is.
    error RequestedLate(bytes32 requestHash, uint256 requestedAt, uint256 end);
    /// @dev It is neither final nor convicted.
    error Unsettled(ReceiptId receiptId);
    /// @dev Nothing was ever at stake for it.
    error CoverageNone(ReceiptId receiptId);
    /// @dev It was anchored there too late, for another model, or for a shorter window than it promises.
    error PlaceInvalid(ReceiptId receiptId);
    error AlreadyPublished(ReceiptId receiptId, bytes32 requestHash);

    /// @notice Publishes what became of a receipt. Anyone may. The inclusion is not read if a fault was proven.
    /// @param salt Which of its request hashes was requested.
    /// Reverts for: `NotRequested`, `NotLinked`, `AlreadyPublished`, `Unsettled`, `CoverageNone`, `PlaceInvalid`, `RequestedLate`, and
    /// what `IReceipts.locate` and the validation registry revert for.
    function publish(Receipt calldata receipt, Inclusion calldata inclusion, bytes32 salt) external;

    /// @notice What the agent's owner has to request so that the receipt can be published: the arguments of
    /// `validationRequest`, whose URI is free. Reverts for: `NotLinked`.
    function requestFor(
        Receipt calldata receipt,
        bytes32 salt
    ) external view returns (address validator, uint256 agentId, bytes32 requestHash);

    /// @notice The receipt's id if `salt` is zero, else `keccak256(abi.encode(receiptId, salt))`.
    function requestHashOf(ReceiptId receiptId, bytes32 salt) external pure returns (bytes32);

    /// @notice The request to which the receipt's outcome was published; zero if it was not.
    function publishedAs(ReceiptId receiptId) external view returns (bytes32 requestHash);

    function validationRegistry() external view returns (IValidationRegistry);
}
